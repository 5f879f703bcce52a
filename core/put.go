package core

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

// Put is a file that the program finds when it starts; make it with one of the functions below. Target is beneath the working directory, or,
// when it is absolute, in the program's own root. Mode 0 is 0644.
type Put struct {
	Target string
	Mode   uint32
	source putSource
	bytes  []byte
	path   string
	fd     int
}

type putSource uint8

const (
	putBytes putSource = iota
	putFile
	putFD
)

// MaxPuts bounds the files that one run is given.
const MaxPuts = 4096

// PutBytes is a file that holds the given bytes.
func PutBytes(target string, content []byte, mode uint32) Put {
	return Put{Target: target, Mode: mode, bytes: content}
}

// PutFile is a copy of a regular file, as it is when the run starts.
func PutFile(target, source string, mode uint32) Put {
	return Put{Target: target, Mode: mode, source: putFile, path: source}
}

// PutFD is a copy of an open regular file, from its first byte on, whatever its offset is.
func PutFD(target string, fd int, mode uint32) Put {
	return Put{Target: target, Mode: mode, source: putFD, fd: fd}
}

// Check tells what is wrong with it.
func (p *Put) Check() error {
	switch {
	case p.Target == "" || len(p.Target) >= unix.PathMax || strings.IndexByte(p.Target, 0) >= 0 || path.Clean("/"+p.Target) == "/":
		return invalid("the path %q of a file for the program is empty, too long, or names a directory", p.Target)
	case p.Mode > 0o777:
		return invalid("the file %q: mode %#o is above 0777", p.Target, p.Mode)
	case p.source == putFile && (p.path == "" || strings.IndexByte(p.path, 0) >= 0):
		return invalid("the file %q: the path of its content is empty, or has a NUL", p.Target)
	case p.source == putFD && p.fd < 0:
		return invalid("the file %q: descriptor %d is negative", p.Target, p.fd)
	}
	for part := range strings.SplitSeq(p.Target, "/") {
		if part == ".." || len(part) > 255 {
			return invalid("the path %q of a file for the program has the component .., or one that is too long", p.Target)
		}
	}
	return nil
}

// checkFiles checks what goes in and comes out.
func (c *Config) checkFiles() error {
	rooted := c.Isolation.hasRoot()
	if len(c.Puts) > MaxPuts || len(c.Collects) > MaxCollects {
		return invalid("more than %d files for the program, or %d collections", MaxPuts, MaxCollects)
	}
	for i := range c.Puts {
		p := &c.Puts[i]
		if err := p.Check(); err != nil {
			return err
		}
		if path.IsAbs(p.Target) && !rooted {
			return invalid("the path %q of a file for the program is absolute: that is for a program with a root of its own", p.Target)
		}
	}
	for i := range c.Collects {
		if err := c.Collects[i].Check(); err != nil {
			return err
		}
	}
	if c.Workspace == nil {
		return nil
	}
	switch {
	case strings.IndexByte(*c.Workspace, 0) >= 0:
		return invalid("a NUL byte in %q", *c.Workspace)
	case c.workspacePath == "" && c.Dir != "":
		return invalid("a workspace is the working directory: set one or the other")
	case rooted:
		return invalid("a workspace is of the host's: a program with a root of its own gets a TMPFS there, and that as its working directory")
	}
	return nil
}

// content gives the bytes of a file, and what frees them. A file is mapped, so the child writes it out without a copy; one that is cut
// short meanwhile makes that fail.
func (p *Put) content() (bytes []byte, free func(), err error) {
	fd := p.fd
	switch p.source {
	case putBytes:
		return p.bytes, nil, nil
	case putFile:
		if fd, err = unix.Open(p.path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0); err != nil {
			return nil, nil, err
		}
		defer unix.Close(fd)
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, nil, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil, nil, unix.EINVAL
	}
	if st.Size == 0 {
		bytes, err = unsized(fd)
		return bytes, nil, err
	}
	if bytes, err = unix.Mmap(fd, 0, int(st.Size), unix.PROT_READ, unix.MAP_PRIVATE); err != nil {
		return nil, nil, err
	}
	return bytes, func() { unix.Munmap(bytes) }, nil
}

// unsized reads a file that has no size: empty, or made by the kernel as it is read.
func unsized(fd int) (bytes []byte, err error) {
	const most = 16 << 20
	block := make([]byte, 64<<10)
	for len(bytes) <= most {
		n, err := unix.Pread(fd, block, int64(len(bytes)))
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return bytes, err
		}
		bytes = append(bytes, block[:n]...)
	}
	return nil, unix.EFBIG
}

// putRemedy tells what to do about a file that could not be made.
func putRemedy(e *Error, c *Config) string {
	switch e.Errno {
	case unix.EEXIST:
		return "something is there already"
	case unix.EACCES, unix.EPERM:
		return "it is made with the rights of the program, which must be able to write to the directory; and its content must be readable"
	case unix.EROFS:
		return "that part is read-only: use a part that can be written, or add a mount of the kind FILE"
	case unix.ELOOP:
		return "a symbolic link is on the way"
	case unix.ENOSPC:
		return "the part it lies in is full"
	case unix.EINVAL:
		return "its content must be a regular file"
	case unix.EFAULT:
		return "its content was cut short meanwhile"
	}
	return ""
}

// putError is a failure that the host has met before there was a child.
func putError(c *Config, index int, err error) *Error {
	errno, _ := err.(unix.Errno)
	return startError(&tracee.Error{Step: tracee.StepPut, Index: index, Errno: errno}, c, nil)
}
