package paths

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// maxBlocked bounds the threads of a run that wait for the other end of a fifo or for a peer.
const maxBlocked = 64

// glance is how often a blocked call is asked whether its caller still lives, in ns.
const glance = 20_000_000

// later does something that may block on a thread of its own, with the program's rights. release makes it return when the
// caller is gone; it is called again until that has happened. close is called at the end.
func (s *Server) later(c *Call, act func() Answer, release, close func()) Answer {
	if atomic.AddInt32(&s.blocked, 1) > maxBlocked {
		atomic.AddInt32(&s.blocked, -1)
		close()
		return failed(unix.EAGAIN)
	}
	call := *c
	return Answer{Kind: Later, Finish: func() Answer {
		defer atomic.AddInt32(&s.blocked, -1)
		defer close()
		result := &struct {
			answer Answer
			done   uint32
		}{}
		go func() {
			runtime.LockOSThread() // for good: its rights are not the host's
			answer := failed(unix.EACCES)
			if s.creds == nil || sys.ActAs(s.creds.UID, s.creds.GID, s.creds.Groups) == nil {
				answer = act()
			}
			result.answer = answer
			atomic.StoreUint32(&result.done, 1)
			sys.FutexWake(&result.done, 1)
		}()
		for atomic.LoadUint32(&result.done) == 0 {
			sys.FutexWait(&result.done, 0, sys.Monotonic()+glance)
			if atomic.LoadUint32(&result.done) == 0 && !call.Valid() {
				release()
			}
		}
		return result.answer
	}}
}

// openFifo opens a fifo, which waits for the other end. It takes fd, which stands for the fifo, over. When the program dies
// meanwhile both ends are opened for a moment.
func (s *Server) openFifo(c *Call, fd, flags int, q *request) Answer {
	path := sys.DescriptorPath(fd)
	act := func() Answer {
		for {
			own, err := unix.Open(path, flags, 0)
			if err == unix.EINTR {
				continue
			}
			if err != nil {
				return failed(errnoOf(err))
			}
			return opened(own, q)
		}
	}
	release := func() {
		if both, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err == nil {
			unix.Close(both)
		}
	}
	return s.later(c, act, release, func() { unix.Close(fd) })
}
