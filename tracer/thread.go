package tracer

import (
	"slices"
	"sync"
	"sync/atomic"

	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// Supervising threads are kept for the next run, but no more of them than this: a burst of runs leaves no threads behind.
const keptThreads = 2

// filterKept is how long an idle thread with the shared filter is kept, in ns. While there is one the host cannot put a filter of its
// own on all its threads at once: the kernel refuses that where they do not descend from one filter.
const filterKept = 100_000_000

// thread is a supervising thread between runs. It sleeps on word; work is set before it is woken.
type thread struct {
	supervisor supervisor
	word       uint32
	work       *Run
	tid        int32
	cpu        int  // that it is pinned to, -1: none
	guarded    bool // it carries the shared filter, which its children inherit
}

// threads are the idle ones, those with the shared filter apart.
var threads struct {
	sync.Mutex
	bare, guarded []*thread
}

func idle(guarded bool) *[]*thread {
	if guarded {
		return &threads.guarded
	}
	return &threads.bare
}

// Supervise starts the run on a supervising thread and returns at once. cpu is where the caller runs: the supervisor and
// the new program begin there too, since waking a thread on another CPU costs more than all else; -1 leaves them free. On an
// error there was no thread to be had, and the run has not begun.
func Supervise(r *Run, cpu int) error {
	if r.Limits.watched() {
		if err := theWatch.start(); err != nil {
			return err
		}
	}
	threads.Lock()
	var t *thread
	pool := idle(r.Inherit)
	if n := len(*pool); n > 0 {
		t = (*pool)[n-1]
		*pool = (*pool)[:n-1]
	}
	threads.Unlock()
	if t == nil {
		t = &thread{work: r, cpu: -1, guarded: r.Inherit}
		return sys.StartThread(func() { t.serve(cpu) })
	}
	t.pin(cpu)
	t.work = r
	atomic.StoreUint32(&t.word, 1)
	sys.FutexWake(&t.word, 1)
	return nil
}

func (t *thread) pin(cpu int) {
	if cpu < 0 || cpu == t.cpu {
		return
	}
	set := sys.Only(cpu)
	if sys.SetAffinity(t.tid, &set) == nil {
		t.cpu = cpu
	}
}

// serve is the thread's life.
func (t *thread) serve(cpu int) {
	t.tid = sys.ThreadID()
	sys.ExactTimers()
	t.pin(cpu)
	if t.guarded {
		if err := sys.LoadFilter(t.work.Filter); err != nil {
			t.work.outcome.Err = &FilterError{err}
			t.work.finish()
			return
		}
	}
	for {
		r := t.work
		t.work = nil
		t.supervise(r)
		stay := t.retire()
		r.finish()
		if !stay {
			return
		}
		if !t.rest() {
			return
		}
	}
}

// rest sleeps until there is work; false: the thread has been idle for too long, and is nobody's any more.
func (t *thread) rest() bool {
	until := int64(0)
	if t.guarded {
		until = sys.After(filterKept)
	}
	for atomic.LoadUint32(&t.word) == 0 {
		sys.FutexWait(&t.word, 0, until)
		if until != 0 && sys.Until(until) <= 0 {
			if t.leave() {
				return false
			}
			until = 0 // work is on its way
		}
	}
	atomic.StoreUint32(&t.word, 0)
	return true
}

// leave takes the thread out of the idle ones; false: it is not there.
func (t *thread) leave() bool {
	threads.Lock()
	defer threads.Unlock()
	pool := idle(t.guarded)
	i := slices.Index(*pool, t)
	if i < 0 {
		return false
	}
	*pool = slices.Delete(*pool, i, i+1)
	return true
}

// supervise turns a panic into a failed run. The tree dies with the thread's tracees, at the latest when it ends.
func (t *thread) supervise(r *Run) {
	defer func() {
		if p := recover(); p != nil {
			t.supervisor.collapse(r, p)
		}
	}()
	fault.At(fault.Supervisor)
	t.supervisor.supervise(r)
}

// retire puts the thread among the idle ones; false: there are enough.
func (t *thread) retire() bool {
	threads.Lock()
	defer threads.Unlock()
	pool := idle(t.guarded)
	if len(*pool) >= keptThreads {
		return false
	}
	*pool = append(*pool, t)
	return true
}

// FilterError tells that the shared filter could not be loaded.
type FilterError struct{ Err error }

func (e *FilterError) Error() string { return "the system call filter: " + e.Err.Error() }

// Unwrap gives the errno.
func (e *FilterError) Unwrap() error { return e.Err }
