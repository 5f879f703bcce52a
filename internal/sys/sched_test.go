package sys

import (
	"runtime"
	"testing"
)

func TestSimOnly(t *testing.T) {
	for _, cpu := range []int{0, 1, 63, 64, 4095} {
		set := Only(cpu)
		for i := range 4096 {
			if on := set[i/64]>>(i%64)&1 == 1; on != (i == cpu) {
				t.Fatalf("Only(%d) has %d: %v", cpu, i, on)
			}
		}
	}
}

func TestLiveAffinity(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	mine, err := Affinity(0)
	if err != nil {
		t.Fatal(err)
	}
	defer SetAffinity(0, &mine)
	cpu := CPU()
	here := Only(cpu)
	if err := SetAffinity(0, &here); err != nil {
		t.Fatal(err)
	}
	if set, err := Affinity(ThreadID()); err != nil || set != here || CPU() != cpu {
		t.Errorf("%v, %v on %d, want CPU %d", set, err, CPU(), cpu)
	}
	if err := SetAffinity(0, new(CPUSet)); err == nil {
		t.Error("no CPU at all is accepted")
	}
}
