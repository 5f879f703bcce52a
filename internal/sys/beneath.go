package sys

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// OpenBeneath opens a path beneath a directory, and nothing else: no symbolic link on the way or at its end is followed, no mount is
// entered, and ".." does not lead out. A link itself can be opened with O_PATH and O_NOFOLLOW.
func OpenBeneath(dir int, path string, flags int, mode uint32) (int, error) {
	how := unix.OpenHow{Flags: uint64(flags | unix.O_CLOEXEC), Mode: uint64(mode),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV}
	for tries := 0; ; tries++ {
		fd, err := unix.Openat2(dir, path, &how)
		// Somebody renames on the way: the kernel wants to be asked again.
		if (err == unix.EAGAIN || err == unix.EINTR) && tries < 100 {
			continue
		}
		return fd, err
	}
}

// Reopen opens what a descriptor that was opened with O_PATH is of: that, and nothing that has come into its place.
func Reopen(fd, flags int) (int, error) {
	for {
		opened, err := unix.Open("/proc/self/fd/"+strconv.Itoa(fd), flags|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return opened, err
		}
	}
}

// Chmod sets the mode of what a descriptor, also one with O_PATH, is of.
func Chmod(fd int, mode uint32) error { return unix.Chmod("/proc/self/fd/"+strconv.Itoa(fd), mode) }

// Unlock takes the marks from a file or directory that keep root itself from removing it: immutable and append-only.
func Unlock(fd int) error {
	const marks = 0x10 | 0x20 // FS_IMMUTABLE_FL, FS_APPEND_FL
	flags, err := unix.IoctlGetInt(fd, unix.FS_IOC_GETFLAGS)
	if err != nil || flags&marks == 0 {
		return err
	}
	return unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, flags&^marks)
}
