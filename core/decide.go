package core

import (
	"fmt"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/tracer"
)

// Event is a system call that a NOTIFY rule of the policy has sent to the callback. It is good during the callback only.
type Event = tracer.Event

// Callback decides about a call: ActionAllow, ActionKill, ActionErrno(e), ActionReturn, ActionInspect, ActionDefer or ActionOpened. It is
// asked about one call at a time within a run, on the thread that is blocked in Run, or for a Task on one of the library's. The program's
// thread waits meanwhile, and so does the end of the run, also past its limits.
type Callback func(*Event) Action

// decider answers the notifications of a run.
type decider struct {
	policy   *Policy
	callback Callback // nil: no rule asks it
	files    bool     // DEFER is for the path rules
	asks     *seccomp.Policy
}

// Decide is called by the thread that serves the run.
func (d *decider) Decide(e *Event) tracer.Decision {
	return d.lower(d.callback(e), e)
}

// Asks tells whether a rule of the policy's own has sent the call.
func (d *decider) Asks(e *Event) bool {
	data := seccomp.Data{Nr: int32(e.Nr), Arch: e.Arch, IP: e.IP, Args: e.Args}
	return d.callback != nil && seccomp.Decide(d.asks, &data) == seccomp.Notify
}

// lower turns what a callback has answered into what is done; anything that is no answer is a fault of the callback's.
func (d *decider) lower(a Action, e *Event) tracer.Decision {
	errno := a - ActionErrno(0)
	switch {
	case a == ActionKill:
		return tracer.Decision{Kind: tracer.DecideKill}
	case a == ActionAllow:
		return tracer.Decision{Kind: tracer.DecideAllow}
	case errno > 0 && errno <= 4095:
		return tracer.Decision{Kind: tracer.DecideErrno, Errno: unix.Errno(errno)}
	case a == ActionReturn:
		return tracer.Decision{Kind: tracer.DecideReturn}
	case e.Phase == tracer.PhaseExit:
	case a == ActionInspect:
		return tracer.Decision{Kind: tracer.DecideInspect}
	case a == ActionOpened:
		return tracer.Decision{Kind: tracer.DecideOpened}
	case a == ActionDefer && d.files:
		return tracer.Decision{Kind: tracer.DecideDefer}
	case a == ActionDefer:
		return d.fallback()
	}
	return tracer.Decision{Kind: tracer.DecideFault, Err: &tracer.DecisionError{
		Err: fmt.Errorf("the callback answered %#x to %s, which is no action here", uint32(a), seccomp.Name(seccomp.Arch(e.Arch), int(e.Nr))),
	}}
}

// fallback is the action of the policy for calls that no rule names.
func (d *decider) fallback() tracer.Decision {
	switch a := d.policy.fallback; {
	case a == seccomp.Allow:
		return tracer.Decision{Kind: tracer.DecideAllow}
	case a&^seccomp.Action(unix.SECCOMP_RET_DATA) == seccomp.Errno(0):
		return tracer.Decision{Kind: tracer.DecideErrno, Errno: unix.Errno(a & unix.SECCOMP_RET_DATA)}
	}
	return tracer.Decision{Kind: tracer.DecideKill}
}
