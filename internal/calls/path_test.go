package calls

import (
	"slices"
	"testing"

	"gosandbox/internal/seccomp"
)

func TestSimPathArguments(t *testing.T) {
	for name, want := range map[string][]Path{
		"execve": {{0, -1}}, "chdir": {{0, -1}}, "openat": {{1, 0}}, "openat2": {{1, 0}}, "execveat": {{1, 0}}, "statx": {{1, 0}},
		"linkat": {{1, 0}, {3, 2}}, "renameat2": {{1, 0}, {3, 2}}, "symlinkat": {{2, 1}}, "pivot_root": {{0, -1}, {1, -1}},
		"mount": {{1, -1}}, "fanotify_mark": {{4, 3}}, "inotify_add_watch": {{1, -1}}, "move_mount": {{1, 0}, {3, 2}},
		"newfstatat": {{1, 0}}, "umount2": {{0, -1}}, "fchmodat2": {{1, 0}}, "name_to_handle_at": {{1, 0}},
		"read": nil, "write": nil, "socket": nil, "clone": nil, "mmap": nil, "bind": nil, "memfd_create": nil, "mq_open": nil,
	} {
		if got := PathArguments(native, number(t, name)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for _, nr := range []int64{-1, 511, 512, 1 << 40, seccomp.X32Bit | 2} {
		if got := PathArguments(native, nr); got != nil {
			t.Errorf("call %d: %v", nr, got)
		}
	}
	if got := PathArguments(uint32(seccomp.I386), 5); got != nil {
		t.Errorf("a foreign call has a path: %v", got)
	}
	if n := testing.AllocsPerRun(100, func() { PathArguments(native, 2) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
