package paths

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// openFifo opens a fifo, which waits for the other end. It takes fd, which stands for the fifo, over.
func (s *Server) openFifo(c *Call, fd, flags int, q *request) Answer {
	if q.flags&unix.O_ACCMODE == unix.O_WRONLY {
		return s.later(c, func() (Answer, bool) {
			own, err := unix.Open(sys.DescriptorPath(fd), flags|unix.O_NONBLOCK, 0)
			switch err {
			case unix.ENXIO, unix.EINTR: // no reader
				return Answer{}, false
			case nil:
				return opened(blocking(own, flags), q), true
			}
			return failed(errnoOf(err)), true
		}, -1, 0, func() { unix.Close(fd) })
	}
	own, err := unix.Open(sys.DescriptorPath(fd), flags|unix.O_NONBLOCK, 0)
	unix.Close(fd)
	if err != nil {
		return failed(errnoOf(err))
	}
	given := false
	return s.later(c, func() (Answer, bool) {
		if !hadWriter(own) {
			return Answer{}, false
		}
		given = true
		return opened(blocking(own, flags), q), true
	}, own, unix.POLLIN, func() {
		if !given {
			unix.Close(own)
		}
	})
}

// hadWriter tells whether a fifo, of which fd is a reading end, has or had a writer since that was opened. Data, or a writer who
// is gone again, show by poll; of one who has not written yet only an attempt to take data tells, and tee takes none away.
func hadWriter(fd int) bool {
	set := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Ppoll(set[:], &unix.Timespec{}, nil); err == nil && n > 0 {
		return true
	}
	var ends [2]int
	if unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_NONBLOCK) != nil {
		return false
	}
	defer unix.Close(ends[0])
	defer unix.Close(ends[1])
	n, err := unix.Tee(fd, ends[1], 1, unix.SPLICE_F_NONBLOCK)
	return err == unix.EAGAIN || err == nil && n > 0
}
