package core

import (
	"slices"
	"sync"
	"sync/atomic"

	"gosandbox/internal/sys"
)

// attendant is a thread that attends tasks, one after the other.
type attendant struct {
	word uint32 // futex: 1 when there is a task
	task *Task
}

// Attending threads are kept for the next task, but no more of them than this and no longer: making one costs as much as a short run.
const (
	keptAttendants = 2
	attendantKept  = 1_000_000_000 // ns
)

var attendants struct {
	sync.Mutex
	idle []*attendant
}

// attend has a thread attend the task.
func attend(t *Task) error {
	attendants.Lock()
	var a *attendant
	if n := len(attendants.idle); n > 0 {
		a = attendants.idle[n-1]
		attendants.idle = attendants.idle[:n-1]
	}
	attendants.Unlock()
	if a == nil {
		a = &attendant{task: t}
		return sys.StartThread(a.serve)
	}
	a.task = t
	atomic.StoreUint32(&a.word, 1)
	sys.FutexWake(&a.word, 1)
	return nil
}

// serve is the thread's life.
func (a *attendant) serve() {
	for {
		t := a.task
		a.task = nil
		t.result, t.err = t.execution.attended(&t.pin)
		stay := a.retire() // before the end of the task is known: who sees it may start the next one
		t.finish()
		if !stay || !a.rest() {
			return
		}
	}
}

// retire puts the thread among the idle ones; false: there are enough.
func (a *attendant) retire() bool {
	attendants.Lock()
	defer attendants.Unlock()
	if len(attendants.idle) >= keptAttendants {
		return false
	}
	attendants.idle = append(attendants.idle, a)
	return true
}

// rest sleeps until there is a task; false: the thread has been idle for too long, and is nobody's any more.
func (a *attendant) rest() bool {
	until := sys.After(attendantKept)
	for atomic.LoadUint32(&a.word) == 0 {
		sys.FutexWait(&a.word, 0, until)
		if until != 0 && sys.Until(until) <= 0 {
			if a.leave() {
				return false
			}
			until = 0 // a task is on its way
		}
	}
	atomic.StoreUint32(&a.word, 0)
	return true
}

// leave takes the thread out of the idle ones; false: it is not there.
func (a *attendant) leave() bool {
	attendants.Lock()
	defer attendants.Unlock()
	i := slices.Index(attendants.idle, a)
	if i < 0 {
		return false
	}
	attendants.idle = slices.Delete(attendants.idle, i, i+1)
	return true
}
