package core

import (
	"math"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// Task is a run in progress. All methods may be called by any threads at once.
type Task struct {
	execution *execution
	complete  uint32 // futex: 1 when the result is there
	pin       pin
	poll      int // eventfd, readable from then on
	result    *Result
	err       error

	ringing sync.Mutex // held while poll is rung or closed
	closed  bool
}

// Start starts a run and returns at once; descriptors that the config names can be closed then. The task must be closed.
func Start(config *Config) (*Task, error) {
	e, err := prepareFor(config, now(), true)
	if err != nil {
		return nil, err
	}
	bell, err := sys.NewBell()
	if err != nil {
		e.release()
		return nil, exhausted("an eventfd", err)
	}
	t := &Task{execution: e, poll: bell, pin: pinHere()}
	if err = e.launch(t.pin.cpu, t.pin.cpus()); err == nil {
		if err = attend(t); err != nil {
			err = exhausted("a thread", err)
			e.run.Kill(tracer.CauseCancelled)
			e.run.Wait(0)
		}
	}
	if err != nil {
		e.release()
		unix.Close(bell)
		return nil, err
	}
	return t, nil
}

// finish tells that the result is there.
func (t *Task) finish() {
	t.ringing.Lock() // who sees the task complete may close it at once
	atomic.StoreUint32(&t.complete, 1)
	sys.Ring(t.poll)
	t.ringing.Unlock()
	sys.FutexWake(&t.complete, math.MaxInt32)
}

// Wait blocks until the run is over, at most timeout ns (negative: for ever), and returns what Run would have. false: the
// time has passed.
func (t *Task) Wait(timeout int64) (*Result, error, bool) {
	deadline := int64(0)
	if timeout >= 0 {
		deadline = sys.After(timeout)
	}
	for atomic.LoadUint32(&t.complete) == 0 {
		if deadline != 0 && sys.Until(deadline) <= 0 {
			return nil, nil, false
		}
		sys.FutexWait(&t.complete, 0, deadline)
	}
	return t.result, t.err, true
}

// Complete is a futex that is not 0 when the result is there.
func (t *Task) Complete() *uint32 { return &t.complete }

// Kill kills the whole tree and does not wait. No effect on a task that has ended.
func (t *Task) Kill() { t.execution.run.Kill(tracer.CauseCancelled) }

// PollFD is a descriptor that is readable when the task has ended. It belongs to the task.
func (t *Task) PollFD() int { return t.poll }

// PID is the program's process id, 0 before it is there and after its end.
func (t *Task) PID() int { return int(t.execution.run.PID()) }

// Close kills the run if it still lives, waits until it is gone and frees the task. Results stay good.
func (t *Task) Close() {
	t.Kill()
	t.Wait(-1)
	t.ringing.Lock()
	defer t.ringing.Unlock()
	if !t.closed {
		t.closed = true
		unix.Close(t.poll)
	}
}
