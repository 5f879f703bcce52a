package tracer

import (
	"fmt"

	"golang.org/x/sys/unix"

	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// supervisor is the thread that serves one run at a time, and what it knows of the tree.
type supervisor struct {
	run       *Run
	root      int32
	tasks     table[task]
	processes table[process]
	early     table[struct{}] // tasks that were seen before their parent told of them
	alive     int             // processes not seen dead
	reserved  int             // forks that were let through and have not shown their child yet
	killing   bool            // the tree is being killed
	over      bool            // the first process is dead
	thief     bool            // an event was taken in this run
	polling   bool            // somebody in the host may take our events
	refusedAt int64           // monotonic ns, when the kernel first refused a request that cannot fail; 0: never
	abandoned bool            // the thread must end, so that the kernel ends what it traces
	begun     int64
	before    int64  // ns of CPU time that the first process used before its exec
	atExit    uint64 // largest memory figure read in an exit stop
	sampled   bool   // some process's high-water mark did not count
	maxrss    uint64
	user      int64 // ns, of every process and the children that it waited for: good for the proportion only
	system    int64
	orphans   orphans
	looks     int // at mappings, for a fault
}

// task is a thread of the tree.
type task struct {
	process   int32
	dying     bool   // its exit stop was served
	forking   bool   // it holds a reservation
	watching  bool   // it is in an allocation whose return is awaited
	listening bool   // it is in a group-stop
	overflown bool   // its last fault was next to the end of its stack
	read      uint64 // bytes, when they are told
	written   uint64
	told      bool
	inspected bool // a callback wants to see what its next call returns, or has changed its arguments
}

// process is a thread group of the tree.
type process struct {
	threads int   // not dying
	status  int32 // as its exit stop told it, in wait's encoding; SIGKILL until then. For when somebody else reaps it
	cpu     int64 // ns at its exit stop, for the same case
	mapped  bool  // it has had a big file mapped, whose pages its high-water mark counts
	parent  bool  // it has made another process
	unread  bool  // the counts of a task of it are not in these
	counts  sys.Counts
	memory  uint64 // bytes, its peak as told at its exit stop
	row     int    // in the table of processes, from 1; 0: none
}

// supervise runs the program from start to the death of the last of its tree.
func (s *supervisor) supervise(r *Run) {
	s.reset(r)
	if r.intent.get() != CauseNone {
		r.outcome.Cause = r.intent.get()
		return
	}
	pid, err := r.Program.Start()
	if err != nil {
		r.outcome.Err = err
		return
	}
	s.root = pid
	s.polling = thievesPossible(r.Blocking)
	s.orphans.inherited = sys.InheritsOrphans()
	s.adopt(pid, pid)
	r.mu.Lock()
	r.first, r.pidfd, r.tracer = pid, r.Program.PIDFD(), sys.ThreadID()
	r.mu.Unlock()
	if err := sys.Seize(pid); err != nil {
		s.fail(err)
	} else if err := s.openCounter(pid); err != nil {
		s.fail(err)
	} else {
		theWatch.begin(r)
	}
	if r.intent.get() != CauseNone {
		s.killTree() // it may have been claimed before there was anything to kill
	}
	r.Program.Release()
	s.serve()
	s.settle()
}

func (s *supervisor) reset(r *Run) {
	s.tasks.clear()
	s.processes.clear()
	s.early.clear()
	*s = supervisor{run: r, tasks: s.tasks, processes: s.processes, early: s.early}
}

// serve handles events until the thread has no child and no tracee left: then nothing of the tree is alive.
func (s *supervisor) serve() {
	for {
		event, err := s.next()
		if err == unix.ECHILD {
			return
		}
		if err != nil {
			s.denied(fmt.Errorf("waiting for the program: %w", err))
		}
		if s.abandoned {
			return
		}
		if err != nil {
			continue
		}
		if !s.killing && s.run.intent.get() != CauseNone {
			s.killTree()
		}
		if event.Code == sys.Robbed {
			s.robbed(event.TID)
			continue
		}
		if event.Exited() {
			s.gone(event)
			continue
		}
		s.run.outcome.Stops++
		s.stopped(event)
	}
}

// fail ends the run for a failure of the library's own.
func (s *supervisor) fail(err error) {
	if s.run.outcome.Err == nil {
		s.run.outcome.Err = err
	}
	s.kill(CauseFault)
}

// kill writes down the reason, unless there is one already, and kills the tree.
func (s *supervisor) kill(cause Cause) {
	s.run.intent.claim(cause)
	s.killTree()
}

// killTree kills every process that is known. What is born meanwhile starts stopped, and is killed when it is seen.
func (s *supervisor) killTree() {
	if s.killing {
		return
	}
	s.killing = true
	s.killGroup()
	if !s.over {
		s.run.kill()
	}
	for i := range s.processes.slots {
		if pid := s.processes.slots[i].id; pid != 0 {
			killTracee(pid)
		}
	}
}

// killTracee kills a process of the tree. Somebody in the host may have reaped it, and its number may be another's by
// now: only a tracee of this thread can be interrupted.
func killTracee(pid int32) {
	if sys.Interrupt(pid) != unix.ESRCH {
		sys.Kill(pid, unix.SIGKILL)
	}
}

// adopt enters a new task of a process, and the process when it is the first.
func (s *supervisor) adopt(tid, pid int32) *task {
	if s.processes.get(pid) == nil {
		p := s.processes.put(pid)
		p.status = int32(unix.SIGKILL) // the one death without an exit stop
		s.enlist(pid, p)
		s.alive++
		s.run.born(pid)
		s.run.outcome.ProcessesPeak = max(s.run.outcome.ProcessesPeak, s.alive)
		if s.killing {
			killTracee(pid)
		} else if limit := s.run.Limits.Processes; limit > 0 && s.alive > limit {
			s.kill(CauseProcesses)
		}
	}
	s.processes.get(pid).threads++
	s.run.thread(1)
	t := s.tasks.put(tid)
	*t = task{process: pid}
	return t
}

// dying notes that a task runs no more; the last one of a process leaves its memory figures.
func (s *supervisor) dying(tid int32, t *task) {
	if t.dying {
		return
	}
	t.dying = true
	s.release(t)
	s.run.thread(-1)
	p := s.processes.get(t.process)
	if p == nil {
		return
	}
	if p.threads--; p.threads == 0 && s.run.outcome.Executed {
		s.noteExit(tid, p)
	}
}

func (s *supervisor) release(t *task) {
	if t.forking {
		t.forking = false
		s.reserved--
	}
}

// gone handles a zombie: its clock is read, then it is reaped.
func (s *supervisor) gone(event sys.Event) {
	tid := event.TID
	if tid != s.root {
		fault.At(fault.Gone)
	}
	t := s.tasks.get(tid)
	if t != nil {
		s.leave(t)
	}
	if t == nil {
		s.early.put(tid) // killed before it was ever seen; its parent may still tell of it
	}
	s.run.notify.forget(tid)
	if s.tracing() {
		s.run.Trace.gone(tid)
	}
	if t != nil {
		s.tally(tid, t)
	}
	if t == nil || t.process != tid { // or a thread
		s.tasks.remove(tid)
		sys.Reap(tid)
		return
	}
	s.tasks.remove(tid)
	cpu := s.run.died(tid)
	s.starved(tid, event)
	usage, err := sys.Reap(tid)
	if p := s.processes.get(tid); p != nil {
		if tid == s.root {
			cpu -= s.before
		}
		s.count(p, event.WaitStatus(), &usage, err != nil, cpu)
	}
	s.orphans.note(tid, s.root)
	s.user += unix.TimevalToNsec(usage.Utime)
	s.system += unix.TimevalToNsec(usage.Stime)
	s.processes.remove(tid)
	s.alive--
	if tid != s.root || s.over {
		return
	}
	if err != nil { // robbed: the zombie is gone with its usage
		usage = unix.Rusage{}
	}
	s.end(event.Code == sys.ExitedNormally, event.Status, &usage)
}

// leave is dying without a last look: the task is a zombie, its memory is gone.
func (s *supervisor) leave(t *task) {
	if t.dying {
		return
	}
	t.dying = true
	s.release(t)
	s.run.thread(-1)
	if p := s.processes.get(t.process); p != nil {
		p.threads--
	}
}

// end notes what became of the first process, and ends the others.
func (s *supervisor) end(exited bool, status int32, usage *unix.Rusage) {
	r, o := s.run, &s.run.outcome
	now := sys.Monotonic()
	s.over = true
	r.intent.value.CompareAndSwap(uint32(CauseNone), uint32(sealed))
	if o.Executed {
		o.Wall = now - s.begun
	}
	if o.Exited = exited; exited {
		o.Code = status & 0xff
	} else {
		o.Signal = status & 0x7f
	}
	s.maxrss = uint64(usage.Maxrss) * 1024
	r.mu.Lock()
	r.pidfd = -1
	r.mu.Unlock()
	r.Program.Ended()
	s.killTree()
}

// settle completes the outcome, when nothing of the tree is left.
func (s *supervisor) settle() {
	r, o := s.run, &s.run.outcome
	theWatch.end(r)
	r.notify.serving.end() // before the thread can be given another run: it may take a moment
	if !s.over {           // somebody else reaped the first process; its exit stop has told how it ended
		s.endAs(unix.WaitStatus(s.processes.get(s.root).status))
	}
	for i := range s.processes.slots {
		if p := &s.processes.slots[i]; p.id != 0 {
			r.lost(p.id, p.value.cpu)
			s.count(&p.value, unix.WaitStatus(p.value.status), &unix.Rusage{}, true, p.value.cpu)
		}
	}
	s.concludeRecord()
	s.orphans.reap()
	o.Cause = r.intent.get()
	r.mu.Lock()
	if o.Err == nil {
		o.Err = r.fault
	}
	if o.Violation == nil {
		o.Violation = r.violation
	}
	r.mu.Unlock()
	if !o.Executed {
		return
	}
	o.CPU = max(r.spent, 0)
	o.User, o.System = split(o.CPU, s.user, s.system)
	o.MemoryPeak, o.MemorySource = s.memoryPeak(s.maxrss)
	o.MemoryUsed = r.used
}

// split divides the exact CPU time in the proportion that the kernel's ticks tell.
func split(cpu, user, system int64) (int64, int64) {
	if user+system == 0 {
		return cpu, 0
	}
	u := int64(float64(cpu) * (float64(user) / float64(user+system)))
	return u, cpu - u
}
