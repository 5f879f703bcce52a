package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ProbeSeccomp asks whether the kernel knows an action of seccomp filters; 0: it does.
func ProbeSeccomp(action uint32) unix.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)), 0, 0, 0)
	return errno
}

// LoadFilter puts a seccomp filter on the calling thread, for good: its children inherit it. It gives up the right to gain
// privileges by exec, without which only root may load one.
func LoadFilter(filter []unix.SockFilter) error {
	if _, _, errno := unix.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.RawSyscall6(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		uintptr(unsafe.Pointer(&program)), 0, 0, 0)
	return fail(errno)
}
