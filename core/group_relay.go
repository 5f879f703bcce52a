package core

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// relay stands between two members, to write down what they say. It passes on that one of them hangs up.
type relay struct {
	from, to int // what it reads from and writes to, -1 when closed
	pending  []byte
	buffer   *[chunk]byte
}

// mostRelayed bounds what a step takes from one pipe: the others have their turn.
const mostRelayed = 4 * chunk

// step passes on what is there, without blocking.
func (r *relay) step(g *groupRun, j *joint) {
	if r.to < 0 {
		return
	}
	if sys.Unheard(r.to) {
		r.unheard(g, j)
		return
	}
	for left := mostRelayed; left > 0; {
		if !r.flush(g, j) {
			return
		}
		n, err := unix.Read(r.from, r.room())
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return
		case err != nil || n <= 0:
			g.hungUp(j, endOfWriter)
			if !j.Unrecorded {
				g.record.add(j.index, g.sinceStart(), nil)
			}
			r.close() // the reader gets the end of the file
			return
		}
		left -= n
		j.bytes += uint64(n)
		r.pending = r.buffer[:n]
		if !j.Unrecorded {
			g.record.add(j.index, g.sinceStart(), r.pending)
		}
	}
}

// flush writes what was read; false: no more can be for now, or at all.
func (r *relay) flush(g *groupRun, j *joint) bool {
	for len(r.pending) > 0 {
		n, err := sys.WritePipe(r.to, r.pending)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return false
		case err != nil:
			r.unheard(g, j)
			return false
		default:
			r.pending = r.pending[n:]
		}
	}
	return true
}

// unheard ends it when the reader has hung up. What the writer had said by then belongs to the transcript.
func (r *relay) unheard(g *groupRun, j *joint) {
	g.hungUp(j, endOfReader)
	for left := maxPipe; left > 0 && !j.Unrecorded; {
		n, err := unix.Read(r.from, r.room())
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			break
		}
		left -= n
		g.record.add(j.index, g.sinceStart(), r.buffer[:n])
	}
	r.close() // the writer gets SIGPIPE
}

func (r *relay) room() []byte {
	if r.buffer == nil {
		r.buffer = new([chunk]byte)
	}
	return r.buffer[:]
}

// idle tells that nothing is on its way: what one member has written the other could not take.
func (r *relay) idle() bool {
	if r.to < 0 {
		return true
	}
	if len(r.pending) > 0 {
		set := [1]unix.PollFd{{Fd: int32(r.to), Events: unix.POLLOUT}}
		var none unix.Timespec
		n, err := unix.Ppoll(set[:], &none, nil)
		return err == nil && n == 0
	}
	return !sys.Readable(r.from) && !sys.Unheard(r.to)
}

// fds appends what to wait for: the end of the reader always, room for what is pending, else more to read.
func (r *relay) fds(list []unix.PollFd) []unix.PollFd {
	if r.to < 0 {
		return list
	}
	if len(r.pending) > 0 {
		return append(list, unix.PollFd{Fd: int32(r.to), Events: unix.POLLOUT})
	}
	return append(list, unix.PollFd{Fd: int32(r.to)}, unix.PollFd{Fd: int32(r.from), Events: unix.POLLIN})
}

func (r *relay) close() {
	for _, fd := range []*int{&r.from, &r.to} {
		if *fd >= 0 {
			unix.Close(*fd)
			*fd = -1
		}
	}
	r.pending = nil
}

// record is the transcript.
type record struct {
	most    uint64 // bytes, a piece counted as pieceBytes more
	used    uint64
	dropped uint64
	full    bool
	pieces  []Piece
}

const pieceBytes = 16

// add keeps a piece, as much of it as fits. Once something was left out so is the rest.
func (r *record) add(pipe int, at int64, bytes []byte) {
	if r.full || r.used+pieceBytes > r.most {
		r.full = true
		r.dropped += uint64(len(bytes))
		return
	}
	kept := bytes[:min(uint64(len(bytes)), r.most-r.used-pieceBytes)]
	if len(kept) < len(bytes) {
		r.full = true
		r.dropped += uint64(len(bytes) - len(kept))
	}
	r.used += pieceBytes + uint64(len(kept))
	if last := len(r.pieces) - 1; last >= 0 && len(kept) > 0 && r.pieces[last].continues(pipe, at) {
		more, ok := sys.Append(r.pieces[last].Bytes, kept)
		r.pieces[last].Bytes = more
		if !ok {
			r.without(kept)
		}
		return
	}
	if len(kept) > 0 || len(bytes) == 0 {
		first, ok := sys.Append(nil, kept)
		piece := Piece{Pipe: pipe, At: time.Duration(at), Bytes: first}
		if !ok || !sys.Allocate(r.more(), func() { r.pieces = append(r.pieces, piece) }) {
			r.without(kept)
		}
	}
}

// more is what one piece more allocates, at the most.
func (r *record) more() uint64 {
	if len(r.pieces) < cap(r.pieces) {
		return 0
	}
	return 2 * uint64(len(r.pieces)+1) * uint64(unsafe.Sizeof(Piece{}))
}

// without leaves out what the host has no room for.
func (r *record) without(bytes []byte) {
	r.full = true
	r.dropped += uint64(len(bytes))
}

// sameLine is how long after the beginning of a line its rest still belongs to it, ns.
const sameLine = 1_000_000

// continues tells whether what comes through a pipe is the rest of the line that this piece has begun.
func (p *Piece) continues(pipe int, at int64) bool {
	n := len(p.Bytes)
	return p.Pipe == pipe && n > 0 && p.Bytes[n-1] != '\n' && at-int64(p.At) < sameLine
}

func (g *groupRun) sinceStart() int64 {
	if begun := g.line.begunAt(); begun != 0 {
		return max(now()-begun, 0)
	}
	return 0
}
