package tracer

import (
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Program is what the supervisor runs.
type Program interface {
	// Start makes the process, a child of the calling thread, and lets it prepare itself.
	Start() (pid int32, err error)
	// Release lets it execute the program, once it is traced.
	Release()
	// Executed is called once the program is in place, in memory of its own.
	Executed()
	// Ended is called once the process is dead; it lets go of what kept its namespaces alive.
	Ended()
	// PIDFD is a descriptor of the process, open until the run is over.
	PIDFD() int
	// Listener is the listener of the program's filter, while it is about to be executed; the caller closes it.
	Listener() (int, error)
}

// Limits of a run; 0 is none.
type Limits struct {
	CPU       int64  // ns, summed over the tree
	Wall      int64  // ns
	Memory    uint64 // bytes a process may use
	DataLimit uint64 // bytes at which the kernel refuses a process private memory
	// AddressSpace is the RLIMIT_AS that the caller has set, in bytes; 0: none. AddressLimit tells that memory is limited by it.
	AddressSpace uint64
	AddressLimit bool
	Processes    int
	// ForkErrno makes a fork beyond Processes fail; 0 kills the run.
	ForkErrno unix.Errno
	// FileSize is the size of a file, in bytes, at which SIGXFSZ means that the output limit was passed; 0: at none.
	FileSize uint64
}

// observed tells whether there is something that the watch serves.
func (r *Run) observed() bool { return r.Limits.watched() || r.Record != nil && r.Record.Samples > 0 }

// watched tells whether there is a limit that the watch serves.
func (l *Limits) watched() bool { return l.CPU != 0 || l.Wall != 0 || l.Memory != 0 }

// Run is one program under supervision. The fields before mu are set before Supervise.
type Run struct {
	Program  Program
	Limits   Limits
	Filter   []unix.SockFilter // the program's seccomp filter, to be asked again in a stop
	Inherit  bool              // the program has the filter from its supervising thread; all such runs share one
	CPUs     *sys.CPUSet       // given to the program when it executes; nil leaves it what it has
	Group    Group             // the run's control groups; nil: none
	Blocking bool              // the thread that asked for the run waits until it is over, and is not the library's
	Begin    int64             // monotonic ns, when the caller asked for the run
	Decider  Decider           // answers the calls that the filter notifies of, or some of them; may be nil
	Server   Server            // answers all others, on a thread of its own; may be nil
	Trace    *Trace            // what to tell of the program's calls; nil: nothing
	Record   *Record           // what to tell of the tree beyond the outcome; nil: nothing
	Wake     int               // eventfd rung when Listeners have become known; 0: none

	intent intent
	done   uint32 // futex: 1 when Outcome is final
	bell   int32  // eventfd rung at the end, or -1
	notify notify

	mu        sync.Mutex
	pidfd     int     // of the first process, -1 before and after its life
	first     int32   // the process behind pidfd
	tracer    int32   // the supervising thread
	live      []int32 // processes whose clocks may be read
	ended     bool    // nothing may be read or killed any more
	spent     int64   // CPU of the processes that are gone, less what the first one spent before exec
	deadline  int64   // monotonic ns, end of the wall time
	threads   int     // alive, all processes together
	lastUsed  uint64  // memory of the largest process at the last look
	used      uint64  // most memory in use that was seen in one process
	fileBytes uint64  // most file pages seen in one process
	peak      uint64  // highest high-water mark seen
	executed  bool
	begun     int64      // monotonic ns, the start of the program
	fault     error      // met by another thread than the supervisor
	violation *Violation // likewise

	watched watched
	outcome Outcome
}

// NewRun makes a run that rings the eventfd bell at its end unless that is negative.
func NewRun(bell int) *Run {
	return &Run{bell: int32(bell), pidfd: -1, notify: notify{listener: -1, exits: -1}}
}

// Kill kills the whole tree for a reason, from any thread, and does not wait. Only the first reason counts.
func (r *Run) Kill(cause Cause) {
	if r.intent.claim(cause) {
		r.kill()
	}
}

func (r *Run) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.killLocked()
}

// killLocked kills the first process, and some of the others; the supervisor sees one die and kills the rest.
func (r *Run) killLocked() {
	if r.pidfd >= 0 {
		r.sampleLocked()
	}
	r.strikeLocked()
}

// strikeLocked is the kill alone. Of the first process: a seccomp filter of the host's may forbid the call that cannot hit a wrong process; its number is
// good as well while its descriptor is not readable: then it is alive.
func (r *Run) strikeLocked() {
	if r.pidfd >= 0 && sys.KillDescriptor(r.pidfd, unix.SIGKILL) != nil && !sys.Readable(r.pidfd) {
		sys.Kill(r.first, unix.SIGKILL)
	}
	// The supervisor kills the others, as soon as one has died; and a process that waits for a CPU behind all of these dies late.
	const enough = 16
	for _, pid := range r.live[:min(len(r.live), enough)] {
		if pid != r.first {
			sys.KillTracee(pid, r.tracer)
		}
	}
}

// Condemned tells whether the run is to end. When it is, its first process has been killed.
func (r *Run) Condemned() bool {
	if r.intent.get() == CauseNone {
		return false
	}
	r.kill()
	return true
}

// Processes are those of the run that are alive, as far as is known.
func (r *Run) Processes() []int32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil
	}
	return slices.Clone(r.live)
}

// PID is the program's process id, 0 before it is executed and after the run.
func (r *Run) PID() int32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || !r.executed || r.pidfd < 0 || len(r.live) == 0 {
		return 0
	}
	return r.live[0]
}

// Wait blocks until the run is over, at most until the monotonic deadline (0: for ever), and tells whether it is.
func (r *Run) Wait(deadline int64) bool {
	for atomic.LoadUint32(&r.done) == 0 {
		if deadline != 0 && sys.Until(deadline) <= 0 {
			return false
		}
		sys.FutexWait(&r.done, 0, deadline)
	}
	return true
}

// Over tells whether the run is over.
func (r *Run) Over() bool { return atomic.LoadUint32(&r.done) != 0 }

// Done is a futex that is not 0 when the run is over.
func (r *Run) Done() *uint32 { return &r.done }

// Outcome is what became of the run. Only after Wait.
func (r *Run) Outcome() *Outcome { return &r.outcome }

func (r *Run) finish() {
	r.notify.serving.end()
	if r.Trace != nil {
		r.Trace.memory.end()
	}
	if r.bell >= 0 {
		sys.Ring(int(r.bell)) // before done: who sees that closes the bell
	}
	atomic.StoreUint32(&r.done, 1)
	sys.FutexWake(&r.done, 1<<30)
	r.notify.begin()
}

// Outcome is everything that the supervisor knows of a finished run. Times are ns, sizes bytes.
type Outcome struct {
	Cause    Cause
	Err      error // the library's own failure: the run was killed, or not started
	Executed bool  // the program was started

	Exited bool // by itself, with Code; else by Signal
	Code   int32
	Signal int32

	CPU, User, System int64
	Setup, Wall       int64
	MemoryPeak        uint64
	MemorySource      MemorySource
	MemoryUsed        uint64 // the most that was seen in use in one process
	Refused           bool   // the kernel refused it memory at the limit
	OutOfMemory       bool   // the kernel killed a process at the memory limit of the run's control group
	StackOverflow     bool   // the first process died of a fault next to the end of a stack
	ProcessesPeak     int
	Stops             uint64
	Processes         uint64 // that there were
	Switches, Faults  uint64
	Counted           CountSource // where these two come from
	Sockets           bool        // the filter told of a socket that the program may have made

	Violation *Violation
}

// MemorySource tells where a memory figure comes from.
type MemorySource uint8

// The sources.
const (
	MemoryUnknown MemorySource = iota
	MemoryAtExit               // the high-water mark when the process ended
	MemorySampled              // the largest of samples
	MemoryRusage               // wait's maximal resident set
)

// Alive tells whether a process of the run is known to be alive, from any thread.
func (r *Run) Alive() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.live) > 0
}

// Member tells whether a process belongs to the run, from any thread.
func (r *Run) Member(pid int32) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.live, pid)
}

// Violation is the call that a run was killed for.
type Violation struct {
	PID, TID int32
	Arch     uint32
	Nr       int64
	Args     [6]uint64
	IP       uint64
	Path     string // the path argument, where the call has one
}
