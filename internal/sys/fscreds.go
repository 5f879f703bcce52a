package sys

import (
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// OwnDirectories gives the calling thread a working directory, a root and a umask apart from those of the process. The
// thread cannot go back: it must end.
func OwnDirectories() error { return unix.Unshare(unix.CLONE_FS) }

// Umask sets the umask of the calling thread, which must have its own.
func Umask(mask uint32) { unix.RawSyscall6(unix.SYS_UMASK, uintptr(mask), 0, 0, 0, 0, 0) }

// ActAs gives the calling thread, and no other one, the file access rights of a user: its ids, its groups, and no
// capability but the one to look into other processes. The thread cannot go back: it must end. The process stays as dumpable as it was.
// One that was started by a thread which acts so has these rights already.
func ActAs(uid, gid uint32, groups []uint32) error {
	if actsAs(uid, gid, groups) {
		return nil
	}
	defer KeepDumpable()()
	var list unsafe.Pointer
	if len(groups) > 0 {
		list = unsafe.Pointer(&groups[0])
	}
	if _, _, errno := unix.RawSyscall6(unix.SYS_SETGROUPS, uintptr(len(groups)), uintptr(list), 0, 0, 0, 0); errno != 0 {
		return errno
	}
	// These two tell nothing but the old value: asking once more with an id that cannot be shows what came of it.
	for _, set := range [2]struct {
		nr uintptr
		id uint32
	}{{unix.SYS_SETFSGID, gid}, {unix.SYS_SETFSUID, uid}} {
		unix.RawSyscall6(set.nr, uintptr(set.id), 0, 0, 0, 0, 0)
		if fsID(set.nr) != set.id {
			return unix.EPERM
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return err
	}
	sets[0].Effective &= lookCapability
	sets[1].Effective = 0
	header.Pid = 0
	return unix.Capset(&header, &sets[0])
}

const lookCapability = 1 << unix.CAP_SYS_PTRACE

// fsID asks setfsuid or setfsgid for the id: one that cannot be changes nothing.
func fsID(nr uintptr) uint32 {
	now, _, _ := unix.RawSyscall6(nr, ^uintptr(0), 0, 0, 0, 0, 0)
	return uint32(now)
}

// actsAs tells whether the calling thread has the rights that ActAs gives.
func actsAs(uid, gid uint32, groups []uint32) bool {
	have, err := unix.Getgroups()
	if err != nil || len(have) != len(groups) || fsID(unix.SYS_SETFSUID) != uid || fsID(unix.SYS_SETFSGID) != gid {
		return false
	}
	for _, group := range have { // the kernel has sorted them
		if !slices.Contains(groups, uint32(group)) {
			return false
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	return unix.Capget(&header, &sets[0]) == nil && sets[0].Effective&^lookCapability == 0 && sets[1].Effective == 0
}
