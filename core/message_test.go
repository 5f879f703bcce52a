package core

import (
	"context"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

func TestSimMessages(t *testing.T) {
	output := uint64(64 << 20)
	l := &Limits{CPU: time.Second, Wall: 2500 * time.Millisecond, Memory: 256 << 20, Output: &output, Processes: 1}
	native := uint32(seccomp.Native())
	open := &Violation{Name: "openat", Arch: native, Nr: unix.SYS_OPENAT, Args: [6]uint64{0xffffff9c, 0x7000}, Path: "/etc/\x1bpasswd"}
	for _, test := range []struct {
		r    Result
		want string
	}{
		{Result{Status: StatusExited, ExitCode: 3}, "exited with code 3"},
		{Result{Status: StatusSignaled, Signal: unix.SIGSEGV}, "killed by SIGSEGV (signal 11)"},
		{Result{Status: StatusSignaled, Signal: 40}, "killed by signal 40 (signal 40)"},
		{Result{Status: StatusCPULimit, CPU: 1004 * time.Millisecond}, "used 1.004 s of CPU time, limit 1 s"},
		{Result{Status: StatusWallLimit, Wall: 2501400 * time.Microsecond}, "still running after 2.501 s, limit 2.5 s"},
		{Result{Status: StatusMemoryLimit, MemoryPeak: 300 << 20}, "used 300 MiB of memory, limit 256 MiB"},
		{Result{Status: StatusMemoryLimit, MemoryPeak: 200 << 20}, "was refused memory, limit 256 MiB"},
		{Result{Status: StatusMemoryLimit}, "was refused memory, limit 256 MiB"},
		{Result{Status: StatusOutputLimit}, "wrote more than 64 MiB"},
		{Result{Status: StatusProcessLimit}, "made more than 1 process"},
		{Result{Status: StatusCancelled}, "cancelled by the caller"},
		{Result{Status: StatusViolation}, "killed: a system call that is not allowed"},
		{Result{Status: StatusViolation, Violation: open}, `killed: openat(AT_FDCWD, "/etc/\x1bpasswd", O_RDONLY) is not allowed`},
		{Result{Status: StatusSetupFailed, Err: &Error{Message: "exec: no"}}, "exec: no"},
		{Result{Status: StatusInternal}, "INTERNAL"},
	} {
		if got := test.r.message(l); got != test.want {
			t.Errorf("%v: %q, want %q", test.r.Status, got, test.want)
		}
	}
	for name, test := range map[string]struct {
		v    Violation
		want string
	}{
		"no path": {Violation{Name: "openat", Arch: native, Nr: unix.SYS_OPENAT, Args: [6]uint64{3, 0x7000, unix.O_PATH}}, "openat(3, 0x7000, O_RDONLY|O_PATH)"},
		"foreign": {Violation{Name: "read", Arch: ArchI386, Nr: 3, Args: [6]uint64{1<<32 | 5}}, "i386 read(0x5, 0, 0)"},
		"unknown": {Violation{Arch: 7, Nr: 9999}, "architecture 0x7 syscall 9999(0, 0, 0, 0, 0, 0)"},
		"x32":     {Violation{Arch: ArchX86_64, Nr: seccomp.X32Bit | 1}, "x32 write(0, 0, 0)"},
		"minus":   {Violation{Arch: native, Nr: -1}, "syscall -1(0, 0, 0, 0, 0, 0)"},
	} {
		if got := test.v.Call(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestSimSizes(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0 bytes", 1: "1 byte", 10<<10 - 1: "10239 bytes", 10 << 10: "10 KiB", 10<<20 - 1: "10239 KiB", 10 << 20: "10 MiB", 5 << 30: "5120 MiB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
	if got := plural(2, "process", "processes"); got != "2 processes" {
		t.Error(got)
	}
}

// The path is read while the program is stopped in the call; a terminal escape in it stays an escape.
func TestLiveViolationSentence(t *testing.T) {
	policy, err := NewPolicy("permissive", ActionAllow)
	if err != nil {
		t.Fatal(err)
	}
	creates := Cmp{Arg: 2, Op: CmpMaskedEQ32, A: unix.O_CREAT, B: unix.O_CREAT}
	if err := policy.Add(ArchNative, "openat", ActionKill, creates); err != nil {
		t.Fatal(err)
	}
	config := shell(`umask 077; : > "/nonexistent/a` + "\x1b[31m\xff" + `"`)
	config.Policy, config.Limits.Wall = policy, 10*time.Second
	r, err := Run(context.Background(), config)
	expect(t, r, err, StatusViolation)
	want := `killed: openat(AT_FDCWD, "/nonexistent/a\x1b[31m\xff", O_WRONLY|O_CREAT|O_TRUNC, 0666) is not allowed`
	if r != nil && r.Message != want {
		t.Errorf("%s, want %s", r.Message, want)
	}
}
