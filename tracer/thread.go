package tracer

import (
	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
	"gosandbox/internal/threads"
)

// bare are the idle supervising threads, guarded those that carry the shared filter. While there is one of these the host cannot put a
// filter of its own on all its threads at once, as the kernel refuses that where they do not descend from one: they soon end.
var (
	bare    = threads.Pool[*thread, *Run]{Most: 2}
	guarded = threads.Pool[*thread, *Run]{Most: 2, Kept: 100_000_000}
)

// thread is a supervising thread.
type thread struct {
	supervisor supervisor
	tid        int32
	cpu        int // that it is pinned to, -1: none
}

// Supervise starts the run on a supervising thread and returns at once. cpu is where the caller runs: the supervisor and
// the new program begin there too, since waking a thread on another CPU costs more than all else; -1 leaves them free. On an
// error there was no thread to be had, and the run has not begun.
func Supervise(r *Run, cpu int) error {
	if r.observed() {
		if err := theWatch.start(); err != nil {
			return err
		}
	}
	pool := &bare
	if r.Inherit {
		pool = &guarded
	}
	if idle := pool.Take(); idle != nil {
		idle.Worker.pin(cpu)
		idle.Give(r)
		return nil
	}
	return sys.StartThread(func() {
		t := &thread{tid: sys.ThreadID(), cpu: -1}
		if t.begin(r, cpu) {
			pool.Serve(t, r)
		}
	})
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

// begin makes the calling thread ready for runs that are like this one; false: that has failed, and the run with it.
func (t *thread) begin(r *Run, cpu int) bool {
	sys.ExactTimers()
	t.pin(cpu)
	if r.Inherit { // the thread's children have its filter
		if err := sys.LoadFilter(r.Filter); err != nil {
			r.outcome.Err = &FilterError{err}
			r.finish()
			return false
		}
	}
	return true
}

// Do supervises the run. What it had to abandon dies with the thread.
func (t *thread) Do(r *Run) bool {
	t.supervise(r)
	if t.supervisor.abandoned {
		r.afterThread(t.tid)
	}
	return !t.supervisor.abandoned
}

// supervise turns a panic into a failed run.
func (t *thread) supervise(r *Run) {
	defer func() {
		if p := recover(); p != nil {
			t.supervisor.collapse(r, p)
		}
	}()
	fault.At(fault.Supervisor)
	t.supervisor.supervise(r)
}

func (t *thread) End(r *Run) { r.finish() }

// FilterError tells that the shared filter could not be loaded.
type FilterError struct{ Err error }

func (e *FilterError) Error() string { return "the system call filter: " + e.Err.Error() }

// Unwrap gives the errno.
func (e *FilterError) Unwrap() error { return e.Err }
