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

// LandlockWalls is what a ruleset forbids beside access to files.
type LandlockWalls struct {
	Net      uint64 // LANDLOCK_ACCESS_NET_..., but for ports that rules allow; needs version 4 of the interface
	Abstract bool   // connecting to abstract UNIX sockets outside; needs version 6
}

// The versions of the interface that have the walls.
const (
	LandlockTCP   = 4
	LandlockScope = 6
)

// NewLandlock makes a ruleset that forbids these kinds of file access but where rules allow them. Whoever enters it can no longer trace
// or look into processes outside, whoever's they are, nor, from version 6 of the interface on, signal them. The version is the kernel's.
func NewLandlock(version int, access uint64, walls LandlockWalls) (int, error) {
	const abstract, signals = 1 << 0, 1 << 1 // LANDLOCK_SCOPE_...
	attr := struct{ fs, net, scoped uint64 }{fs: access, net: walls.Net}
	size := unsafe.Sizeof(attr.fs)
	switch {
	case version >= LandlockScope:
		attr.scoped, size = signals, unsafe.Sizeof(attr)
		if walls.Abstract {
			attr.scoped |= abstract
		}
	case walls.Abstract || walls.Net != 0 && version < LandlockTCP:
		return -1, unix.EOPNOTSUPP
	case version >= LandlockTCP:
		size = unsafe.Offsetof(attr.scoped)
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

// AddLandlockPort allows kinds of TCP access to a port.
func AddLandlockPort(ruleset int, port uint16, access uint64) error {
	const netPort = 2 // LANDLOCK_RULE_NET_PORT
	attr := struct{ access, port uint64 }{access, uint64(port)}
	_, _, errno := unix.RawSyscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), netPort, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	return fail(errno)
}
