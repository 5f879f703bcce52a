package tracer

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a fault of the library itself, caught on one of its threads.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// collapse ends a run whose supervisor panicked: everything is killed and reaped by the simplest means.
func (s *supervisor) collapse(r *Run, value any) {
	stack := debug.Stack()
	r.intent.claim(CauseFault)
	s.strike(r) // a process that runs would not tell anything before its end
	r.Program.Ended()
	s.abandoned = !s.drain()
	theWatch.end(r)
	r.mu.Lock()
	r.pidfd = -1
	r.mu.Unlock()
	r.outcome = Outcome{Cause: CauseFault, Err: &PanicError{value, stack}}
}

// strike kills every process that is known, whatever state a panic has left the supervisor in.
func (s *supervisor) strike(r *Run) {
	defer func() { _ = recover() }()
	if s.run == r {
		s.killing = false
		s.killTree()
	}
}
