package core

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Why there is no counter of instructions, and what to do: the words fit what the kernel says.
func TestSimCounterRemedy(t *testing.T) {
	for errno, word := range map[unix.Errno]string{
		unix.ENOENT: "hypervisor", unix.EOPNOTSUPP: "hypervisor", unix.EACCES: "perf_event_paranoid", unix.EPERM: "seccomp profile",
		unix.ENOSYS: "CONFIG_PERF_EVENTS", unix.EMFILE: "limits",
	} {
		if got := counterRemedy(errno); !strings.Contains(got, word) {
			t.Errorf("%v: %q", errno, got)
		}
	}
}

// A run that asks for them is refused before it starts, with the same words as the feature.
func TestLiveCounterRefused(t *testing.T) {
	feature := Supports(FeatureInstructions)
	r, err := Run(t.Context(), &Config{Args: []string{"/bin/true"}, Record: &Record{Counter: CounterInstructions}})
	if feature == nil {
		if err != nil || r.Sources[FigureCounter] == SourceNone && r.CounterRunning == r.CounterEnabled {
			t.Errorf("%v, %+v", err, r)
		}
		return
	}
	var failed *Error
	if !errors.As(err, &failed) || failed.Code != CodeEUNSUPPORTED || failed.Message != feature.(*Error).Message {
		t.Errorf("%v; the feature: %v", err, feature)
	}
}
