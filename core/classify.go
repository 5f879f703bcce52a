package core

import (
	"errors"
	"time"

	"gosandbox/tracer"
)

// verdict is the status of a run and why it was killed.
type verdict struct {
	status Status
	cause  Cause
}

// classify decides the status, once, from what is known of a finished run. The first that fits:
//
//  1. it was never started, or the library lost sight of it;
//  2. the library killed it: the reason that was written down before the kill;
//  3. it ended by itself, but a figure is past its limit: a program killed at 1.05 times a limit and one that just slipped
//     through read the same;
//  4. the kernel killed a process of it at the memory limit, or it ended badly after the kernel had refused it memory at the limit, or
//     its stack overflowed that was as large as the memory;
//  5. it exited, or a signal ended it.
//
// output is the number of captured bytes; diedLoading tells that the kernel killed it in the middle of execve.
func classify(o *tracer.Outcome, l *Limits, output uint64, diedLoading bool) verdict {
	cause := Cause(o.Cause)
	switch {
	case (cause == CauseFault || cause == CauseCallback) && (o.Executed || panicked(o.Err)):
		return verdict{StatusInternal, cause}
	case cause == CauseCancelled || cause == CauseGroup:
		return verdict{StatusCancelled, cause}
	case diedLoading && (l.Memory > 0 || l.AddressSpace > 0):
		// The kernel kills a program that has no room for its own data while it is being loaded.
		return verdict{StatusMemoryLimit, CauseNone}
	case !o.Executed:
		return verdict{StatusSetupFailed, cause}
	}
	if status, killed := killedFor[cause]; killed {
		return verdict{status, cause}
	}
	switch {
	case l.Memory > 0 && o.OutOfMemory:
		return verdict{StatusMemoryLimit, CauseNone}
	case l.CPU > 0 && time.Duration(o.CPU) >= l.CPU:
		return verdict{StatusCPULimit, CauseNone}
	case l.Wall > 0 && time.Duration(o.Wall) >= l.Wall:
		return verdict{StatusWallLimit, CauseNone}
	case l.Memory > 0 && o.MemoryPeak > l.Memory:
		return verdict{StatusMemoryLimit, CauseNone}
	case l.Output != nil && output > *l.Output:
		return verdict{StatusOutputLimit, CauseNone}
	case (l.Memory > 0 || l.AddressSpace > 0) && o.Refused && (!o.Exited || o.Code != 0):
		return verdict{StatusMemoryLimit, CauseNone}
	case l.Memory > 0 && l.Stack == StackAsMemory && o.StackOverflow:
		return verdict{StatusMemoryLimit, CauseNone} // the stack took all of it, as far as it could
	case o.Exited:
		return verdict{StatusExited, CauseNone}
	}
	return verdict{StatusSignaled, CauseNone}
}

// detail tells what is known beyond the verdict.
func detail(v verdict, o *tracer.Outcome) Detail {
	switch {
	case (v.status == StatusSignaled || v.status == StatusMemoryLimit && v.cause == CauseNone) && o.StackOverflow:
		return DetailStackOverflow
	case v.status == StatusMemoryLimit && o.OutOfMemory:
		return DetailOOMKill
	case v.status == StatusMemoryLimit && v.cause == CauseNone && o.Refused:
		return DetailRefused
	}
	return DetailNone
}

func panicked(err error) bool {
	var p *tracer.PanicError
	return errors.As(err, &p)
}

var killedFor = map[Cause]Status{
	CauseCPU:       StatusCPULimit,
	CauseWall:      StatusWallLimit,
	CauseMemory:    StatusMemoryLimit,
	CauseOutput:    StatusOutputLimit,
	CauseProcesses: StatusProcessLimit,
	CauseViolation: StatusViolation,
	CauseDeadlock:  StatusWallLimit,
}
