package core

import (
	"context"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLiveCaptureCaps(t *testing.T) {
	const n = 300000 // several chunks and pipefuls
	for _, max := range []uint64{0, 1, n - 1, n, n + 1, MaxCapture} {
		r, err := Run(context.Background(), shell("head -c "+strconv.Itoa(n)+" /dev/zero", Capture(1, max)))
		if expect(t, r, err, StatusExited); r == nil {
			continue
		}
		if got := uint64(len(r.Output[1])); got != min(max, n) || r.OutputBytes != n || r.Sources[FigureOutputBytes] != SourceCapture {
			t.Errorf("cap %d: %d bytes kept, %d counted", max, got, r.OutputBytes)
		}
		if kept := r.Output[1]; cap(kept) != len(kept) || kept[:len(kept):len(kept)] == nil {
			t.Errorf("cap %d: an append would write over the NUL", max)
		}
	}
}

func TestLiveCaptureLimit(t *testing.T) {
	for limit, want := range map[uint64]Status{0: StatusOutputLimit, 4: StatusOutputLimit, 5: StatusExited, 6: StatusExited} {
		config := shell("printf abc; printf de >&2", Capture(1, 100), Capture(2, 100))
		config.Limits.Output = &limit
		r, err := Run(context.Background(), config)
		expect(t, r, err, want)
	}
	none := uint64(0)
	config := shell("exit 0", Capture(1, 100))
	config.Limits.Output = &none
	r, err := Run(context.Background(), config)
	expect(t, r, err, StatusExited)
}

// The same cap for an open file that has two numbers; the last word of the config on a descriptor counts.
func TestLiveCaptureOfTwoDescriptors(t *testing.T) {
	r, err := Run(context.Background(), shell("echo a; echo b >&2", Capture(1, 1), Capture(1, 100), SameAs(2, 1)))
	if expect(t, r, err, StatusExited); r != nil && (string(r.Output[1]) != "a\nb\n" || len(r.Output) != 1) {
		t.Errorf("%q of %d", r.Output[1], len(r.Output))
	}
}

func TestLivePoll(t *testing.T) {
	begin := now()
	none := []unix.PollFd{reading(-1), reading(-1), reading(-1)}
	if pollFor(none[:1], 20e6); now()-begin < 20e6 {
		t.Errorf("after %d ns", now()-begin)
	}
	pollFor(none[:1], 0)
	var low, before unix.Rlimit // fewer descriptors than are polled: the kernel refuses, and it must not spin
	unix.Getrlimit(unix.RLIMIT_NOFILE, &before)
	low = before
	low.Cur = 1
	unix.Setrlimit(unix.RLIMIT_NOFILE, &low)
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &before)
	begin = now()
	if pollFor(none, -1); now()-begin < hostPause {
		t.Errorf("refused, and back after %d ns", now()-begin)
	}
}
