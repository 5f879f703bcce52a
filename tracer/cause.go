package tracer

import "sync/atomic"

// Cause is why a run was killed; the numbers are those of GOSANDBOX_CAUSE_ in sandbox.h.
type Cause uint32

// The causes.
const (
	CauseNone Cause = iota
	CauseCPU
	CauseWall
	CauseMemory
	CauseOutput
	CauseProcesses
	CauseViolation
	CauseCancelled
	CauseFault
	CauseCallback // the caller's decision failed
	CauseGroup    // the group that the run belongs to was over
	CauseDeadlock // all of the group waited for each other

	sealed // the program ended by itself before anyone had a reason to kill it
)

// intent is the one place where the reason for a kill is written down, before the kill. The first one stands.
type intent struct{ value atomic.Uint32 }

func (i *intent) claim(c Cause) bool { return i.value.CompareAndSwap(uint32(CauseNone), uint32(c)) }

// get is the reason for the kill, CauseNone when there was none.
func (i *intent) get() Cause {
	if c := Cause(i.value.Load()); c != sealed {
		return c
	}
	return CauseNone
}
