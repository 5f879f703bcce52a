package tracer

import (
	"container/heap"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gosandbox/internal/sys"
)

// watch is the thread that serves the limits of all runs. It sleeps until the earliest moment at which some limit could
// be reached: a process cannot use more CPU time than passes on the CPUs it may run on.
type watch struct {
	mu      sync.Mutex
	started bool
	queue   queue
	looking *Run   // that the thread has taken out of the queue for a look; nil between two looks
	until   int64  // when the thread wakes; 0: not before it is told
	word    uint32 // futex: changes when until has to be looked at again
}

var theWatch watch

// watched is a run's place in the queue.
type watched struct {
	at    int64 // monotonic ns of the next look
	index int   // in the queue, -1 outside
	on    bool
}

// shortest time between two looks at one run, ns.
const (
	shortestCPU    = 50_000
	shortestMemory = 500_000
)

// setupTime is what starting a program may take at least, however short its wall time is, in ns: it is the library that needs it, and on a
// machine with more to do than CPUs an exec can wait for seconds until it gets on. Only one that hangs comes to its end.
const setupTime = 10_000_000_000

// begin takes a run under watch: until the program is executed only the time for starting it counts.
func (w *watch) begin(r *Run) {
	if !r.observed() {
		return
	}
	at := int64(sys.Never)
	if r.Limits.Wall > 0 {
		r.mu.Lock()
		r.deadline = sys.After(max(r.Limits.Wall, setupTime))
		at = r.deadline
		r.mu.Unlock()
	}
	w.mu.Lock()
	r.watched = watched{at: at, index: -1, on: true}
	w.setLocked(r, at)
	w.mu.Unlock()
}

// end takes a run off. After it the watch does not look at the run's processes any more.
func (w *watch) end(r *Run) {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.watched.on && r.watched.index >= 0 {
		heap.Remove(&w.queue, r.watched.index)
	}
	r.watched.on = false
}

// schedule computes the next look at a run from now on.
func (w *watch) schedule(r *Run, now int64) {
	if at := r.nextLook(now); at != 0 {
		w.mu.Lock()
		if r.watched.on {
			w.setLocked(r, at)
		}
		w.mu.Unlock()
	}
}

// hasten is schedule, but never puts a look off: it knows less than the last look did.
func (w *watch) hasten(r *Run, now int64) {
	at := r.nextLook(now)
	w.mu.Lock()
	if at != 0 && r.watched.on && r.watched.index >= 0 && at < r.watched.at {
		w.setLocked(r, at)
	}
	w.mu.Unlock()
}

func (w *watch) setLocked(r *Run, at int64) {
	r.watched.at = at
	if r.watched.index >= 0 {
		heap.Fix(&w.queue, r.watched.index)
	} else {
		heap.Push(&w.queue, r)
	}
	if w.until == 0 || at < w.until {
		w.until = at
		atomic.AddUint32(&w.word, 1)
		sys.FutexWake(&w.word, 1)
	}
}

// exceeded tells which limit the run has passed.
func (r *Run) exceeded(now int64) Cause {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.ended:
	case r.Limits.CPU > 0 && r.executed && r.cpuLocked() >= r.Limits.CPU:
		return CauseCPU
	case r.deadline > 0 && now >= r.deadline:
		return CauseWall
	case r.Limits.Memory > 0 && r.executed:
		used, err := r.largestLocked()
		switch {
		case used > r.Limits.Memory:
			return CauseMemory
		case err != nil:
			r.fault = &BlindError{err}
			return CauseFault
		}
		r.lastUsed = used
	}
	return CauseNone
}

// nextLook is the earliest moment at which a limit could be passed, by what the last look at the memory saw.
func (r *Run) nextLook(now int64) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return 0
	}
	next := int64(sys.Never)
	if r.deadline > 0 {
		next = r.deadline
	}
	if !r.executed {
		return next
	}
	if r.Record != nil && r.Record.Samples > 0 {
		next = min(next, r.Record.next)
	}
	parallel := int64(min(max(r.threads, 1), cpus))
	if r.Limits.CPU > 0 {
		left := max(r.Limits.CPU-r.cpuLocked(), 0)
		next = min(next, sys.Later(now, max(left/parallel, shortestCPU)))
	}
	if limit := r.Limits.Memory; limit > 0 {
		left := int64((limit - min(limit, r.lastUsed)) / growth)
		next = min(next, sys.Later(now, max(left/parallel, shortestMemory)))
	}
	return next
}

// cpus is how many threads can run at once.
var cpus = func() int {
	n := 0
	if set, err := sys.Affinity(sys.Self()); err == nil {
		for _, word := range set {
			n += bits.OnesCount64(word)
		}
	}
	return max(n, runtime.NumCPU())
}()

// cpuLocked is the CPU time of the tree since the program was executed.
func (r *Run) cpuLocked() int64 {
	sum := r.spent
	for _, pid := range r.live {
		ns, _ := sys.ProcessCPU(pid)
		sum += ns
	}
	return sum
}

// born enters a process whose clock counts.
func (r *Run) born(pid int32) {
	r.mu.Lock()
	r.live = append(r.live, pid)
	r.mu.Unlock()
}

// died takes the last reading of a zombie's clock, in ns; then it may be reaped.
func (r *Run) died(pid int32) int64 {
	ns, _ := sys.ProcessCPU(pid)
	r.lost(pid, ns)
	return ns
}

// lost takes a process out whose time is known.
func (r *Run) lost(pid int32, ns int64) {
	r.mu.Lock()
	if i := slices.Index(r.live, pid); i >= 0 {
		r.live = slices.Delete(r.live, i, i+1)
		r.spent += ns
	}
	r.mu.Unlock()
}

// thread notes that a thread has come or gone. One more can bring the limits nearer.
func (r *Run) thread(change int) {
	r.mu.Lock()
	r.threads += change
	nearer := change > 0 && r.threads > 1 && r.threads <= cpus && r.executed
	r.mu.Unlock()
	if nearer {
		theWatch.hasten(r, sys.Monotonic())
	}
}

// queue is a heap of runs by the time of their next look.
type queue []*Run

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].watched.at < q[j].watched.at }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].watched.index, q[j].watched.index = i, j
}
func (q *queue) Push(x any) {
	r := x.(*Run)
	r.watched.index = len(*q)
	*q = append(*q, r)
}
func (q *queue) Pop() any {
	old := *q
	r := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	r.watched.index = -1
	return r
}
