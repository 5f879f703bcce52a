package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// A thread of the host that waits for any child, or a handler of SIGCHLD that does, takes the events of tracees too: the
// kernel gives them to whichever thread of the process comes first. A supervisor that blocks would then wait for ever.
// Where such a thief is possible it polls instead, and when nothing has come for a while it asks every task for itself.

// OwnThreads counts the threads of this process that are Go's or the library's, when that is a process whose other threads it does
// not know, and how many of them have ended: set by package capi. A thread is counted after its beginning and until before its end.
// In a Go program the runtime handles SIGCHLD without waiting, and nothing else is looked for.
var OwnThreads func() (count int, ended uint32)

const (
	yields     = 8         // looks in a row with nothing but a yield in between: the next event is often near
	firstPause = 20_000    // ns
	lastPause  = 2_000_000 // ns, between two looks
)

// thievesPossible tells whether anybody is there to take an event. The thread that is blocked in the run is not: blocked
// tells whether there is one.
func thievesPossible(blocked bool) bool {
	if OwnThreads == nil {
		return false
	}
	if !blocked || sys.HandlesChildren() {
		return true
	}
	own, ended := OwnThreads()
	foreign := sys.Threads() - own
	_, now := OwnThreads()
	return foreign != 1 || now != ended // one that has ended in between would hide one of the host's
}

// next is the next event of the tree.
func (s *supervisor) next() (sys.Event, error) {
	if !s.polling {
		return sys.WaitAny()
	}
	for range yields {
		if event, err := sys.PollAny(); err != nil || event.TID != 0 {
			return event, err
		}
		sys.Yield()
	}
	var word uint32
	for pause := int64(firstPause); ; pause = min(2*pause, lastPause) {
		if event, err := sys.PollAny(); err != nil || event.TID != 0 {
			return event, err
		}
		if pause == lastPause || s.thief {
			if event := s.stolen(); event.TID != 0 {
				s.thief = true
				return event, nil
			}
		}
		sys.FutexWait(&word, 0, sys.After(pause))
	}
}

// stolen finds a task that has stopped or died without our being told.
func (s *supervisor) stolen() sys.Event {
	for i := range s.tasks.slots {
		tid, t := s.tasks.slots[i].id, &s.tasks.slots[i].value
		if tid == 0 {
			continue
		}
		status, err := sys.StopStatus(tid)
		if err == nil {
			if kind, _ := decodeStop(status); kind == stopGroup && t.listening {
				continue
			}
			return sys.Event{TID: tid, Code: sys.Trapped, Status: status}
		}
		// A zombie that was taken is its parent's then, and stays until that waits for it.
		if !sys.SameProcess(t.process, tid) || t.dying && sys.Untraced(tid) {
			return sys.Event{TID: tid, Code: sys.Robbed}
		}
	}
	return sys.Event{}
}

// robbed handles a task whose zombie somebody else has reaped: what its exit stop told has to do.
func (s *supervisor) robbed(tid int32) {
	if tid != s.root {
		fault.At(fault.Gone)
	}
	t := s.tasks.get(tid)
	s.leave(t)
	process := t.process
	s.tasks.remove(tid)
	if process != tid {
		return
	}
	p := s.processes.get(tid)
	status, cpu := unix.WaitStatus(p.status), p.cpu
	s.processes.remove(tid)
	s.alive--
	s.run.lost(tid, cpu)
	if tid == s.root && !s.over {
		s.endAs(status)
	}
}

// endAs ends the run with a status in wait's encoding; 0 may also mean that there was none.
func (s *supervisor) endAs(status unix.WaitStatus) {
	if status.Signaled() {
		s.end(false, int32(status.Signal()), &unix.Rusage{})
	} else {
		s.end(true, int32(status.ExitStatus()), &unix.Rusage{})
	}
}
