package paths

import (
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

const deletedMark = " (deleted)"

// errnoOf is the errno in an error of package unix.
func errnoOf(err error) unix.Errno {
	if err == nil {
		return 0
	}
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	return unix.EIO
}

// nameIn is the canonical name of what fd stands for, below the directory root: the one it had last when it was removed. A
// name that does not begin with "/" belongs to a pipe, socket, memory file or another thing that is in no directory.
// EXDEV: it lies outside of root. plain tells that root is the calling thread's own.
func nameIn(fd, root int, plain bool) (string, error) {
	var buffer [unix.PathMax]byte
	raw, err := sys.DescriptorName(fd, buffer[:])
	if err != nil {
		return "", err
	}
	name := string(raw)
	if !strings.HasPrefix(name, "/") {
		return name, nil
	}
	if strings.HasSuffix(name, deletedMark) && !isNamed(fd, name) {
		name = strings.TrimSuffix(name, deletedMark)
		if strings.HasPrefix(name, "/memfd:") && apart(fd, root) {
			return name[1:], nil
		}
	}
	if plain {
		return name, nil
	}
	raw, err = sys.DescriptorName(root, buffer[:])
	if err != nil {
		return "", err
	}
	if prefix := string(raw); prefix != "/" {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || rest != "" && rest[0] != '/' {
			return "", unix.EXDEV
		}
		name = rest
		if name == "" {
			name = "/"
		}
	}
	return name, nil
}

// isNamed tells a file whose own name ends with " (deleted)" from one that was removed.
func isNamed(fd int, name string) bool {
	var have, there unix.Stat_t
	if unix.Fstat(fd, &have) != nil || have.Nlink == 0 {
		return false
	}
	err := unix.Lstat(name, &there)
	return err == nil && have.Dev == there.Dev && have.Ino == there.Ino
}

// apart tells whether two descriptors are on different mounts.
func apart(a, b int) bool {
	var x, y unix.Statx_t
	ex := unix.Statx(a, "", unix.AT_EMPTY_PATH, unix.STATX_MNT_ID, &x)
	ey := unix.Statx(b, "", unix.AT_EMPTY_PATH, unix.STATX_MNT_ID, &y)
	return ex == nil && ey == nil && x.Mnt_id != y.Mnt_id
}
