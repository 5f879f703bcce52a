package tracer

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

func TestSimPathArguments(t *testing.T) {
	for name, want := range map[string]int{
		"execve": 0, "chdir": 0, "openat": 1, "openat2": 1, "execveat": 1, "statx": 1, "linkat": 1, "symlinkat": 2,
	} {
		nr, ok := seccomp.Number(seccomp.Native(), name)
		if got, known := pathArguments[int64(nr)]; !ok || !known || got != want {
			t.Errorf("%s: argument %d, %v, want %d", name, got, known, want)
		}
	}
	for _, name := range []string{"read", "write", "socket", "clone", "mmap"} {
		nr, _ := seccomp.Number(seccomp.Native(), name)
		if got, known := pathArguments[int64(nr)]; known {
			t.Errorf("%s has a path: argument %d", name, got)
		}
	}
}

func TestLivePathOf(t *testing.T) {
	text := []byte("/etc/passwd\x00")
	v := &Violation{TID: sys.ThreadID(), Arch: uint32(seccomp.Native()), Nr: unix.SYS_OPENAT}
	v.Args[1] = uint64(uintptr(unsafe.Pointer(&text[0])))
	if got := pathOf(*v); got != "/etc/passwd" {
		t.Errorf("%q", got)
	}
	v.Args[0], v.Nr = v.Args[1], unix.SYS_READ
	if got := pathOf(*v); got != "" {
		t.Errorf("read has a path: %q", got)
	}
	v.Nr, v.Arch = unix.SYS_OPENAT, uint32(seccomp.I386)
	if got := pathOf(*v); got != "" {
		t.Errorf("a foreign call has a path: %q", got)
	}
	v.Arch, v.Args[1] = uint32(seccomp.Native()), 8
	if got := pathOf(*v); got != "" {
		t.Errorf("a wild pointer has a path: %q", got)
	}
}
