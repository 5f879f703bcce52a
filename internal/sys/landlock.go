package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// LandlockVersion is the version of the interface that this machine has, an errno where it has none: ENOSYS when the kernel was built
// without Landlock, EOPNOTSUPP when it was switched off at boot.
func LandlockVersion() (int, error) {
	version, _, errno := unix.RawSyscall6(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION, 0, 0, 0)
	return int(version), fail(errno)
}

// NewLandlock makes a ruleset that forbids these kinds of file access but where rules allow them. Whoever enters it can no longer trace
// or look into processes outside, whoever's they are, nor, from version 6 of the interface on, signal them. The version is the kernel's.
func NewLandlock(version int, access uint64) (int, error) {
	attr := struct{ fs, net, scoped uint64 }{fs: access}
	size := unsafe.Sizeof(attr.fs)
	if version >= 6 {
		const signals = 1 << 1 // LANDLOCK_SCOPE_SIGNAL
		attr.scoped, size = signals, unsafe.Sizeof(attr)
	}
	fd, _, errno := unix.RawSyscall6(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0, 0, 0, 0)
	return int(fd), fail(errno)
}

// AddLandlockPath allows kinds of access to the file that fd stands for or, when it is a directory, to all beneath it.
func AddLandlockPath(ruleset, fd int, access uint64) error {
	attr := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	_, _, errno := unix.RawSyscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), unix.LANDLOCK_RULE_PATH_BENEATH,
		uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	return fail(errno)
}
