package paths

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// The server makes these two calls on the program's socket itself, whatever its family: what the program's memory or
// descriptor table holds afterwards does not matter. Who listens on a UNIX socket is told the ids of the server's thread and the
// process number of the host.

const maxAddress = 128 // struct sockaddr_storage

// doConnect serves connect.
func doConnect(s *Server, c *Call, _ *row) Answer {
	fd, address, answer := s.socket(c)
	if fd < 0 {
		return answer
	}
	path, ok := pathIn(fd, address)
	if !ok {
		return s.connect(c, fd, address, func() {})
	}
	f, answer := s.find(c, unix.AT_FDCWD, path, true)
	if f == nil {
		unix.Close(fd)
		return answer
	}
	if answer, ok := s.permit(c, f, Write); !ok {
		f.close()
		unix.Close(fd)
		return answer
	}
	return s.connect(c, fd, unixAddress(sys.DescriptorPath(f.fd)), f.close)
}

// doBind serves bind. A UNIX socket is bound from within the directory that is to hold it, so its name, when it asks, is that
// of the entry alone.
func doBind(s *Server, c *Call, _ *row) Answer {
	fd, address, answer := s.socket(c)
	if fd < 0 {
		return answer
	}
	defer unix.Close(fd)
	path, ok := pathIn(fd, address)
	if !ok {
		return ended(sys.Bind(fd, address))
	}
	e, answer := s.entry(c, unix.AT_FDCWD, -1, path)
	if e == nil {
		return answer
	}
	defer e.close()
	if answer, ok := s.mayChange(e, unix.EADDRINUSE, 0); !ok {
		return answer
	}
	mode, errno := s.underUmask(c, 0o777)
	if errno != 0 {
		return failed(errno)
	}
	if s.shared {
		return s.bindFromAfar(fd, e, mode)
	}
	if err := unix.Fchdir(e.parent); err != nil {
		return failed(errnoOf(err))
	}
	return ended(sys.Bind(fd, unixAddress(e.last)))
}

// bindFromAfar binds by way of the directory's descriptor: only a shorter name fits into an address so. A socket that is made gets its mode
// from the umask of the host, so it is refused where that takes less than the task's.
func (s *Server) bindFromAfar(fd int, e *entry, mode uint32) Answer {
	host, err := sys.UmaskOf(int32(unix.Gettid()))
	if err != nil || 0o777&^host&^mode != 0 {
		return failed(unix.EPERM)
	}
	address := unixAddress(sys.DescriptorPath(e.parent) + "/" + e.last)
	if len(address) > unix.SizeofSockaddrUnix {
		return failed(unix.ENAMETOOLONG)
	}
	return ended(sys.Bind(fd, address))
}

func ended(errno unix.Errno) Answer {
	if errno != 0 {
		return failed(errno)
	}
	return value(0)
}

// socket borrows the socket of a call and copies its address.
func (s *Server) socket(c *Call) (fd int, address []byte, answer Answer) {
	size := int32(c.Args[2])
	fd, errno := borrow(c, int32(c.Args[0]))
	if errno != 0 {
		return -1, nil, failed(errno)
	}
	if _, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil {
		unix.Close(fd)
		return -1, nil, failed(errnoOf(err)) // ENOTSOCK
	}
	if size < 0 || size > maxAddress {
		unix.Close(fd)
		return -1, nil, failed(unix.EINVAL)
	}
	address = make([]byte, size)
	errno = sys.ReadWhole(c.TID, c.Args[1], address)
	if !c.Valid() {
		errno = unix.ESRCH
	}
	if errno != 0 {
		unix.Close(fd)
		return -1, nil, failed(errno)
	}
	return fd, address, Answer{}
}

// pathIn is the path in the address of a UNIX socket; false for other sockets and for addresses without one.
func pathIn(fd int, address []byte) (string, bool) {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	const longest = unix.SizeofSockaddrUnix
	if err != nil || domain != unix.AF_UNIX || len(address) <= 2 || len(address) > longest ||
		binary.NativeEndian.Uint16(address) != unix.AF_UNIX || address[2] == 0 {
		return "", false
	}
	path := address[2:]
	if i := bytes.IndexByte(path, 0); i >= 0 {
		path = path[:i]
	}
	return string(path), true
}

func unixAddress(path string) []byte {
	address := make([]byte, 2, 3+len(path))
	binary.NativeEndian.PutUint16(address, unix.AF_UNIX)
	address = append(address, path...)
	if len(path) < unix.SizeofSockaddrUnix-2 {
		address = append(address, 0)
	}
	return address
}
