package core

import (
	"runtime/debug"
	"slices"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// A template has a thread that makes cells ahead and clears away those of runs that are over, beside the runs.

const (
	lately     = 1_000_000_000 // ns: cells beyond one that nobody has needed for so long are given up
	lookForEnd = 200_000       // ns: whether the process of a cell is dead, first pause
	lookLast   = 5_000_000
)

// tell wakes the thread.
func (t *Template) tell() {
	atomic.AddUint32(&t.order, 1)
	sys.FutexWake(&t.order, 1)
}

// announce wakes those who wait for the thread.
func (t *Template) announce() {
	atomic.AddUint32(&t.news, 1)
	sys.FutexWake(&t.news, 1<<30)
}

// take gives a cell that no run has used, and waits for it if need be.
func (t *Template) take() (*cell, error) {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil, &Error{Code: CodeEBADF, Index: -1, Message: "the template of the config was freed"}
	}
	atomic.StoreInt32(&t.busy, int32(sys.CPU()))
	t.running++
	t.most = max(t.most, t.running)
	if n := len(t.ready); n > 0 {
		c := t.ready[n-1]
		t.ready = t.ready[:n-1]
		t.mu.Unlock()
		return c, nil // the next one is made when the run is over: waking the thread takes time, and its work is felt
	}
	t.waiting++
	t.failed = nil
	for {
		seen := atomic.LoadUint32(&t.news)
		t.mu.Unlock()
		t.tell()
		sys.FutexWait(&t.news, seen, 0)
		t.mu.Lock()
		if n := len(t.ready); n > 0 {
			c := t.ready[n-1]
			t.ready = t.ready[:n-1]
			t.waiting--
			t.mu.Unlock()
			return c, nil
		}
		if err := t.failed; err != nil {
			t.waiting--
			t.running--
			t.mu.Unlock()
			t.tell()
			if _, panicked := err.(*tracer.PanicError); panicked {
				return nil, fault(err)
			}
			return nil, startError(err, t.config, nil)
		}
	}
}

// putBack returns a cell that no run has entered.
func (t *Template) putBack(c *cell) {
	t.mu.Lock()
	t.running--
	t.ready = append(t.ready, c)
	t.mu.Unlock()
	t.tell()
}

// end kills what is in the cell, and its process.
func (c *cell) end() {
	if c.ending.CompareAndSwap(false, true) {
		sys.KillDescriptor(c.holder, unix.SIGKILL)
	}
}

// leave gives a cell up that a run has used. The thread ends it.
func (c *cell) leave(used bool) {
	t := c.template
	c.used = used
	t.mu.Lock()
	t.running--
	t.ended = append(t.ended, c)
	t.mu.Unlock()
	t.tell()
}

// keep is the thread's life.
func (t *Template) keep() {
	err := t.serve()
	t.mu.Lock()
	t.failed, t.stopped = err, true
	t.mu.Unlock()
	t.announce()
	for err != nil && !t.over() { // those who come meanwhile hear the same
		t.mu.Lock()
		t.failed = err
		t.mu.Unlock()
		t.announce()
		sys.FutexWait(&t.order, atomic.LoadUint32(&t.order), sys.After(lookLast))
	}
}

// serve makes and clears away until the template is closed. A panic is an error: it must not end the host.
func (t *Template) serve() (err error) {
	defer t.steward.End()
	defer func() {
		if p := recover(); p != nil {
			err = &tracer.PanicError{Value: p, Stack: debug.Stack()}
		}
	}()
	t.cpus, _ = sys.Affinity(0)
	t.cpu = -1
	if err := t.steward.Start(); err != nil {
		return err
	}
	var dying []*cell
	unreaped := false
	decay, pause := sys.After(lately), int64(lookForEnd)
	for {
		seen := atomic.LoadUint32(&t.order)
		if sys.Until(decay) <= 0 {
			decay = sys.After(lately)
			t.shrink()
		}
		worked := t.makeCell()
		ended := t.takeEnded()
		dying = append(dying, ended...)
		before := len(dying)
		dying = slices.DeleteFunc(dying, (*cell).cleared)
		unreaped = unreaped || len(dying) < before
		worked = t.makeGroups() || worked
		if unreaped && !worked { // making a cell reaps too
			t.steward.Reap()
			unreaped = false
		}
		if t.over() && len(dying) == 0 && t.empty() {
			break
		}
		if len(ended) > 0 || len(dying) < before {
			pause = lookForEnd
		}
		switch {
		case worked:
		case len(dying) > 0:
			sys.FutexWait(&t.order, seen, sys.After(pause))
			pause = min(2*pause, lookLast)
		case t.idle():
			sys.FutexWait(&t.order, seen, 0)
		default:
			sys.FutexWait(&t.order, seen, decay)
		}
	}
	t.groups.drop()
	return nil
}

// want is how many cells are to be ready: some more than runs were side by side, because the next is made when one is over, and the
// kernel now and then takes a millisecond to clear away what is left of the last ones.
func (t *Template) want() int {
	if t.closed {
		return 0
	}
	return min(t.most+spareCells, mostCells)
}

// makeCell makes one if there are too few; true: it has.
func (t *Template) makeCell() bool {
	t.mu.Lock()
	few := t.failed == nil && len(t.ready) < max(t.waiting, t.want())
	t.mu.Unlock()
	if !few {
		return false
	}
	t.stepAside()
	place, renew := t.nets.take()
	holder, err := t.steward.Make(int(place), renew)
	if err != nil && renew { // a filter of the host's may forbid what that takes
		t.nets.kept = false
		place = ownNetwork
		holder, err = t.steward.Make(int(place), false)
	}
	if err != nil {
		t.nets.giveBack(place, true)
	}
	t.mu.Lock()
	if err != nil {
		t.failed = err // until somebody needs one
	} else {
		t.ready = append(t.ready, &cell{template: t, holder: holder, network: place})
	}
	announce := t.waiting > 0
	t.mu.Unlock()
	if announce {
		t.announce()
	}
	return err == nil
}

// stepAside moves the thread and the steward to one CPU, because they wait for each other, and waking a thread on another CPU takes
// longer than the rest of the work; and to another one than that of the last run, if there is one.
func (t *Template) stepAside() {
	busy, cpu := int(atomic.LoadInt32(&t.busy)), -1
	for i := range len(t.cpus) * 64 {
		if t.cpus[i/64]&(1<<(i%64)) != 0 && (cpu < 0 || cpu == busy) {
			cpu = i
		}
	}
	if cpu < 0 || cpu == t.cpu {
		return
	}
	set := sys.Only(cpu)
	if sys.SetAffinity(0, &set) == nil {
		t.steward.Pin(cpu)
		t.cpu = cpu
	}
}

// takeEnded gives the cells that are to be cleared away: all that are ready as well, when the template is closed.
func (t *Template) takeEnded() []*cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	ended := t.ended
	t.ended = nil
	for _, c := range ended {
		c.end()
	}
	for t.closed && len(t.ready) > t.waiting {
		n := len(t.ready) - 1
		t.ready[n].end()
		ended, t.ready = append(ended, t.ready[n]), t.ready[:n]
	}
	return ended
}

// cleared removes what is left of a cell; false: its process is not dead yet.
func (c *cell) cleared() bool {
	if c.groups != nil {
		c.groups.Remove() // one that stays busy is tried again by the next run
		c.groups = nil
	}
	if !sys.Readable(c.holder) {
		return false
	}
	unix.Close(c.holder)
	c.template.nets.giveBack(c.network, c.used)
	return true
}

// shrink gives up cells that were not needed lately.
func (t *Template) shrink() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.most = max(t.running, 1)
	for len(t.ready) > t.want() {
		n := len(t.ready) - 1
		t.ready[n].end()
		t.ended = append(t.ended, t.ready[n])
		t.ready = t.ready[:n]
	}
}

// idle tells that time will change nothing.
func (t *Template) idle() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.running == 0 && t.most == 1 && len(t.ready) <= t.want()
}

// over tells that the template is closed and no run is in it.
func (t *Template) over() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed && t.running == 0 && t.waiting == 0
}

// empty tells that no cell is to be cleared away: a run may have left its own since they were looked at.
func (t *Template) empty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.ended) == 0 && len(t.ready) == 0
}
