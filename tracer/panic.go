package tracer

import (
	"fmt"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
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
	r.Program.Ended()
	for {
		event, err := sys.WaitAny()
		if err != nil {
			break
		}
		if event.Exited() {
			sys.Reap(event.TID)
			continue
		}
		sys.Kill(event.TID, unix.SIGKILL)
		sys.Resume(event.TID, 0)
	}
	theWatch.end(r)
	r.outcome = Outcome{Cause: CauseFault, Err: &PanicError{value, stack}}
}
