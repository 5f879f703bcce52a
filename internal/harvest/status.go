// Package harvest takes files out of directories that a hostile program has filled, and removes such directories. Nothing that the program
// has left there makes it read, write, change or remove anything elsewhere, wait, or use more than it was told it may.
package harvest

import "golang.org/x/sys/unix"

// Status is what became of a file; the numbers are those of GOSANDBOX_FILE_ in sandbox.h.
type Status uint32

// The statuses.
const (
	Collected Status = iota
	Missing
	Symlink
	Directory
	Fifo
	Socket
	Device
	HardLink
	OtherMount
	Sparse
	TooBig
	NoRoom
	TooMany
	TooDeep
	BadName
	Unreadable
	Changed
	Exists
	TimeOut
	Failed
	Left
)

// File is one that was found, or was named and is not there.
type File struct {
	Name   string // beneath the directory; the program's bytes
	Status Status
	Errno  unix.Errno
	Size   uint64 // as it was found
	Mode   uint32 // type and permissions; 0: not known
	MTime  int64  // ns since 1970
	Bytes  []byte // of a collected file that goes to memory; a NUL that does not count follows
}

// statusOf explains why a file could not be opened.
func statusOf(err error) Status {
	switch err {
	case unix.ENOENT, unix.ENOTDIR:
		return Missing
	case unix.ELOOP:
		return Symlink
	case unix.EXDEV:
		return OtherMount
	case unix.EACCES, unix.EPERM:
		return Unreadable
	case unix.ENAMETOOLONG:
		return TooDeep
	}
	return Failed
}

// kindOf tells what a file is that is not a regular one.
func kindOf(mode uint32) Status {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return Collected
	case unix.S_IFLNK:
		return Symlink
	case unix.S_IFDIR:
		return Directory
	case unix.S_IFIFO:
		return Fifo
	case unix.S_IFSOCK:
		return Socket
	case unix.S_IFCHR, unix.S_IFBLK:
		return Device
	}
	return Failed
}

func errnoOf(err error) unix.Errno {
	errno, ok := err.(unix.Errno)
	if !ok && err != nil {
		return unix.EIO
	}
	return errno
}
