package tracer

import (
	"fmt"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// A supervisor whose requests the kernel refuses, which it does where the host has put a seccomp filter on all its threads in the middle
// of a run, can neither resume what has stopped nor reap what is dead. And one that has panicked does not know of stops that
// somebody in the host has taken. What they trace dies when their thread ends, and only then is the run over.

const (
	persisting = 500_000_000   // how long refused requests are tried again, ns
	draining   = 2_000_000_000 // how long a panicked supervisor waits for its tree to die, ns
	glimpse    = 1_000_000     // ns between two looks
)

// must ends the run when a request on a stopped task has failed; false: the task must not go on by it. ESRCH: it was killed meanwhile,
// and its end will be told of.
func (s *supervisor) must(tid int32, err error) bool {
	switch err {
	case nil:
		return true
	case unix.ESRCH:
		return false
	}
	s.denied(fmt.Errorf("ptrace of process %d: %w", tid, err))
	return false
}

// denied ends the run for a request that cannot fail, and gives the tree up when that goes on.
func (s *supervisor) denied(err error) {
	s.fail(err)
	now := sys.Monotonic()
	if s.refusedAt == 0 {
		s.refusedAt = now
	}
	s.abandoned = now-s.refusedAt > persisting
	sys.Sleep(glimpse)
}

// drain kills and reaps what is left after a panic; false: something is.
func (s *supervisor) drain() bool {
	for deadline := sys.After(draining); sys.Until(deadline) > 0; {
		event, err := sys.PollAny()
		switch {
		case err == unix.ECHILD:
			return true
		case err != nil || event.TID == 0:
			s.drainStolen()
			sys.Sleep(glimpse)
		case event.Exited():
			sys.Reap(event.TID)
		default:
			sys.Kill(event.TID, unix.SIGKILL)
			sys.Resume(event.TID, 0)
		}
	}
	return false
}

// drainStolen lets go on what has stopped without our being told, as far as it is known.
func (s *supervisor) drainStolen() {
	for i := range s.tasks.slots {
		if tid := s.tasks.slots[i].id; tid != 0 {
			if _, err := sys.StopStatus(tid); err == nil {
				sys.Kill(tid, unix.SIGKILL)
				sys.Resume(tid, 0)
			}
		}
	}
}

// afterThread finishes a run whose tree dies with the supervising thread, when that is gone. On the thread, at its end.
func (r *Run) afterThread(tid int32) {
	err := sys.StartThread(func() {
		for sys.SameProcess(sys.Self(), tid) {
			sys.Sleep(glimpse)
		}
		for deadline := sys.After(draining); r.first != 0 && r.Program.PIDFD() >= 0 && sys.Until(deadline) > 0; sys.Sleep(glimpse) {
			if sys.ReapDescriptor(r.Program.PIDFD()) || !sys.Exists(r.first) {
				break
			}
		}
		r.finish()
	})
	if err != nil {
		r.finish()
	}
}
