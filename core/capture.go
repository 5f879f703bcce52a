package core

import (
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/tracer"
)

// capture is a pipe that the program writes to and the library drains.
type capture struct {
	child int
	read  int // the pipe's end in the host, -1 when it is closed
	max   uint64
	kept  []byte
	total uint64
}

// pump drains the captures of a run.
type pump struct {
	captures []*capture
	bell     int    // eventfd, readable when the run is over
	limit    uint64 // bytes in all captures together
	total    uint64
	run      *tracer.Run
}

const (
	chunk   = 64 << 10
	maxPipe = 1 << 20 // the most that a pipe holds: what may be left in it when the program is dead
)

var chunks = sync.Pool{New: func() any { return new([chunk]byte) }}

// drain reads until the run is over and the pipes are empty, at most until the monotonic deadline (0: for ever), and tells
// whether it is done. A program may hand a pipe's end to a process outside of the run, so the end of the run ends it,
// not the end of the file.
func (p *pump) drain(deadline int64) bool {
	buffer := chunks.Get().(*[chunk]byte)
	defer chunks.Put(buffer)
	fds := make([]unix.PollFd, 0, len(p.captures)+1)
	for {
		fds = append(fds[:0], unix.PollFd{Fd: int32(p.bell), Events: unix.POLLIN})
		for _, c := range p.captures {
			fds = append(fds, unix.PollFd{Fd: int32(c.read), Events: unix.POLLIN}) // -1 is passed over
		}
		if n, err := poll(fds, deadline); n == 0 && err == nil {
			return false
		} else if err != nil && err != unix.EINTR {
			p.run.Kill(tracer.CauseFault)
		}
		if fds[0].Revents != 0 {
			for _, c := range p.captures {
				p.rest(c, buffer[:])
			}
			return true
		}
		for i, c := range p.captures {
			if fds[i+1].Revents != 0 {
				p.read(c, buffer[:])
			}
		}
	}
}

// read takes one chunk. It gives the number of bytes, 0 when there is nothing more for now or at all.
func (p *pump) read(c *capture, buffer []byte) int {
	n, err := unix.Read(c.read, buffer)
	switch {
	case err == unix.EINTR || err == unix.EAGAIN:
		return 0
	case err != nil || n <= 0:
		unix.Close(c.read)
		c.read = -1
		return 0
	}
	if room := c.max - uint64(len(c.kept)); room > 0 {
		c.kept = append(c.kept, buffer[:min(uint64(n), room)]...)
	}
	c.total += uint64(n)
	p.total += uint64(n)
	if p.total > p.limit {
		p.run.Kill(tracer.CauseOutput)
	}
	return n
}

// rest takes what a dead program has left in the pipe.
func (p *pump) rest(c *capture, buffer []byte) {
	for left := maxPipe; c.read >= 0 && left > 0; {
		n := p.read(c, buffer)
		if n == 0 {
			break
		}
		left -= n
	}
}

// poll waits for one of the descriptors until the monotonic deadline in ns.
func poll(fds []unix.PollFd, deadline int64) (int, error) {
	if deadline == 0 {
		return unix.Ppoll(fds, nil, nil)
	}
	timeout := unix.NsecToTimespec(max(deadline-now(), 0))
	return unix.Ppoll(fds, &timeout, nil)
}
