package core

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// joint is a pipe of a group: one of the kernel's, or with a relay two, one on each side of it.
type joint struct {
	*Pipe
	index int
	write int // the writer's end and the reader's, until their members have them; -1 then
	read  int
	names [2]string // of the pipe at the writer's side and that at the reader's, as the kernel has them
	relay *relay    // nil: there is one pipe
	ends  [2]hangup
	bytes uint64
}

// hangup is that an end was closed: which one of the group's that was, 0 for none yet, and when, in ns from the common start.
type hangup struct {
	order int
	at    int64
}

// The ends of a pipe.
const (
	endOfWriter = iota
	endOfReader
)

// join makes the pipes. Where the kernel tells who hangs up the members are joined by nothing else.
func (g *groupRun) join() error {
	relayed := g.group.Transcript > 0
	if !relayed && len(g.group.Pipes) > 0 {
		g.hangups = newHangups()
		relayed = g.hangups == nil
	}
	for i := range g.group.Pipes {
		j := &joint{Pipe: &g.group.Pipes[i], index: i, write: -1, read: -1}
		g.joints = append(g.joints, j)
		if err := g.make(j, relayed); err != nil {
			return err
		}
	}
	return nil
}

func (g *groupRun) make(j *joint, relayed bool) error {
	read, write, err := j.pipe()
	if err != nil {
		return err
	}
	j.write, j.read = write, read
	if relayed {
		j.relay = &relay{from: read, to: -1}
		j.read = -1
		if j.read, j.relay.to, err = j.pipe(); err != nil {
			return err
		}
		for _, fd := range [2]int{j.relay.from, j.relay.to} {
			if err := unix.SetNonblock(fd, true); err != nil {
				return exhausted("a pipe", err)
			}
		}
	}
	for end, fd := range [2]int{j.write, j.read} {
		var stat unix.Stat_t
		if err := unix.Fstat(fd, &stat); err != nil {
			return exhausted("a pipe", err)
		}
		j.names[end] = fmt.Sprintf("pipe:[%d]", stat.Ino)
	}
	if !relayed {
		return g.hangups.add(j)
	}
	return nil
}

// pipe makes one of the kernel's.
func (j *joint) pipe() (read, write int, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return -1, -1, exhausted("a pipe", err)
	}
	if j.Capacity > 0 {
		if _, err := unix.FcntlInt(uintptr(ends[1]), unix.F_SETPIPE_SZ, j.Capacity); err != nil {
			unix.Close(ends[0])
			unix.Close(ends[1])
			return -1, -1, &Error{Code: CodeEUNSUPPORTED, Errno: err.(unix.Errno), Step: StepPrepare, Index: j.index, Message: fmt.Sprintf(
				"prepare: pipe %d with a capacity of %d bytes: %v; see /proc/sys/fs/pipe-max-size", j.index, j.Capacity, err)}
		}
	}
	return ends[0], ends[1], nil
}

// endsOf are a member's ends of pipes.
func (g *groupRun) endsOf(member int) (files []File) {
	for _, j := range g.joints {
		if j.From == member {
			files = append(files, File{Child: j.FromFD, source: sourcePipe, number: j.write})
		}
		if j.To == member {
			files = append(files, File{Child: j.ToFD, source: sourcePipe, number: j.read})
		}
	}
	return files
}

// handOver leaves a member's ends to its run: as long as anybody else has them they cannot be closed by it.
func (g *groupRun) handOver(member int, e *execution) {
	for _, j := range g.joints {
		if j.From == member {
			e.ours, j.write = append(e.ours, j.write), -1
		}
		if j.To == member {
			e.ours, j.read = append(e.ours, j.read), -1
		}
	}
}

func (j *joint) close() {
	for _, fd := range []*int{&j.write, &j.read} {
		if *fd >= 0 {
			unix.Close(*fd)
			*fd = -1
		}
	}
	if j.relay != nil {
		j.relay.close()
	}
}

// hungUp notes that an end was closed, the first time.
func (g *groupRun) hungUp(j *joint, end int) {
	if j.ends[end].order != 0 || g.ending.cause != 0 {
		return
	}
	g.order++
	at := int64(0)
	if begun := g.line.begunAt(); begun != 0 {
		at = max(now()-begun, 0)
	}
	j.ends[end] = hangup{g.order, at}
	if g.firstOut < 0 {
		g.firstOut = [2]int{j.From, j.To}[end]
	}
}
