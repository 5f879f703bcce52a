package core

import (
	"runtime/debug"

	faults "gosandbox/internal/fault"
	"gosandbox/tracer"
)

// attended serves a launched run to its end, in the place of its caller, and frees it. A panic ends the run too, and becomes its result.
func (e *execution) attended(pin *pin) (r *Result, err error) {
	b := &Blocked{execution: e, pin: *pin}
	defer e.releaseQuietly()
	defer func() {
		if p := recover(); p != nil {
			b.Collapse(p)
			r, err = b.broken.result()
		}
	}()
	faults.At(faults.Attend)
	b.pin.hold()
	b.wait()
	return e.result()
}

// releaseQuietly is release where a panic has nobody to go to: what it had not come to yet stays open.
func (e *execution) releaseQuietly() {
	defer func() { _ = recover() }()
	e.release()
}

// Collapse ends a run that could not be served any more because of a panic, and waits until it is over. Result tells of it.
func (b *Blocked) Collapse(value any) {
	b.broken = newBroken(value)
	run := b.execution.run
	run.Kill(tracer.CauseFault)
	run.Wait(0)
	b.pin.release()
}

// broken is a run that has ended in a panic.
type broken struct{ err error }

func newBroken(value any) *broken {
	return &broken{&tracer.PanicError{Value: value, Stack: debug.Stack()}}
}

func (p *broken) result() (*Result, error) {
	err := fault(p.err)
	return &Result{Status: StatusInternal, ExitCode: -1, Message: err.Message, Output: map[int][]byte{}, Err: err}, err
}
