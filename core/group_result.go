package core

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/tracer"
)

// RunGroup runs a group and blocks until all its members, and every process they made, are gone. The callbacks of all members are called on
// this thread, one at a time. The error is nil for every verdict; a member that could not be started, and a fault of the library, are
// told by the first such *Error and also by results. For other errors there are no results.
func RunGroup(ctx context.Context, group *Group) ([]*Result, error) {
	b, err := BeginGroup(group)
	if err != nil {
		return nil, err
	}
	stop := b.follow(ctx)
	b.runHere()
	stop()
	return b.Results()
}

// Results is what RunGroup returns; once, after the last step or Collapse.
func (b *BlockedGroup) Results() ([]*Result, error) {
	defer b.release()
	return b.results()
}

func (g *groupRun) results() (all []*Result, first error) {
	shared := g.shared()
	for i, m := range g.members {
		r, err := m.outcome(g)
		if r == nil {
			return nil, ofMember(i, err) // the host's trouble
		}
		if err != nil && first == nil {
			first = ofMember(i, err)
		}
		r.Membership = &Membership{Group: shared, Index: i, Waiting: m.waiting, WaitingPipe: m.waitingPipe}
		g.say(r)
		all = append(all, r)
	}
	return all, first
}

// outcome is the result of one run.
func (m *member) outcome(g *groupRun) (*Result, error) {
	if g.broken != nil {
		return g.broken.result()
	}
	return m.execution.result()
}

func (g *groupRun) shared() *GroupResult {
	s := &GroupResult{
		Members: len(g.members), FirstOut: g.firstOut, Deadlock: g.ending.cause == tracer.CauseDeadlock,
		Dialogue: g.record.pieces, Dropped: g.record.dropped,
	}
	for _, j := range g.joints {
		w, r := j.ends[endOfWriter], j.ends[endOfReader]
		s.Pipes = append(s.Pipes, PipeResult{w.order, r.order, time.Duration(w.at), time.Duration(r.at), j.bytes})
	}
	return s
}

// say completes the sentence of a result by what the group had to do with it.
func (g *groupRun) say(r *Result) {
	switch {
	case r.Status == StatusCancelled && r.Cause == CauseGroup && g.line.begunAt() == 0:
		r.Message = fmt.Sprintf("not run: member %d of the group could not be started", g.ending.by)
	case r.Status == StatusCancelled && r.Cause == CauseGroup:
		r.Message = fmt.Sprintf("killed with the group, when member %d had ended", g.ending.by)
	case r.Cause == CauseDeadlock:
		r.Message = "deadlock: " + g.waited(r.Membership)
	case r.Cause == CauseWall && g.groupWall(r):
		r.Message = fmt.Sprintf("still running after %s, the limit of the group is %s", seconds(r.Wall), seconds(g.group.Wall))
		if r.Membership.Waiting != WaitingNot {
			r.Message += "; it " + g.waited(r.Membership)
		}
	case r.Status == StatusSignaled && r.Signal == unix.SIGPIPE:
		for _, j := range g.joints {
			if j.From == r.Membership.Index && j.ends[endOfReader].order != 0 {
				r.Message += fmt.Sprintf(": it wrote to member %d, which had hung up", j.To)
				break
			}
		}
	}
}

// groupWall tells whether a run that is past a wall limit is so past the group's, not its own.
func (g *groupRun) groupWall(r *Result) bool {
	own := g.members[r.Membership.Index].execution.config.Limits.Wall
	return g.ending.wall || g.group.Wall > 0 && (own == 0 || own > r.Wall)
}

func (g *groupRun) waited(m *Membership) string {
	if m.WaitingPipe < 0 {
		return "waited for the other members"
	}
	p := &g.group.Pipes[m.WaitingPipe]
	if m.Waiting == WaitingWrite {
		return fmt.Sprintf("waited for member %d to read what it writes to descriptor %d", p.To, p.FromFD)
	}
	return fmt.Sprintf("waited for member %d to write what it reads from descriptor %d", p.From, p.ToFD)
}

// Collapse ends a group that could not be served any more because of a panic, and waits until all is over. Results tell of it.
func (b *BlockedGroup) Collapse(value any) {
	b.collapse(value)
	b.pin.release()
}

func (g *groupRun) collapse(value any) {
	g.broken = newBroken(value)
	for _, m := range g.members {
		m.execution.run.Kill(tracer.CauseFault)
	}
	for _, m := range g.members {
		m.execution.run.Wait(0)
	}
}
