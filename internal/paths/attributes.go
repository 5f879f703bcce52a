package paths

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// The kernel's limits of extended attributes: their names, values and lists.
const (
	maxAttributeName = 255
	maxAttribute     = 65536
)

// attribute reads the name of an extended attribute.
func (s *Server) attribute(c *Call, argument int8) (string, unix.Errno) {
	raw, errno := sys.ReadString(c.TID, c.Args[argument], s.buffer[:])
	switch {
	case !c.Valid():
		return "", unix.ESRCH
	case errno == unix.ENAMETOOLONG, errno == 0 && (len(raw) == 0 || len(raw) > maxAttributeName):
		return "", unix.ERANGE
	case errno != 0:
		return "", errno
	}
	return string(raw), 0
}

// attributeValue reads the value that setxattr and fsetxattr give (argument 2, its length in 3, flags in 4).
func attributeValue(c *Call) ([]byte, unix.Errno) {
	if uint32(c.Args[4])&^(unix.XATTR_CREATE|unix.XATTR_REPLACE) != 0 {
		return nil, unix.EINVAL
	}
	if c.Args[3] > maxAttribute {
		return nil, unix.E2BIG
	}
	data := make([]byte, c.Args[3])
	errno := sys.ReadWhole(c.TID, c.Args[2], data)
	if !c.Valid() {
		errno = unix.ESRCH
	}
	return data, errno
}

// doAttributes serves setxattr, getxattr, listxattr, removexattr and those that do not follow a link at the end. Links have
// no attributes that an ordinary program could see.
func doAttributes(s *Server, c *Call, r *row) Answer {
	kind := r.name
	if kind[0] == 'l' && kind != "listxattr" {
		kind = kind[1:]
	}
	var name string
	var data []byte
	var errno unix.Errno
	if kind != "listxattr" {
		if name, errno = s.attribute(c, 1); errno != 0 {
			return failed(errno)
		}
	}
	if kind == "setxattr" {
		if data, errno = attributeValue(c); errno != 0 {
			return failed(errno)
		}
	}
	f, answer := s.target(c, r)
	if f == nil {
		return answer
	}
	defer f.close()
	link := f.is(unix.S_IFLNK)
	path := sys.DescriptorPath(f.fd)
	switch kind {
	case "setxattr":
		if link {
			return failed(unix.EPERM)
		}
		return done(unix.Setxattr(path, name, data, int(int32(c.Args[4]))))
	case "removexattr":
		if link {
			return failed(unix.EPERM)
		}
		return done(unix.Removexattr(path, name))
	case "getxattr":
		if link {
			return failed(unix.ENODATA)
		}
		return fetch(c, c.Args[2], c.Args[3], func(b []byte) (int, error) { return unix.Getxattr(path, name, b) })
	}
	if link {
		return value(0)
	}
	return fetch(c, c.Args[1], c.Args[2], func(b []byte) (int, error) { return unix.Listxattr(path, b) })
}

// fetch gets bytes of the kernel for the program; size 0 asks how many there are.
func fetch(c *Call, address, size uint64, get func([]byte) (int, error)) Answer {
	buffer := make([]byte, min(size, maxAttribute))
	n, err := get(buffer)
	if err != nil {
		return failed(errnoOf(err))
	}
	if size > 0 {
		if errno := sys.WriteWhole(c.TID, address, buffer[:n]); errno != 0 {
			return failed(errno)
		}
	}
	return value(int64(n))
}
