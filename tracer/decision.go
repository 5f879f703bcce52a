package tracer

import "golang.org/x/sys/unix"

// Decider decides about the calls that a run's filter notifies of.
type Decider interface {
	// Decide is called on the thread that waits for the run, for one event at a time.
	Decide(*Event) Decision
	// Asks tells whether a call is for the decider, in a run that has a Server too.
	Asks(*Event) bool
}

// Decision is what happens to a call.
type Decision struct {
	Kind  DecisionKind
	Errno unix.Errno            // for DecideErrno
	Err   error                 // for DecideFault
	Path  string                // for DecideKill: what was forbidden, where the decider knows it better than the call's argument
	Later func(*Event) Decision // for DecideLater
}

// DecisionKind is one of the ways to answer a call. The zero value kills.
type DecisionKind uint8

// The decisions.
const (
	DecideKill    DecisionKind = iota // the run ends as a violation
	DecideAllow                       // executed
	DecideErrno                       // not executed, fails; in PhaseExit: returns as if it had failed
	DecideReturn                      // not executed, returns what Event.SetReturn has set; in PhaseExit: returns that instead
	DecideOpened                      // not executed, returns a new descriptor made from what Event.SetFD has set
	DecideInspect                     // executed, then an event in PhaseExit
	DecideGive                        // DecideOpened, and the descriptor is closed here then
	DecideDefer                       // the Server decides
	DecideLater                       // Later, which may block, gives the decision
	DecideFault                       // there is no decision: the run ends, as a failure of the caller's
)

// DecisionError tells that the caller's code that had to decide has failed.
type DecisionError struct{ Err error }

func (e *DecisionError) Error() string { return "no decision about a system call: " + e.Err.Error() }

// Unwrap gives the reason.
func (e *DecisionError) Unwrap() error { return e.Err }
