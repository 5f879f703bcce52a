package core

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
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
	limit    uint64 // bytes in all captures together
	total    uint64
	lost     error // a capture could not be read: what the program wrote there is not known
	run      *tracer.Run
}

const (
	chunk   = 64 << 10
	maxPipe = 1 << 20 // the most that a pipe holds: what may be left in it when the program is dead
)

var chunks = sync.Pool{New: func() any { return new([chunk]byte) }}

// step takes what is there without blocking, and tells whether the run is over and all was taken. A program may hand a pipe's
// end to a process outside of the run, so the end of the run ends it, not the end of the file.
func (p *pump) step() bool {
	buffer := chunks.Get().(*[chunk]byte)
	defer chunks.Put(buffer)
	over := p.run.Over()
	for _, c := range p.captures {
		most := chunk * 4 // leave the other captures their turn
		if over {
			most = maxPipe
		}
		for left := most; c.read >= 0 && left > 0; {
			n := p.read(c, buffer[:])
			if n == 0 {
				break
			}
			left -= n
		}
	}
	return over
}

// fds are what to wait for before the next step; -1 is to be passed over.
func (p *pump) fds(list []unix.PollFd) []unix.PollFd {
	for _, c := range p.captures {
		list = append(list, reading(c.read))
	}
	return list
}

// read takes one chunk. It gives the number of bytes, 0 when there is nothing more for now or at all.
func (p *pump) read(c *capture, buffer []byte) int {
	n, err := unix.Read(c.read, buffer)
	for err == unix.EINTR {
		n, err = unix.Read(c.read, buffer)
	}
	switch {
	case err == unix.EAGAIN:
		return 0
	case err != nil:
		p.lost = fmt.Errorf("reading a capture: %w", err)
		p.run.Kill(tracer.CauseFault)
		fallthrough
	case n <= 0:
		unix.Close(c.read)
		c.read = -1
		return 0
	}
	if room := c.max - uint64(len(c.kept)); room > 0 {
		more := buffer[:min(uint64(n), room)]
		kept, ok := sys.Append(c.kept, more)
		if !ok {
			p.lost = fmt.Errorf("keeping a capture: %w", unix.ENOMEM)
			p.run.Kill(tracer.CauseFault)
			unix.Close(c.read)
			c.read = -1
			return 0
		}
		c.kept = kept
	}
	c.total += uint64(n)
	p.total += uint64(n)
	if p.total > p.limit {
		p.run.Kill(tracer.CauseOutput)
	}
	return n
}

// pollFor blocks until something has happened to one of the descriptors, at most timeout ns (negative: for ever), and tells of each what.
func pollFor(fds []unix.PollFd, timeout int64) {
	var limit *unix.Timespec
	if timeout >= 0 {
		ts := unix.NsecToTimespec(timeout)
		limit = &ts
	}
	if _, err := unix.Ppoll(fds, limit, nil); err != nil && err != unix.EINTR {
		// A host that is at its limits. Looking now and then will do until it is not.
		pause := unix.NsecToTimespec(hostPause)
		for unix.Nanosleep(&pause, &pause) == unix.EINTR { // the host may have many signals
		}
	}
}

// hostPause is the time between two looks while the kernel refuses to wait for descriptors, ns.
const hostPause = 2_000_000
