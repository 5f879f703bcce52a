package sys

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLiveProcessCPU(t *testing.T) {
	before, err := ProcessCPU(Self())
	if err != nil || before <= 0 {
		t.Fatal(before, err)
	}
	var usage, begin unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &begin)
	for used := int64(0); used < 30e6; used = cpuTime(&usage) - cpuTime(&begin) {
		unix.Getrusage(unix.RUSAGE_SELF, &usage)
	}
	after, _ := ProcessCPU(Self())
	if after-before < 29e6 || after-before > 1e9 {
		t.Errorf("30 ms of CPU time are %v by the clock", time.Duration(after-before))
	}
}

func cpuTime(u *unix.Rusage) int64 { return unix.TimevalToNsec(u.Utime) + unix.TimevalToNsec(u.Stime) }

func TestLiveProcessCPUOfZombie(t *testing.T) {
	zombie := newZombie(t, "sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
	first, err := ProcessCPU(zombie)
	if err != nil || first < 1e6 {
		t.Fatalf("%v, %v: a loop of 20000 turns takes longer", time.Duration(first), err)
	}
	if again, err := ProcessCPU(zombie); err != nil || again != first {
		t.Errorf("a zombie's clock went from %d to %d, %v", first, again, err)
	}
	usage, err := Reap(zombie)
	if err != nil {
		t.Fatal(err)
	}
	total := cpuTime(&usage)
	if d := total - first; d < -2e6 || d > 2e6 {
		t.Errorf("clock %d ns, rusage %d ns", first, total)
	}
	if _, err := ProcessCPU(zombie); err == nil {
		t.Error("a clock after the reaping")
	}
}

func TestLiveMonotonic(t *testing.T) {
	a := Monotonic()
	time.Sleep(5 * time.Millisecond)
	if d := Monotonic() - a; d < 5e6 || d > 5e9 {
		t.Errorf("5 ms are %d ns", d)
	}
}
