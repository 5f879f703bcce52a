package tracee

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The secure bits and their locks, from linux/securebits.h.
const (
	noRoot, noFixup, noAmbient = 1 << 0, 1 << 2, 1 << 6
	locks                      = 2 * (noRoot | noFixup | noAmbient)
)

// insideIDsInChild takes the ids that the program has in its new user namespace, and keeps the capabilities there: files
// that are made with an id that the namespace does not know are refused.
//
//go:nosplit
//go:norace
func (p *plan) insideIDsInChild() {
	p.beginInChild(StepIDs)
	_, _, errno := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, noFixup, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	if !p.denyGroups {
		_, _, errno = syscall.RawSyscall6(unix.SYS_SETGROUPS, 0, 0, 0, 0, 0, 0)
		p.checkInChild(0, errno)
	}
	uid, gid := uintptr(p.ids.UID), uintptr(p.ids.GID)
	_, _, errno = syscall.RawSyscall6(unix.SYS_SETRESGID, gid, gid, gid, 0, 0, 0)
	p.checkInChild(1, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_SETRESUID, uid, uid, uid, 0, 0, 0)
	p.checkInChild(2, errno)
	// Changed ids clear it; from here on the tracer's EXITKILL covers the same.
	syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0, 0)
}

// dropBoundsInChild empties the bounding and ambient sets and locks the secure bits, where it may: a process without
// CAP_SETPCAP has nothing that an exec could bring back, because of no_new_privs.
//
//go:nosplit
//go:norace
func (p *plan) dropBoundsInChild() {
	p.beginInChild(StepCapabilities)
	syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0, 0)
	_, _, errno := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_SECUREBITS, noRoot|noFixup|noAmbient|locks, 0, 0, 0, 0)
	if errno == unix.EPERM {
		return
	}
	p.checkInChild(-1, errno)
	for capability := uintptr(0); ; capability++ {
		_, _, errno := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, capability, 0, 0, 0, 0)
		if errno == unix.EINVAL && capability > 0 {
			return // the kernel has no more
		}
		p.checkInChild(int(capability), errno)
	}
}

// dropCapabilitiesInChild gives up every capability; after dropBoundsInChild that is for good.
//
//go:nosplit
//go:norace
func (p *plan) dropCapabilitiesInChild() {
	p.beginInChild(StepCapabilities)
	header := [2]uint32{unix.LINUX_CAPABILITY_VERSION_3, 0}
	var sets [6]uint32
	_, _, errno := syscall.RawSyscall6(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0, 0, 0, 0)
	p.checkInChild(-1, errno)
}

// endInChild ends a process that has done its part.
//
//go:nosplit
//go:norace
func (p *plan) endInChild() {
	for {
		syscall.RawSyscall6(unix.SYS_EXIT_GROUP, 0, 0, 0, 0, 0, 0)
	}
}
