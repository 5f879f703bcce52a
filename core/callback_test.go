package core

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/tracer"
)

func asking(t *testing.T, call string, callback Callback, args ...string) *Config {
	t.Helper()
	policy, err := NewPolicy("permissive", ActionAllow)
	if err != nil {
		t.Fatal(err)
	}
	if err := policy.Add(ArchNative, call, ActionNotify); err != nil {
		t.Fatal(err)
	}
	return &Config{
		Args: append([]string{"../build/fixtures/called"}, args...), Files: []File{Capture(1, 4096)}, Policy: policy, Callback: callback,
		Limits: Limits{Wall: 60 * time.Second},
	}
}

func TestLiveCallback(t *testing.T) {
	var names []string
	r, err := Run(context.Background(), asking(t, "openat", func(e *Event) Action {
		var path [100]byte
		n, err := e.ReadPath(0, 1, path[:])
		if err != nil {
			t.Error(err)
		}
		names = append(names, string(path[:n]))
		return ActionErrno(uint32(unix.EPERM))
	}, "open", "/etc/passwd"))
	if err != nil || r.Status != StatusExited || string(r.Output[1]) != "errno 1\n" || strings.Join(names, " ") != "/etc/passwd" {
		t.Errorf("%v, %v, %q, %q", err, r.Message, r.Output[1], names)
	}
	if r.Notifications != 1 || r.Sources[FigureNotifications] != SourceTracer {
		t.Errorf("%d notifications", r.Notifications)
	}
}

func TestLiveCallbackPanics(t *testing.T) {
	r, err := Run(context.Background(), asking(t, "getppid", func(*Event) Action { panic("callback") }, "getppid"))
	var failed *Error
	if !errors.As(err, &failed) || failed.Code != CodeEINTERNAL || r.Cause != CauseCallback || len(failed.Stack) == 0 {
		t.Errorf("%v, %+v", err, r)
	}
}

// The path of a decision allocates nothing: neither where the call is taken nor where it is answered.
func TestLiveDecisionsDoNotAllocate(t *testing.T) {
	const calls = 20000
	var before, after runtime.MemStats
	seen := 0
	r, err := Run(context.Background(), asking(t, "getppid", func(e *Event) Action {
		if seen++; seen == 1000 {
			runtime.ReadMemStats(&before)
		} else if seen == calls {
			runtime.ReadMemStats(&after)
		}
		var code [8]byte
		if n, err := e.Read(e.IP, code[:]); n != 8 || err != nil {
			t.Error(n, err)
		}
		e.SetReturn(3)
		return ActionReturn
	}, "ppid", "20000"))
	if err != nil || r.Status != StatusExited || seen != calls {
		t.Fatalf("%v, %v, %d calls", err, r, seen)
	}
	if n := after.Mallocs - before.Mallocs; n > calls/100 && !raceDetector { // other goroutines of the tests; the detector allocates
		t.Errorf("%d allocations in %d decisions", n, calls-1000)
	}
}

func TestSimLowerDecision(t *testing.T) {
	entry, exit := &Event{Phase: PhaseEntry}, &Event{Phase: PhaseExit}
	for _, test := range []struct {
		event    *Event
		fallback seccomp.Action
		answer   Action
		want     tracer.DecisionKind
		errno    unix.Errno
	}{
		{entry, seccomp.Allow, ActionKill, tracer.DecideKill, 0},
		{exit, seccomp.Allow, ActionKill, tracer.DecideKill, 0},
		{entry, seccomp.Allow, ActionAllow, tracer.DecideAllow, 0},
		{entry, seccomp.Allow, ActionErrno(5), tracer.DecideErrno, 5},
		{entry, seccomp.Allow, ActionErrno(4095), tracer.DecideErrno, 4095},
		{entry, seccomp.Allow, ActionErrno(4096), tracer.DecideFault, 0},
		{entry, seccomp.Allow, ActionErrno(0), tracer.DecideFault, 0},
		{entry, seccomp.Allow, ActionNotify, tracer.DecideFault, 0},
		{entry, seccomp.Allow, ActionDefer, tracer.DecideAllow, 0},
		{entry, seccomp.Errno(13), ActionDefer, tracer.DecideErrno, 13},
		{entry, seccomp.Trace(tracer.AskKill), ActionDefer, tracer.DecideKill, 0},
		{entry, seccomp.Allow, ActionReturn, tracer.DecideReturn, 0},
		{exit, seccomp.Allow, ActionReturn, tracer.DecideReturn, 0},
		{entry, seccomp.Allow, ActionInspect, tracer.DecideInspect, 0},
		{entry, seccomp.Allow, ActionOpened, tracer.DecideOpened, 0},
		{exit, seccomp.Allow, ActionInspect, tracer.DecideFault, 0},
		{exit, seccomp.Allow, ActionOpened, tracer.DecideFault, 0},
		{exit, seccomp.Allow, ActionDefer, tracer.DecideFault, 0},
		{entry, seccomp.Allow, 77, tracer.DecideFault, 0},
	} {
		d := decider{policy: &Policy{fallback: test.fallback}}
		got := d.lower(test.answer, test.event)
		if got.Kind != test.want || got.Errno != test.errno || (got.Err != nil) != (test.want == tracer.DecideFault) {
			t.Errorf("%#x in phase %d: %+v, want kind %d", uint32(test.answer), test.event.Phase, got, test.want)
		}
	}
}
