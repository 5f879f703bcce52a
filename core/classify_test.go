package core

import (
	"testing"
	"time"

	"gosandbox/tracer"
)

func TestSimClassify(t *testing.T) {
	ten := uint64(10)
	all := Limits{CPU: time.Second, Wall: 2 * time.Second, Memory: 100, Output: &ten, Processes: 1}
	unlimited := Limits{}
	const cpu, wall = int64(time.Second), int64(2 * time.Second)
	exited := func(code int32) tracer.Outcome { return tracer.Outcome{Executed: true, Exited: true, Code: code} }
	signaled := tracer.Outcome{Executed: true, Signal: 11}
	with := func(o tracer.Outcome, change func(*tracer.Outcome)) tracer.Outcome { change(&o); return o }
	killed := func(c tracer.Cause) tracer.Outcome { return tracer.Outcome{Executed: true, Signal: 9, Cause: c} }
	all8 := with(exited(0), func(o *tracer.Outcome) { o.CPU, o.Wall, o.MemoryPeak, o.Refused = 1e18, 1e18, 1e18, true })
	refused := func(o tracer.Outcome) tracer.Outcome { o.Refused = true; return o }

	overflown := with(signaled, func(o *tracer.Outcome) { o.StackOverflow = true })

	for _, test := range []struct {
		name    string
		o       tracer.Outcome
		l       Limits
		output  uint64
		loading bool
		status  Status
		cause   Cause
	}{
		{"exit 0", exited(0), all, 0, false, StatusExited, CauseNone},
		{"exit 255", exited(255), all, 0, false, StatusExited, CauseNone},
		{"signal", signaled, all, 0, false, StatusSignaled, CauseNone},
		{"SIGKILL of unknown origin", killed(tracer.CauseNone), all, 0, false, StatusSignaled, CauseNone},

		{"killed: cpu", killed(tracer.CauseCPU), all, 0, false, StatusCPULimit, CauseCPU},
		{"killed: wall", killed(tracer.CauseWall), all, 0, false, StatusWallLimit, CauseWall},
		{"killed: memory", killed(tracer.CauseMemory), all, 0, false, StatusMemoryLimit, CauseMemory},
		{"killed: output", killed(tracer.CauseOutput), all, 0, false, StatusOutputLimit, CauseOutput},
		{"killed: processes", killed(tracer.CauseProcesses), all, 0, false, StatusProcessLimit, CauseProcesses},
		{"killed: violation", killed(tracer.CauseViolation), all, 0, false, StatusViolation, CauseViolation},
		{"killed: cancelled", killed(tracer.CauseCancelled), all, 0, false, StatusCancelled, CauseCancelled},
		{"killed: fault", killed(tracer.CauseFault), all, 0, false, StatusInternal, CauseFault},
		{"the cause beats the figures", with(all8, func(o *tracer.Outcome) { o.Cause = tracer.CauseWall }), all, 99, false, StatusWallLimit, CauseWall},
		{"violation beats the figures", with(all8, func(o *tracer.Outcome) { o.Cause = tracer.CauseViolation }), all, 99, false, StatusViolation, CauseViolation},
		{"cancelled beats the figures", with(all8, func(o *tracer.Outcome) { o.Cause = tracer.CauseCancelled }), all, 99, false, StatusCancelled, CauseCancelled},
		{"exited when the kill came", with(exited(0), func(o *tracer.Outcome) { o.Cause = tracer.CauseCPU }), all, 0, false, StatusCPULimit, CauseCPU},

		{"cpu at the limit", with(exited(0), func(o *tracer.Outcome) { o.CPU = cpu }), all, 0, false, StatusCPULimit, CauseNone},
		{"cpu below", with(exited(0), func(o *tracer.Outcome) { o.CPU = cpu - 1 }), all, 0, false, StatusExited, CauseNone},
		{"cpu, signaled", with(signaled, func(o *tracer.Outcome) { o.CPU = cpu }), all, 0, false, StatusCPULimit, CauseNone},
		{"wall at the limit", with(exited(0), func(o *tracer.Outcome) { o.Wall = wall }), all, 0, false, StatusWallLimit, CauseNone},
		{"wall below", with(exited(0), func(o *tracer.Outcome) { o.Wall = wall - 1 }), all, 0, false, StatusExited, CauseNone},
		{"cpu before wall", with(exited(0), func(o *tracer.Outcome) { o.CPU, o.Wall = cpu, wall }), all, 0, false, StatusCPULimit, CauseNone},
		{"memory at the limit", with(exited(0), func(o *tracer.Outcome) { o.MemoryPeak = 100 }), all, 0, false, StatusExited, CauseNone},
		{"memory above", with(exited(0), func(o *tracer.Outcome) { o.MemoryPeak = 101 }), all, 0, false, StatusMemoryLimit, CauseNone},
		{"output at the limit", exited(0), all, 10, false, StatusExited, CauseNone},
		{"output above", exited(0), all, 11, false, StatusOutputLimit, CauseNone},
		{"refused address space", refused(exited(1)), Limits{AddressSpace: 100}, 0, false, StatusMemoryLimit, CauseNone},
		{"refused address space, copes", refused(exited(0)), Limits{AddressSpace: 100}, 0, false, StatusExited, CauseNone},
		{"stack as memory", overflown, Limits{Memory: 100, Stack: StackAsMemory}, 0, false, StatusMemoryLimit, CauseNone},
		{"stack as memory without a limit", overflown, Limits{Stack: StackAsMemory}, 0, false, StatusSignaled, CauseNone},
		{"stack of its own size", overflown, Limits{Memory: 100, Stack: 50}, 0, false, StatusSignaled, CauseNone},
		{"nothing is limited", with(all8, func(o *tracer.Outcome) { o.Refused = true }), unlimited, 1 << 60, false, StatusExited, CauseNone},

		{"refused, exit 0", refused(exited(0)), all, 0, false, StatusExited, CauseNone},
		{"refused, exit 1", refused(exited(1)), all, 0, false, StatusMemoryLimit, CauseNone},
		{"refused, signal", refused(signaled), all, 0, false, StatusMemoryLimit, CauseNone},
		{"refused, no limit", refused(exited(1)), unlimited, 0, false, StatusExited, CauseNone},
		{"refused, cpu too", refused(with(exited(1), func(o *tracer.Outcome) { o.CPU = cpu })), all, 0, false, StatusCPULimit, CauseNone},

		{"never executed", tracer.Outcome{Exited: true, Code: 1}, all, 0, false, StatusSetupFailed, CauseNone},
		{"died loading, memory limit", tracer.Outcome{Signal: 9}, all, 0, true, StatusMemoryLimit, CauseNone},
		{"died loading, none", tracer.Outcome{Signal: 9}, unlimited, 0, true, StatusSetupFailed, CauseNone},
		{"cancelled before exec", tracer.Outcome{Cause: tracer.CauseCancelled}, all, 0, false, StatusCancelled, CauseCancelled},
		{"wall before exec", tracer.Outcome{Cause: tracer.CauseWall}, all, 0, false, StatusSetupFailed, CauseWall},
		{"fault before exec", tracer.Outcome{Cause: tracer.CauseFault}, all, 0, false, StatusSetupFailed, CauseFault},
	} {
		if got := classify(&test.o, &test.l, test.output, test.loading); got != (verdict{test.status, test.cause}) {
			t.Errorf("%s: %v by %v, want %v by %v", test.name, got.status, got.cause, test.status, test.cause)
		}
	}
}

// Every cause has a status of its own.
func TestSimClassifyEveryCause(t *testing.T) {
	seen := map[Status]Cause{}
	for c := CauseCPU; c <= CauseFault; c++ {
		ten := uint64(10)
		v := classify(&tracer.Outcome{Executed: true, Cause: tracer.Cause(c), Signal: 9}, &Limits{Output: &ten}, 0, false)
		if before, twice := seen[v.status]; twice || v.status == StatusSignaled || v.cause != c {
			t.Errorf("%v gives %v by %v, as does %v", c, v.status, v.cause, before)
		}
		seen[v.status] = c
	}
}
