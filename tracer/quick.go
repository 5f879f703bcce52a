package tracer

import (
	"unsafe"

	"gosandbox/internal/sys"
)

// A caller that waits in C can receive calls and give plain answers there: entering Go for each would cost as much as all else,
// since after every change to the program and back its code is cold. Such a caller hands over here what is not plain.

// Quick is what it has to look at before each call, with atomic loads: while Inspects is 0, and Thread is the thread that calls,
// Owner is the thread's process, and nothing else is to be known. It is good until the run is over.
type Quick struct {
	Thread, Owner, Inspects *int32
	Listener                int
}

// Quick is for a run without a Server, whose listener is there.
func (r *Run) Quick() Quick {
	n := &r.notify
	return Quick{(*int32)(unsafe.Pointer(&n.thread)), &n.owner, (*int32)(unsafe.Pointer(&n.some)), n.listener}
}

// ServeTaken answers a call that was received elsewhere.
func (r *Run) ServeTaken(taken *sys.Notification) {
	r.notify.taken = *taken
	r.serve()
}

// EventOf is the event of a call that was received elsewhere, for reading memory. It is the run's one event.
func (r *Run) EventOf(taken *sys.Notification, pid int32) *Event {
	n := &r.notify
	n.taken = *taken
	n.event = Event{
		Phase: PhaseEntry, Arch: taken.Arch, PID: pid, TID: taken.TID, Nr: int64(taken.Nr), Args: taken.Args, IP: taken.IP,
		run: r, id: taken.ID, fd: -1,
	}
	return &n.event
}

// Answer gives the decision about an event of EventOf.
func (r *Run) Answer(e *Event, d Decision) { r.answer(e, d) }

// Notifications is how many calls were answered.
func (r *Run) Notifications() uint64 { return r.notify.count.Load() }

// Count adds calls that were answered elsewhere.
func (r *Run) Count(calls uint64) { r.notify.count.Add(calls) }
