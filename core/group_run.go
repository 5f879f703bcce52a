package core

import (
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// groupRun is a group while it runs. One thread serves it, by steps, as it does for a Blocked.
type groupRun struct {
	group   *Group
	members []*member
	joints  []*joint
	hangups *hangups // nil where relays tell of them
	record  record
	line    startLine
	bell    int   // eventfd: a member has become ready, or all have started
	first   []int // index in FDs of each member's first

	begun    int64 // monotonic ns of the common start, 0 before
	closing  int64 // when those that live are killed; 0: not yet known
	order    int   // hang-ups so far
	firstOut int
	ending   end
	look     lookout
	broken   *broken
}

// member is one run of a group.
type member struct {
	*Blocked
	over        bool
	waiting     Waiting
	waitingPipe int
}

// end is why a group was killed.
type end struct {
	cause tracer.Cause // CauseNone: it was not
	by    int          // the member that has ended, or could not be started; -1
	wall  bool         // the group's own wall limit was it
}

// startLine is where every member waits, in place, until all are there.
type startLine struct {
	missing atomic.Int32
	open    uint32 // futex
	bell    int
	begun   int64
}

// lookAgain is how often a member that waits for the others looks whether it is killed, ns.
const lookAgain = 5_000_000

// await is called by the thread that supervises a member.
func (l *startLine) await(run *tracer.Run) {
	if l.missing.Add(-1) == 0 {
		l.begun = now()
		atomic.StoreUint32(&l.open, 1)
		sys.FutexWake(&l.open, MaxMembers)
		sys.Ring(l.bell)
		return
	}
	for atomic.LoadUint32(&l.open) == 0 && !run.Condemned() {
		sys.FutexWait(&l.open, 0, sys.After(lookAgain))
	}
}

// begunAt is the common start, 0 before.
func (l *startLine) begunAt() int64 {
	if atomic.LoadUint32(&l.open) == 0 {
		return 0
	}
	return l.begun
}

// prepareGroup makes everything that a group needs. After an error nothing is left.
func prepareGroup(group *Group, independent bool) (_ *groupRun, err error) {
	if err := group.Check(); err != nil {
		return nil, err
	}
	g := &groupRun{group: group, bell: -1, firstOut: -1, ending: end{by: -1}}
	defer func() {
		if err != nil {
			g.release()
		}
	}()
	if g.bell, err = sys.NewBell(); err != nil {
		g.bell = -1
		return nil, exhausted("an eventfd", err)
	}
	g.line.bell = g.bell
	g.line.missing.Store(int32(len(group.Members)))
	g.record.most = group.Transcript
	if err := g.join(); err != nil {
		return nil, err
	}
	for i, config := range group.Members {
		e, err := prepareFor(g.configOf(i, config), now(), independent)
		if err != nil {
			return nil, ofMember(i, err)
		}
		e.line, e.run.Wake = &g.line, g.bell
		if wall := int64(group.Wall); wall > 0 { // behind the group's own clock, which a callback can hold up
			if limit := wall + groupBackstop; e.run.Limits.Wall == 0 || limit < e.run.Limits.Wall {
				e.run.Limits.Wall = limit
			}
		}
		g.members = append(g.members, &member{Blocked: &Blocked{execution: e}, waitingPipe: -1})
		g.handOver(i, e)
	}
	return g, nil
}

// groupBackstop is how much later than the group itself the watch kills its members, ns.
const groupBackstop = 500_000_000

// configOf is the config of a member with its ends of pipes.
func (g *groupRun) configOf(i int, config *Config) *Config {
	copied := *config
	copied.Interruptible = true // it has an eventfd at its end
	copied.Files = append(append([]File{}, config.Files...), g.endsOf(i)...)
	return &copied
}

// launch starts the members. After an error none lives.
func (g *groupRun) launch(p *pin) error {
	for i, m := range g.members {
		if err := m.execution.launch(p.cpu, p.cpus()); err != nil {
			for _, other := range g.members[:i] {
				other.execution.run.Kill(tracer.CauseGroup)
			}
			for _, other := range g.members[:i] {
				other.execution.run.Wait(0)
			}
			return err
		}
	}
	return nil
}

// kill ends the group; only the first reason counts.
func (g *groupRun) kill(why end) {
	if g.ending.cause != tracer.CauseNone {
		return
	}
	g.ending = why
	for _, m := range g.members {
		m.execution.run.Kill(why.cause)
	}
}

// release frees all but what the results keep.
func (g *groupRun) release() {
	for _, m := range g.members {
		m.execution.release()
	}
	for _, j := range g.joints {
		j.close()
	}
	if g.hangups != nil {
		g.hangups.close()
	}
	if g.bell >= 0 {
		unix.Close(g.bell)
		g.bell = -1
	}
}
