package core

import (
	faults "gosandbox/internal/fault"
	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// GroupTask is a group in progress. All methods may be called by any threads at once.
type GroupTask struct {
	completion
	blocked *BlockedGroup
	results []*Result
	err     error
}

// StartGroup starts a group and returns at once, as Start does. The task must be closed.
func StartGroup(group *Group) (*GroupTask, error) {
	g, err := prepareGroup(group, true)
	if err != nil {
		return nil, err
	}
	bell, err := sys.NewBell()
	if err != nil {
		g.release()
		return nil, exhausted("an eventfd", err)
	}
	t := &GroupTask{completion: completion{poll: bell}, blocked: &BlockedGroup{groupRun: g, pin: pinHere()}}
	if err = g.launch(&t.blocked.pin); err == nil {
		if err = attend(t); err != nil {
			err = exhausted("a thread", err)
			g.kill(end{cause: tracer.CauseCancelled, by: -1})
			for _, m := range g.members {
				m.execution.run.Wait(0)
			}
		}
	}
	if err != nil {
		g.release()
		t.completion.close()
		return nil, err
	}
	return t, nil
}

// serve serves the group to its end, in the place of its caller. A panic ends it too, and becomes its results.
func (t *GroupTask) serve() {
	b := t.blocked
	defer b.releaseQuietly()
	defer func() {
		if p := recover(); p != nil {
			b.Collapse(p)
			t.results, t.err = b.results()
		}
	}()
	faults.At(faults.Attend)
	b.pin.hold()
	b.wait()
	t.results, t.err = b.results()
}

// releaseQuietly is release where a panic has nobody to go to.
func (g *groupRun) releaseQuietly() {
	defer func() { _ = recover() }()
	g.release()
}

// Wait blocks until all are gone, at most timeout ns (negative: for ever), and returns what RunGroup would have. false: the time has passed.
func (t *GroupTask) Wait(timeout int64) ([]*Result, error, bool) {
	if !t.await(timeout) {
		return nil, nil, false
	}
	return t.results, t.err, true
}

// Kill kills all members and does not wait.
func (t *GroupTask) Kill() { t.blocked.cancel() }

// Members is how many there are.
func (t *GroupTask) Members() int { return len(t.blocked.members) }

// PID is a member's process id, 0 before it is there and after its end.
func (t *GroupTask) PID(member int) int { return int(t.blocked.members[member].execution.run.PID()) }

// Close kills what still lives, waits until it is gone and frees the task. Results stay good.
func (t *GroupTask) Close() {
	t.Kill()
	t.await(-1)
	t.close()
}
