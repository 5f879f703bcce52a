package harvest

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// IntoDirectory puts files beneath a directory of the host, under the names that they have. What is there is never replaced, and nothing
// leads out of it.
type IntoDirectory struct {
	Dir        int // may be open with O_PATH
	Executable bool

	parent, file int
	name         string
}

// goodName tells whether a name that a program has chosen can be given to a file of the host's: no tool there is to take it for an option,
// for several names, or for text that moves the cursor.
func goodName(name string) bool {
	if !utf8.ValidString(name) {
		return false
	}
	for _, r := range name {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || part[0] == '-' {
			return false
		}
	}
	return true
}

func (d *IntoDirectory) begin(name string, mode uint32) (Status, unix.Errno) {
	if !goodName(name) {
		return BadName, 0
	}
	parts := strings.Split(name, "/")
	parent, err := sys.OpenBeneath(d.Dir, ".", unix.O_PATH|unix.O_DIRECTORY, 0)
	for _, part := range parts[:len(parts)-1] {
		if err != nil {
			break
		}
		if err = unix.Mkdirat(parent, part, 0o777); err == unix.EEXIST {
			err = nil
		}
		next := -1
		if err == nil {
			next, err = sys.OpenBeneath(parent, part, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
		}
		unix.Close(parent)
		parent = next
	}
	if err == unix.ENOTDIR || err == unix.ELOOP || err == unix.EXDEV {
		return Exists, errnoOf(err)
	}
	if err != nil {
		return Failed, errnoOf(err)
	}
	permissions := uint32(0o666)
	if d.Executable && mode&0o111 != 0 {
		permissions = 0o777
	}
	d.name = parts[len(parts)-1]
	d.file, err = sys.OpenBeneath(parent, d.name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW, permissions)
	if err != nil {
		unix.Close(parent)
		if err == unix.EEXIST {
			return Exists, unix.EEXIST
		}
		return Failed, errnoOf(err)
	}
	d.parent = parent
	return Collected, 0
}

func (d *IntoDirectory) write(b []byte) error { return writeAll(d.file, b) }

func (d *IntoDirectory) end(whole bool) error {
	err := unix.Close(d.file)
	if !whole || err != nil {
		unix.Unlinkat(d.parent, d.name, 0)
	}
	unix.Close(d.parent)
	return err
}

// IntoFile appends files to an open regular file of the host's, one after the other.
type IntoFile struct {
	FD    int
	begun int64
}

func (d *IntoFile) begin(string, uint32) (Status, unix.Errno) {
	var err error
	if d.begun, err = unix.Seek(d.FD, 0, unix.SEEK_CUR); err != nil {
		return Failed, errnoOf(err)
	}
	return Collected, 0
}

func (d *IntoFile) write(b []byte) error { return writeAll(d.FD, b) }

func (d *IntoFile) end(whole bool) error {
	if whole {
		return nil
	}
	err := unix.Ftruncate(d.FD, d.begun)
	if _, e := unix.Seek(d.FD, d.begun, unix.SEEK_SET); err == nil {
		err = e
	}
	return err
}

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if n <= 0 {
			return unix.ENOSPC
		}
		b = b[n:]
	}
	return nil
}
