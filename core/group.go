package core

import (
	"fmt"
	"time"

	"gosandbox/tracee"
)

// Group is runs that are joined by pipes: each member has limits, a policy and a verdict of its own. None executes an instruction before
// all are in place, and none ever does when one of them cannot be started.
type Group struct {
	Members []*Config
	Pipes   []Pipe
	// Wall is how long all together may take from their common start; 0: only the members' own limits count.
	Wall time.Duration
	// Ending says when the group is over before all of its members are: then those that live have Grace left.
	Ending Ending
	Member int // of EndingMember
	Grace  time.Duration
	// Transcript is how many bytes of what goes through the pipes are kept; 0: none, and nothing stands between the members.
	Transcript uint64
	// Patient leaves a deadlock to the wall limit.
	Patient bool
}

// Pipe joins a descriptor that one member writes to with one that another member reads from.
type Pipe struct {
	From, FromFD int
	To, ToFD     int
	Capacity     int  // bytes; 0: as the kernel has it
	Unrecorded   bool // not in the transcript
}

// The most that a group can have.
const (
	MaxMembers    = 64
	MaxTranscript = 1 << 30
)

// Check tells what is wrong with a group, but for what is wrong with its members.
func (g *Group) Check() error {
	switch n := len(g.Members); {
	case n == 0 || n > MaxMembers:
		return invalid("a group of %d members; 1 to %d are possible", n, MaxMembers)
	case len(g.Pipes) > PipeMost:
		return invalid("%d pipes; a group has %d at most", len(g.Pipes), PipeMost)
	case g.Wall < 0 || g.Grace < 0:
		return invalid("a negative time")
	case g.Transcript > MaxTranscript:
		return invalid("a transcript of %d bytes; %d are possible", g.Transcript, MaxTranscript)
	case g.Ending > EndingMember:
		return invalid("unknown ending %d of a group", uint32(g.Ending))
	case g.Ending == EndingMember && (g.Member < 0 || g.Member >= n):
		return invalid("the group is to end with member %d, but has members 0 to %d", g.Member, n-1)
	}
	bound := map[[2]int]bool{}
	for i := range g.Pipes {
		if err := g.checkPipe(i, bound); err != nil {
			return err
		}
	}
	return nil
}

func (g *Group) checkPipe(i int, bound map[[2]int]bool) error {
	p := &g.Pipes[i]
	if p.From == p.To {
		return invalid("pipe %d leads from member %d to itself", i, p.From)
	}
	if p.Capacity < 0 || p.Capacity > 1<<30 {
		return invalid("pipe %d: a capacity of %d bytes is out of range", i, p.Capacity)
	}
	for _, end := range [2][2]int{{p.From, p.FromFD}, {p.To, p.ToFD}} {
		member, fd := end[0], end[1]
		switch {
		case member < 0 || member >= len(g.Members):
			return invalid("pipe %d: there is no member %d", i, member)
		case fd < 0 || fd > tracee.MaxDescriptor:
			return invalid("pipe %d: descriptor %d is out of range 0..%d", i, fd, tracee.MaxDescriptor)
		case bound[end]:
			return invalid("pipe %d: descriptor %d of member %d is bound to another pipe already", i, fd, member)
		case lastFor(g.Members[member].Files, fd) != nil:
			return invalid("pipe %d: the config of member %d says something else about descriptor %d", i, member, fd)
		}
		bound[end] = true
	}
	return nil
}

// ofMember says which member of a group an error is about.
func ofMember(i int, err error) error {
	if e := asError(err); e != nil {
		told := *e
		told.Message = fmt.Sprintf("member %d: %s", i, e.Message)
		return &told
	}
	return err
}

// GroupResult is what the results of all members of a group share.
type GroupResult struct {
	Members  int
	Pipes    []PipeResult
	FirstOut int // the member that hung up first, -1: none before the group was killed
	Deadlock bool

	Dialogue []Piece
	Dropped  uint64 // bytes that did not fit into the transcript
}

// PipeResult tells who hung up on a pipe. Orders count the hang-ups of the group from 1; 0: it was not seen. Times are from the common start.
type PipeResult struct {
	WriterOrder, ReaderOrder int
	WriterAt, ReaderAt       time.Duration
	Bytes                    uint64 // that went through, with a transcript
}

// First is who hung up first.
func (p *PipeResult) First() HangUp {
	switch {
	case p.WriterOrder == 0 && p.ReaderOrder == 0:
		return HangUpNone
	case p.ReaderOrder == 0 || p.WriterOrder != 0 && p.WriterOrder < p.ReaderOrder:
		return HangUpWriter
	}
	return HangUpReader
}

// Piece is a part of the transcript; no bytes: the writer has hung up.
type Piece struct {
	Pipe  int
	At    time.Duration // from the common start
	Bytes []byte
}

// Membership is what a result tells of its run as a member of a group.
type Membership struct {
	Group *GroupResult
	Index int
	// Waiting is what all threads of the run did when its group was killed at a wall limit or in a deadlock, on pipe WaitingPipe.
	Waiting     Waiting
	WaitingPipe int // -1 with WaitingNot
}
