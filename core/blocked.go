package core

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// Blocked is a run whose caller waits until it is over. The caller does the waiting itself, on FDs or, while there are none, on
// Word, and calls Woken and Step whenever that ends: package capi waits in C, because a signal handler of the host must not run on the
// stack of a goroutine. All calls come from one thread.
type Blocked struct {
	execution *execution
	pin       pin
	hungUp    bool // no call can be notified of any more
	broken    *broken
}

// Begin starts a run on behalf of a caller that waits for it. The calling thread may be kept on its CPU for a moment: the
// caller must call Step until it tells that the run is over, then Result, all on this thread. Where nothing was started, Blocked is
// nil and the rest is what Run returns.
func Begin(config *Config) (*Blocked, *Result, error) {
	e, err := prepare(config, now())
	if err != nil {
		r, err := failedResult(err)
		return nil, r, err
	}
	b, err := begin(e)
	if err != nil {
		e.release()
		return nil, nil, err
	}
	return b, nil, nil
}

func begin(e *execution) (*Blocked, error) {
	b := &Blocked{execution: e, pin: pinHere()}
	e.run.Blocking = !onOwnThread()
	b.pin.hold()
	if err := e.launch(b.pin.cpu, b.pin.cpus()); err != nil {
		b.pin.release()
		return nil, err
	}
	return b, nil
}

// Word is a futex to wait on while it is 0, for as long as FDs are none.
func (b *Blocked) Word() *uint32 {
	if b.settingUp() {
		return b.execution.run.Ready()
	}
	return b.execution.run.Done()
}

// settingUp tells that there will be notifications, but that their listener is not there yet.
func (b *Blocked) settingUp() bool {
	run := b.execution.run
	return run.Decider != nil && atomic.LoadUint32(run.Ready()) == 0
}

// MostFDs is the most descriptors that FDs can give for this run.
func (b *Blocked) MostFDs() int {
	n := 3
	if b.execution.pump != nil {
		n += len(b.execution.pump.captures)
	}
	return n
}

// FDs appends the descriptors of which one becomes readable when a step is due; none when Word tells it. -1 stands for one
// that is closed.
func (b *Blocked) FDs(list []unix.PollFd) []unix.PollFd {
	e := b.execution
	if e.bell < 0 || b.settingUp() {
		return list
	}
	list = append(list, reading(e.bell))
	if e.run.Decider != nil {
		calls, exits := e.run.Listeners()
		if b.hungUp {
			calls = -1
		}
		list = append(list, reading(calls), reading(exits))
	}
	if e.pump != nil {
		list = e.pump.fds(list)
	}
	return list
}

func reading(fd int) unix.PollFd { return unix.PollFd{Fd: int32(fd), Events: unix.POLLIN} }

// Woken tells what the wait has found out about descriptor number i of FDs, in poll's bits. Before the next Step.
func (b *Blocked) Woken(i int, bits int16) {
	run := b.execution.run
	switch {
	case run.Decider == nil || bits == 0:
	case i == 1 && bits&unix.POLLIN != 0:
		run.Serve()
	case i == 1:
		b.hungUp = true // nobody is left who could call
	case i == 2:
		run.ServeExit()
	}
}

// Quick is what a caller in C needs to answer calls itself; false: it must leave them to Woken.
func (b *Blocked) Quick() (tracer.Quick, bool) {
	run := b.execution.run
	if run.Decider == nil || run.Server != nil || b.settingUp() || b.hungUp {
		return tracer.Quick{}, false
	}
	q := run.Quick()
	return q, q.Listener >= 0
}

// Taken serves a call that the caller has received but leaves to the library.
func (b *Blocked) Taken(taken *sys.Notification) { b.execution.run.ServeTaken(taken) }

// Event is the event of a call that the caller has received.
func (b *Blocked) Event(taken *sys.Notification, pid int32) *Event {
	return b.execution.run.EventOf(taken, pid)
}

// Answer does what the callback has answered to an event of Event.
func (b *Blocked) Answer(e *Event, action Action) {
	b.execution.run.Answer(e, b.execution.lowered.decider.lower(action, e))
}

// Count adds calls that the caller has answered.
func (b *Blocked) Count(calls uint64) { b.execution.run.Count(calls) }

// Step takes captured bytes without blocking. It tells whether the run is over, and otherwise how long to wait at most before the
// next step, in ns; negative: for ever.
func (b *Blocked) Step() (over bool, timeout int64) {
	if pump := b.execution.pump; pump != nil {
		over = pump.step()
	} else {
		over = b.execution.run.Over()
	}
	if !b.pin.held {
		return over, -1
	}
	left := sys.Until(b.pin.until)
	if over || left <= 0 {
		b.pin.release()
		return over, -1
	}
	return over, left
}

// Cancel kills the run, once; steps go on until it is over.
func (b *Blocked) Cancel() { b.execution.run.Kill(tracer.CauseCancelled) }

// Result is what Run returns; once, after the last step or Collapse.
func (b *Blocked) Result() (*Result, error) {
	defer b.execution.release()
	if b.broken != nil {
		return b.broken.result()
	}
	return b.execution.result()
}

// wait steps until the run is over.
func (b *Blocked) wait() {
	fds := make([]unix.PollFd, 0, b.MostFDs())
	for {
		over, timeout := b.Step()
		if over {
			return
		}
		if fds = b.FDs(fds[:0]); len(fds) > 0 {
			pollFor(fds, timeout)
			for i := range fds {
				b.Woken(i, fds[i].Revents)
			}
		} else if timeout < 0 {
			sys.FutexWait(b.Word(), 0, 0)
		} else {
			sys.FutexWait(b.Word(), 0, sys.After(timeout))
		}
	}
}

// runHere runs to the end on the calling thread.
func (e *execution) runHere() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b, err := begin(e)
	if err != nil {
		return err
	}
	b.wait()
	return nil
}
