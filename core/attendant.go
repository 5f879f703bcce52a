package core

import (
	"gosandbox/internal/sys"
	"gosandbox/internal/threads"
)

// attendant attends tasks, one after the other.
type attendant struct{}

// attended is what needs a thread that serves it to its end.
type attended interface {
	serve()  // to the end
	finish() // tells of it
}

var attendants = threads.Pool[attendant, attended]{Most: 2, Kept: 1_000_000_000}

// attend has a thread attend the task.
func attend(t attended) error {
	if idle := attendants.Take(); idle != nil {
		idle.Give(t)
		return nil
	}
	return sys.StartThread(func() { attendants.Serve(attendant{}, t) })
}

func (attendant) Do(t attended) bool {
	t.serve()
	return true
}

func (attendant) End(t attended) { t.finish() }
