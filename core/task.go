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
	completion
	execution *execution
	pin       pin
	result    *Result
	err       error
}

// completion is how the end of a task is told.
type completion struct {
	complete uint32     // futex: 1 when the result is there
	poll     int        // eventfd, readable from then on
	ringing  sync.Mutex // held while poll is rung or closed
	closed   bool
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
	t := &Task{completion: completion{poll: bell}, execution: e, pin: pinHere()}
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

func (t *Task) serve() { t.result, t.err = t.execution.attended(&t.pin) }

// finish tells that the result is there.
func (c *completion) finish() {
	c.ringing.Lock() // who sees the task complete may close it at once
	atomic.StoreUint32(&c.complete, 1)
	sys.Ring(c.poll)
	c.ringing.Unlock()
	sys.FutexWake(&c.complete, math.MaxInt32)
}

// await blocks until the result is there, at most timeout ns (negative: for ever). false: the time has passed.
func (c *completion) await(timeout int64) bool {
	deadline := int64(0)
	if timeout >= 0 {
		deadline = sys.After(timeout)
	}
	for atomic.LoadUint32(&c.complete) == 0 {
		if deadline != 0 && sys.Until(deadline) <= 0 {
			return false
		}
		sys.FutexWait(&c.complete, 0, deadline)
	}
	return true
}

// Wait blocks until the run is over, at most timeout ns (negative: for ever), and returns what Run would have. false: the
// time has passed.
func (t *Task) Wait(timeout int64) (*Result, error, bool) {
	if !t.await(timeout) {
		return nil, nil, false
	}
	return t.result, t.err, true
}

// Complete is a futex that is not 0 when the result is there.
func (c *completion) Complete() *uint32 { return &c.complete }

// Kill kills the whole tree and does not wait. No effect on a task that has ended.
func (t *Task) Kill() { t.execution.run.Kill(tracer.CauseCancelled) }

// PollFD is a descriptor that is readable when the task has ended. It belongs to the task.
func (c *completion) PollFD() int { return c.poll }

// PID is the program's process id, 0 before it is there and after its end.
func (t *Task) PID() int { return int(t.execution.run.PID()) }

// Close kills the run if it still lives, waits until it is gone and frees the task. Results stay good.
func (t *Task) Close() {
	t.Kill()
	t.await(-1)
	t.close()
}

func (c *completion) close() {
	c.ringing.Lock()
	defer c.ringing.Unlock()
	if !c.closed {
		c.closed = true
		unix.Close(c.poll)
	}
}
