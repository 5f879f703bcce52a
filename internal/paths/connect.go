package paths

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// connect connects a borrowed socket, and closes it. A blocking socket is made a non-blocking one for each attempt, for as
// long as that takes: the kernel has no other way to give up a UNIX socket that waits for room in a queue outside of the run.
func (s *Server) connect(c *Call, fd int, address []byte, release func()) Answer {
	finish := func() {
		unix.Close(fd)
		release()
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	kind, typeless := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	waits := kind == unix.SOCK_STREAM || kind == unix.SOCK_SEQPACKET
	if err != nil || typeless != nil || flags&unix.O_NONBLOCK != 0 || !waits {
		defer finish()
		return ended(sys.Connect(fd, address))
	}
	domain, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	w := &connecting{fd: fd, flags: flags, address: address, domain: domain, deadline: deadline(fd)}
	ready := fd
	if domain == unix.AF_UNIX {
		ready = -1 // poll tells nothing about it
	}
	return s.later(c, w.try, ready, unix.POLLOUT, finish)
}

// deadline is when a connect that begins now gives up, by the monotonic clock; 0: never.
func deadline(fd int) int64 {
	limit, err := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO)
	if err != nil || limit.Nano() == 0 {
		return 0
	}
	return sys.Monotonic() + limit.Nano()
}

// connecting is a connect that waits.
type connecting struct {
	fd, flags, domain int
	address           []byte
	deadline          int64
	begun             unix.Errno // what the first attempt gave
}

func (w *connecting) try() (Answer, bool) {
	if w.begun != 0 && w.domain != unix.AF_UNIX && w.domain != unix.AF_INET && w.domain != unix.AF_INET6 {
		if e, err := unix.GetsockoptInt(w.fd, unix.SOL_SOCKET, unix.SO_ERROR); err == nil && e != 0 {
			return failed(unix.Errno(e)), true
		}
	}
	unix.FcntlInt(uintptr(w.fd), unix.F_SETFL, w.flags|unix.O_NONBLOCK)
	errno := sys.Connect(w.fd, w.address)
	unix.FcntlInt(uintptr(w.fd), unix.F_SETFL, w.flags)
	switch {
	case errno == unix.EISCONN && w.begun != 0:
		return value(0), true
	case errno == unix.EINPROGRESS, errno == unix.EALREADY, errno == unix.EAGAIN && w.domain == unix.AF_UNIX:
		if w.begun == 0 {
			w.begun = errno
		}
		return failed(w.begun), w.deadline != 0 && sys.Monotonic() >= w.deadline
	}
	return ended(errno), true
}
