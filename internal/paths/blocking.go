package paths

import (
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// maxBlocked bounds the calls of a run that wait for the other end of a fifo, for a peer or for a lease.
const maxBlocked = 64

// The pauses between two attempts at a call that waits, in ns: the first, from which they double, and the longest.
const (
	firstPause   = 1_000_000
	longestPause = 20_000_000
)

// attempt carries a call out unless that would block; false: not yet.
type attempt func() (Answer, bool)

// later carries a call out that may block: at once where it can, else on a thread of its own, again and again. No system
// call in it blocks, so that it ends with its caller whoever holds it up. fd, unless -1, tells by events when it is worth
// another attempt before the pause is over. close is called at the end.
func (s *Server) later(c *Call, try attempt, fd int, events int16, close func()) Answer {
	if answer, ok := try(); ok {
		close()
		return answer
	}
	if atomic.AddInt32(&s.blocked, 1) > maxBlocked {
		atomic.AddInt32(&s.blocked, -1)
		close()
		return failed(unix.EAGAIN)
	}
	call := *c
	return Answer{Kind: Later, Finish: func() Answer {
		defer atomic.AddInt32(&s.blocked, -1)
		defer close()
		if s.creds != nil && sys.ActAs(s.creds.UID, s.creds.GID, s.creds.Groups) != nil {
			return failed(unix.EACCES)
		}
		set := [1]unix.PollFd{{Fd: int32(fd), Events: events}}
		for pause := int64(firstPause); call.Valid(); pause = min(2*pause, longestPause) {
			unix.Ppoll(set[:], &unix.Timespec{Nsec: pause}, nil)
			if answer, ok := try(); ok {
				return answer
			}
			if set[0].Revents != 0 {
				set[0].Fd = -1 // it would say so again and again
			}
		}
		return failed(unix.EINTR)
	}}
}

// openLater opens a regular file for the program, and does then with it. Where another process holds a lease on it, the kernel
// would let the open wait until that is given up.
func (s *Server) openLater(c *Call, fd, flags int, then func(own int) Answer) Answer {
	own := fd
	try := func() (Answer, bool) {
		opened, err := unix.Open(sys.DescriptorPath(own), flags|unix.O_NONBLOCK, 0)
		switch {
		case err == unix.EINTR, err == unix.EAGAIN && flags&unix.O_NONBLOCK == 0:
			return Answer{}, false
		case err != nil:
			return failed(errnoOf(err)), true
		}
		return then(opened), true
	}
	if answer, ok := try(); ok {
		return answer
	}
	kept, errno := duplicate(fd)
	if errno != 0 {
		return failed(errno)
	}
	own = kept
	return s.later(c, try, -1, 0, func() { unix.Close(kept) })
}

// blocking takes O_NONBLOCK off a descriptor, which was opened with it and flags only so that the open could not stall the
// server.
func blocking(fd, flags int) int {
	if flags&unix.O_NONBLOCK == 0 {
		unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags)
	}
	return fd
}
