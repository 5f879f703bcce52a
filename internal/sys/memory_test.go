package sys

import (
	"bytes"
	"math"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSimNumber(t *testing.T) {
	for text, want := range map[string]uint64{
		"": 0, "x": 0, "0": 0, "7": 7, "  42\n": 42, "a12b34": 12, "00012": 12, "-5": 5,
		"18446744073709551615 ": math.MaxUint64,
	} {
		if got := number([]byte(text)); got != want {
			t.Errorf("number(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestSimKibibytes(t *testing.T) {
	for line, want := range map[string]uint64{
		"VmHWM:\t    1234 kB": 1234 << 10, "VmHWM:\t0 kB": 0, "Weird9:\t3 kB": 3 << 10, "VmHWM:": 0,
	} {
		if got := kibibytes([]byte(line)); got != want {
			t.Errorf("kibibytes(%q) = %d, want %d", line, got, want)
		}
	}
}

func TestSimAppendInt(t *testing.T) {
	for n, want := range map[int32]string{0: "0", 9: "9", 10: "10", 4194304: "4194304", math.MaxInt32: "2147483647"} {
		if got := string(appendInt([]byte("p"), n)); got != "p"+want {
			t.Errorf("appendInt(%d) = %q", n, got)
		}
	}
}

func TestSimUsedLeavesOutFiles(t *testing.T) {
	if got := (Memory{Peak: 1000, Anonymous: 1, File: 100, Shared: 20, Tables: 3, Swap: 4, Huge: 5}).Used(); got != 33 {
		t.Errorf("used %d, want 33", got)
	}
}

func TestLiveReadMemoryOfSelf(t *testing.T) {
	const much = 64 << 20
	before, err := ReadMemory(Self())
	if err != nil {
		t.Fatal(err)
	}
	block, err := unix.Mmap(-1, 0, much, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
	if err != nil {
		t.Fatal(err)
	}
	after, err := ReadMemory(Self())
	unix.Munmap(block)
	if err != nil {
		t.Fatal(err)
	}
	const slack = 16 << 20
	if grown := int64(after.Anonymous) - int64(before.Anonymous); grown < much-slack || grown > much+slack {
		t.Errorf("RssAnon grew by %d for %d", grown, much)
	}
	if grown := int64(after.Data) - int64(before.Data); grown < much-slack || grown > much+slack {
		t.Errorf("VmData grew by %d for %d", grown, much)
	}
	if after.File == 0 || after.Peak < after.Anonymous || after.Used() < after.Anonymous {
		t.Errorf("implausible: %+v", after)
	}
	if after.Tables == 0 || after.Tables > much {
		t.Errorf("page tables of %d bytes", after.Tables)
	}
}

func TestLiveReadMemoryOfNobody(t *testing.T) {
	zombie := newZombie(t, "true")
	if m, err := ReadMemory(zombie); err != unix.ENODATA {
		t.Errorf("zombie: %+v, %v", m, err)
	}
	if _, err := ReadMemory(math.MaxInt32); err != unix.ENOENT {
		t.Errorf("no process: %v", err)
	}
}

// Every file of /proc/PID gives ESRCH when the process is reaped between open and read; a directory fails the same way,
// but always.
func TestLiveReadProcFailingRead(t *testing.T) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("panic: %v", p)
		}
	}()
	var buffer [16]byte
	if text, err := readProc(Self(), "", buffer[:]); err != unix.EISDIR || len(text) != 0 {
		t.Errorf("%q, %v, want EISDIR", text, err)
	}
}

func TestLiveReadProcIsBounded(t *testing.T) {
	whole, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	var buffer [2]byte
	text, err := readProc(Self(), "/comm", buffer[:])
	if err != nil || !bytes.Equal(text, whole[:2]) {
		t.Errorf("%q, %v, want %q", text, err, whole[:2])
	}
	for range 100 {
		readProc(Self(), "/comm", buffer[:])
	}
	if fd, err := unix.Dup(0); err != nil || fd > 64 {
		t.Errorf("next descriptor %d, %v: readProc keeps them open", fd, err)
	} else {
		unix.Close(fd)
	}
}

func TestLiveReadMemoryDoesNotAllocate(t *testing.T) {
	self := Self()
	for name, f := range map[string]func(){
		"ReadMemory":  func() { ReadMemory(self) },
		"SoftLimit":   func() { SoftLimit(self, DataLimit) },
		"ProcessCPU":  func() { ProcessCPU(self) },
		"Monotonic":   func() { Monotonic() },
		"ThreadGroup": func() { ThreadGroup(self) },
		"nobody":      func() { ReadMemory(math.MaxInt32) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
