package tracer

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Allocators reserve up to tens of MiB at once; below that a stop for each would cost more than it tells.
func TestSimBigAllocation(t *testing.T) {
	if BigAllocation != 16<<20 {
		t.Errorf("BigAllocation is %d: the filter, noteExit and the documents say 16 MiB", BigAllocation)
	}
}

func TestSimNote(t *testing.T) {
	r := NewRun(-1)
	r.noteLocked(1, sys.Memory{Peak: 1 << 40, Anonymous: 1 << 40})
	if r.used != 0 || r.peak != 0 {
		t.Error("the host's memory was noted")
	}
	r.executed = true
	r.noteLocked(1, sys.Memory{Peak: 100, Anonymous: 50, Shared: 5, File: 40})
	r.noteLocked(1, sys.Memory{Peak: 90, Anonymous: 60, File: 10})
	if r.used != 60 || r.peak != 100 || r.fileBytes != 40 {
		t.Errorf("used %d, peak %d, files %d", r.used, r.peak, r.fileBytes)
	}
}

func TestSimMemoryPeak(t *testing.T) {
	for _, test := range []struct {
		atExit, used, maxrss, want uint64
		source                     MemorySource
	}{
		{0, 0, 0, 0, MemoryUnknown},
		{10, 0, 0, 10, MemoryAtExit},
		{10, 10, 0, 10, MemoryAtExit},
		{10, 20, 1 << 50, 20, MemorySampled},
		{0, 20, 1 << 50, 20, MemorySampled},
		{0, 0, 1 << 50, 1 << 50, MemoryRusage}, // more than the host ever had: the program's own
		{0, 0, 1 << 12, 0, MemoryUnknown},      // may be the host's
	} {
		r := NewRun(-1)
		r.used = test.used
		s := supervisor{run: r, atExit: test.atExit}
		if got, source := s.memoryPeak(test.maxrss); got != test.want || source != test.source {
			t.Errorf("%+v: %d, source %d", test, got, source)
		}
	}
}

func TestLiveLargest(t *testing.T) {
	r := NewRun(-1)
	r.executed = true
	r.live = []int32{sys.Self(), 1<<31 - 1}
	own, err := sys.ReadMemory(sys.Self())
	if err != nil {
		t.Fatal(err)
	}
	const slack = 8 << 20
	if got, err := r.largestLocked(); err != nil || got > own.Used()+slack || got+slack < own.Used() || r.used == 0 {
		t.Errorf("%d, %v, but this process uses %d without files; noted %d", got, err, own.Used(), r.used)
	}
	if n := testing.AllocsPerRun(50, func() { r.sampleLocked(); r.largestLocked(); r.cpuLocked() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A host without descriptors cannot look: that must not read as a program that uses nothing.
func TestLiveBlind(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		t.Fatal(err)
	}
	none := unix.Rlimit{Cur: 0, Max: before.Max}
	if err := unix.Prlimit(0, unix.RLIMIT_NOFILE, &none, nil); err != nil {
		t.Fatal(err)
	}
	defer unix.Prlimit(0, unix.RLIMIT_NOFILE, &before, nil)
	r := NewRun(-1)
	r.executed = true
	r.live = []int32{sys.Self()}
	r.Limits.Memory = 1 << 50
	if cause := r.exceeded(sys.Monotonic()); cause != CauseFault || !errors.Is(r.fault, unix.EMFILE) {
		t.Errorf("cause %d, %v", cause, r.fault)
	}
}
