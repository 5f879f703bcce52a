package tracer

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestSimDecodeStop(t *testing.T) {
	const trap = int32(unix.SIGTRAP)
	tests := []struct {
		name   string
		status int32
		kind   stopKind
		signal int32
	}{
		{"SIGTRAP", trap, stopSignal, trap},
		{"system call", trap | 0x80, stopSyscall, trap | 0x80},
		{"fork", trap | unix.PTRACE_EVENT_FORK<<8, stopFork, trap},
		{"vfork", trap | unix.PTRACE_EVENT_VFORK<<8, stopFork, trap},
		{"clone", trap | unix.PTRACE_EVENT_CLONE<<8, stopFork, trap},
		{"exec", trap | unix.PTRACE_EVENT_EXEC<<8, stopExec, trap},
		{"exit", trap | unix.PTRACE_EVENT_EXIT<<8, stopExit, trap},
		{"seccomp", trap | unix.PTRACE_EVENT_SECCOMP<<8, stopSeccomp, trap},
		{"birth", trap | unix.PTRACE_EVENT_STOP<<8, stopBirth, trap},
		{"vfork done", trap | unix.PTRACE_EVENT_VFORK_DONE<<8, stopOther, trap},
		{"unknown event", trap | 99<<8, stopOther, trap},
	}
	for _, signal := range []unix.Signal{unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU} {
		s := int32(signal)
		tests = append(tests, struct {
			name   string
			status int32
			kind   stopKind
			signal int32
		}{"group " + signal.String(), s | unix.PTRACE_EVENT_STOP<<8, stopGroup, s})
	}
	for s := int32(1); s <= 64; s++ {
		kind, signal := decodeStop(s)
		if kind != stopSignal || signal != s {
			t.Errorf("signal %d: kind %d, signal %d", s, kind, signal)
		}
	}
	for _, test := range tests {
		if kind, signal := decodeStop(test.status); kind != test.kind || signal != test.signal {
			t.Errorf("%s: kind %d, signal %d, want %d, %d", test.name, kind, signal, test.kind, test.signal)
		}
	}
	var sum int32
	if n := testing.AllocsPerRun(100, func() {
		for i := range tests {
			kind, signal := decodeStop(tests[i].status)
			sum += int32(kind) + signal
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
