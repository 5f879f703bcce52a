package core

import (
	"gosandbox/internal/sys"
	"gosandbox/internal/threads"
)

// attendant attends tasks, one after the other.
type attendant struct{}

var attendants = threads.Pool[attendant, *Task]{Most: 2, Kept: 1_000_000_000}

// attend has a thread attend the task.
func attend(t *Task) error {
	if idle := attendants.Take(); idle != nil {
		idle.Give(t)
		return nil
	}
	return sys.StartThread(func() { attendants.Serve(attendant{}, t) })
}

func (attendant) Do(t *Task)  { t.result, t.err = t.execution.attended(&t.pin) }
func (attendant) End(t *Task) { t.finish() }
