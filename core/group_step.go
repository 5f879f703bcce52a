package core

import (
	"context"
	"runtime"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// BlockedGroup is a group whose caller waits until it is over, as for a Blocked: steps that come from one thread.
type BlockedGroup struct {
	*groupRun
	pin pin
}

// BeginGroup starts a group on behalf of a caller that waits for it, as Begin does for a run.
func BeginGroup(group *Group) (*BlockedGroup, error) {
	g, err := prepareGroup(group, false)
	if err != nil {
		return nil, err
	}
	for _, m := range g.members {
		m.execution.run.Blocking = true
	}
	b := &BlockedGroup{groupRun: g, pin: pinHere()}
	b.pin.hold()
	if err := g.launch(&b.pin); err != nil {
		b.pin.release()
		g.release()
		return nil, err
	}
	return b, nil
}

// Word is a futex that is never waited on: there are always FDs.
func (b *BlockedGroup) Word() *uint32 { return b.members[0].execution.run.Done() }

// MostFDs is the most descriptors that FDs can give.
func (b *BlockedGroup) MostFDs() int {
	n := 2 + 2*len(b.joints)
	for _, m := range b.members {
		n += m.MostFDs()
	}
	return n
}

// FDs appends what to wait for before the next step: those of the group, those of the relays, then those of the members that live.
func (b *BlockedGroup) FDs(list []unix.PollFd) []unix.PollFd {
	base := len(list)
	list = append(list, reading(b.bell))
	if b.hangups != nil {
		list = append(list, reading(b.hangups.fd))
	}
	for _, j := range b.joints {
		if j.relay != nil {
			list = j.relay.fds(list)
		}
	}
	b.first = b.first[:0]
	for _, m := range b.members {
		b.first = append(b.first, len(list)-base)
		switch {
		case m.over:
		case m.settingUp():
			list = append(list, reading(m.execution.bell))
		default:
			list = m.FDs(list)
		}
	}
	return list
}

// Woken tells what the wait has found out about descriptor number i of FDs. Before the next Step.
func (b *BlockedGroup) Woken(i int, bits int16) {
	for at := len(b.first) - 1; at >= 0; at-- {
		if i >= b.first[at] {
			b.members[at].Woken(i-b.first[at], bits)
			return
		}
	}
}

// Step serves the group. It tells whether all is over, and otherwise how long to wait at most before the next step, in ns; negative: for ever.
func (b *BlockedGroup) Step() (over bool, timeout int64) {
	over, timeout = b.groupRun.step()
	if !b.pin.held {
		return over, timeout
	}
	left := sys.Until(b.pin.until)
	if over || left <= 0 {
		b.pin.release()
		return over, timeout
	}
	return over, earlier(timeout, left)
}

// Cancel kills all members, once; steps go on until they are gone.
func (b *BlockedGroup) Cancel() { b.cancel() }

// follow has the end of a context cancel the group, until stop is called.
func (g *groupRun) follow(ctx context.Context) (stop func()) {
	if ctx.Err() != nil {
		g.cancel()
	}
	if ctx.Done() == nil {
		return func() {}
	}
	undo := context.AfterFunc(ctx, g.cancel)
	return func() { undo() }
}

func (g *groupRun) cancel() {
	for _, m := range g.members {
		m.execution.run.Kill(tracer.CauseCancelled)
	}
}

func earlier(a, b int64) int64 {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

// step is one round: what was closed, what is to be passed on, who has ended, and what time it is.
func (g *groupRun) step() (over bool, timeout int64) {
	sys.Silence(g.bell)
	if g.hangups != nil {
		g.hangups.take(g)
	}
	over, timeout = true, -1
	for i, m := range g.members {
		if m.over {
			continue
		}
		var left int64
		if m.over, left = m.Step(); m.over {
			g.ended(i)
			continue
		}
		over = false
		timeout = earlier(timeout, left)
	}
	for _, j := range g.joints { // after the members: what one has written before its end was written by then
		if j.relay != nil {
			j.relay.step(g, j)
		}
	}
	if over {
		if g.hangups != nil {
			g.hangups.take(g)
		}
		return true, -1
	}
	return false, earlier(timeout, g.clocks(now()))
}

// ended does what is due when a member is gone.
func (g *groupRun) ended(i int) {
	switch {
	case g.line.begunAt() == 0 || !g.members[i].execution.run.Outcome().Executed:
		g.kill(end{cause: tracer.CauseGroup, by: i})
	case g.group.Ending == EndingFirst, g.group.Ending == EndingMember && g.group.Member == i:
		if g.closing == 0 {
			g.closing, g.ending.by = sys.After(int64(g.group.Grace)), i
		}
	}
}

// clocks kills what has no time left. It gives the time until the next look, in ns; negative: there will be none.
func (g *groupRun) clocks(now int64) int64 {
	begun := g.line.begunAt()
	if begun == 0 || g.ending.cause != tracer.CauseNone {
		return -1
	}
	next := int64(-1)
	if g.closing != 0 {
		if now >= g.closing {
			g.kill(end{cause: tracer.CauseGroup, by: g.ending.by})
			return -1
		}
		next = g.closing - now
	}
	if wall := int64(g.group.Wall); wall > 0 {
		if now-begun >= wall {
			g.expire()
			return -1
		}
		next = earlier(next, wall-(now-begun))
	}
	return earlier(next, g.look.out(g, now))
}

// wait steps until all is over.
func (b *BlockedGroup) wait() {
	fds := make([]unix.PollFd, 0, b.MostFDs())
	for {
		over, timeout := b.Step()
		if over {
			return
		}
		fds = b.FDs(fds[:0])
		pollFor(fds, timeout)
		for i := range fds {
			b.Woken(i, fds[i].Revents)
		}
	}
}

// runHere runs to the end on the calling thread.
func (b *BlockedGroup) runHere() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.wait()
}
