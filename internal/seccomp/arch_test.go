package seccomp

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSimNames(t *testing.T) {
	for _, test := range []struct {
		arch Arch
		name string
		nr   int
	}{
		{AMD64, "read", 0}, {AMD64, "execve", 59}, {AMD64, "openat", 257}, {AMD64, "newfstatat", 262}, {AMD64, "clone3", 435},
		{AMD64, "uprobe", 336}, {AMD64, "rseq_slice_yield", 471},
		{I386, "read", 3}, {I386, "socketcall", 102}, {I386, "fstatat64", 300}, {I386, "clone3", 435}, {I386, "listns", 470},
		{ARM64, "read", 63}, {ARM64, "openat", 56}, {ARM64, "newfstatat", 79}, {ARM64, "clone3", 435}, {ARM64, "file_getattr", 468},
	} {
		if nr, ok := Number(test.arch, test.name); !ok || nr != test.nr {
			t.Errorf("Number(%#x, %s) = %d, %v, want %d", test.arch, test.name, nr, ok, test.nr)
		}
		if name := Name(test.arch, test.nr); name != test.name {
			t.Errorf("Name(%#x, %d) = %q, want %q", test.arch, test.nr, name, test.name)
		}
	}
	if nr, ok := Number(ARM64, "fstatat"); !ok || nr != 79 {
		t.Errorf("fstatat on arm64: %d, %v", nr, ok)
	}
	for _, test := range []struct {
		arch Arch
		name string
	}{{AMD64, ""}, {AMD64, "nosuchcall"}, {ARM64, "open"}, {ARM64, "uprobe"}, {I386, "newfstatat"}, {0, "read"}, {7, "listns"}} {
		if nr, ok := Number(test.arch, test.name); ok {
			t.Errorf("Number(%#x, %q) = %d", test.arch, test.name, nr)
		}
	}
	for _, nr := range []int{-1, 5000, X32Bit, X32Bit | 1, 1 << 40} {
		if name := Name(AMD64, nr); name != "" {
			t.Errorf("Name(%#x) = %q", nr, name)
		}
	}
	if name := Name(0, 0) + Name(7, 470); name != "" {
		t.Errorf("names without an architecture: %q", name)
	}
	if unix.SYS_EXECVE != must(Number(Native(), "execve")) || unix.SYS_EXIT_GROUP != must(Number(Native(), "exit_group")) {
		t.Errorf("Native() is %#x on %s", Native(), runtime.GOARCH)
	}
}

func must(nr int, ok bool) int {
	if !ok {
		return -1
	}
	return nr
}
