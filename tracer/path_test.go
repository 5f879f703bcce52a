package tracer

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

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
