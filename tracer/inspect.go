package tracer

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// A notification can neither change the arguments of a call nor tell what it returned; ptrace can do both. So such a call is
// begun again under ptrace: a SIGSTOP that never arrives brings the thread into a stop, and the notification's answer makes
// the kernel restart the call afterwards, as it does after a signal. Then the call is followed by stops at its entry and its end,
// and the notification in between is answered at once.

// inspection is such a call of one thread.
type inspection struct {
	nr      int64
	ip      uint64
	arch    uint32
	was     [6]uint64 // the arguments as the program has them
	args    [6]uint64 // as they shall be
	show    bool      // an event in PhaseExit is wanted
	entered bool
}

// restart is ERESTARTNOINTR of the kernel: the call is begun again, whatever signal handler runs before.
const restart = 513

// summon begins a call again under ptrace.
func (n *notify) summon(e *Event, show bool) {
	n.mu.Lock()
	if n.inspects == nil {
		n.inspects = map[int32]*inspection{}
	}
	n.inspects[e.TID] = &inspection{nr: e.Nr, ip: e.IP, arch: e.Arch, was: n.taken.Args, args: e.Args, show: show}
	n.some.Store(int32(len(n.inspects)))
	n.mu.Unlock()
	if err := sys.SignalThread(e.PID, e.TID, unix.SIGSTOP); err != nil {
		n.drop(e.TID)
		if err != unix.ESRCH { // else it has died, and its number may become another's
			e.run.deaf(err)
		}
		return
	}
	e.run.reply(&sys.Reply{ID: e.id, Error: -restart})
}

// find is the inspection of a thread, nil when there is none. Only the supervisor changes what it points to.
func (n *notify) find(tid int32) *inspection {
	if n.some.Load() == 0 {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.inspects[tid]
}

// entered tells whether the thread is in a call that was decided before.
func (n *notify) entered(tid int32) bool {
	if n.some.Load() == 0 {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	v := n.inspects[tid]
	return v != nil && v.entered
}

// summoned tells whether a SIGSTOP is the one that the thread was summoned with.
func (n *notify) summoned(tid int32) bool {
	v := n.find(tid)
	return v != nil && !v.entered
}

func (n *notify) drop(tid int32) {
	if n.some.Load() == 0 {
		return
	}
	n.mu.Lock()
	delete(n.inspects, tid)
	n.some.Store(int32(len(n.inspects)))
	n.mu.Unlock()
}

// inspect serves a stop at the entry or the end of a call of a thread that is inspected.
func (s *supervisor) inspect(tid int32, t *task, info *sys.SyscallInfo) {
	n := &s.run.notify
	v := n.find(tid)
	if v == nil {
		t.inspected = false
		return
	}
	switch {
	case info.Op == sys.SyscallInfoEntry && info.IP == v.ip && int64(int32(info.Body[0])) == v.nr && [6]uint64(info.Body[1:7]) == v.was:
		if v.args != v.was && !s.must(tid, sys.SetArguments(tid, &v.args)) {
			return
		}
		n.mu.Lock()
		v.entered = true
		n.mu.Unlock()
	case info.Op == sys.SyscallInfoExit && v.entered:
		t.inspected = false
		n.drop(tid)
		if returned := int64(info.Body[0]); v.show && !(returned <= -512 && returned >= -516) { // those begin again, after a signal
			info.Body[0] = uint64(s.show(tid, t, v, returned))
		}
	} // else a call of a signal handler, which came first
}

// visit is an event on its way to the thread that waits for the run: a call that has returned, or one that the server's thread has
// received. Whoever brings it waits.
type visit struct {
	turn     sync.Mutex // of the supervisor and the server
	event    *Event
	decision Decision
	word     uint32 // futex: 0, then one of these
}

const (
	visitWaits uint32 = 1 + iota
	visitDecided
)

// glance is the time between two calls of watch, ns.
const glance = 10_000_000

// present has an event decided about by the thread that waits for the run. Meanwhile watch is called now and then.
func (v *visit) present(r *Run, e *Event, watch func()) Decision {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.event = e
	atomic.StoreUint32(&v.word, visitWaits)
	sys.Ring(r.notify.exits)
	for atomic.LoadUint32(&v.word) == visitWaits {
		sys.FutexWait(&v.word, visitWaits, sys.Monotonic()+glance)
		watch()
	}
	return v.decision
}

// show has a call that has returned inspected, and gives what it returns in the end.
func (s *supervisor) show(tid int32, t *task, v *inspection, returned int64) int64 {
	r := s.run
	e := &Event{
		Phase: PhaseExit, Arch: v.arch, PID: t.process, TID: tid, Nr: v.nr, Args: v.args, IP: v.ip, Return: returned,
		run: r, value: returned, fd: -1,
	}
	switch d := r.notify.visit.present(r, e, s.killMeanwhile); d.Kind {
	case DecideAllow:
	case DecideReturn:
		returned = e.value
		s.must(tid, sys.SetReturn(tid, returned))
	case DecideErrno:
		returned = -int64(d.Errno)
		s.must(tid, sys.SetReturn(tid, returned))
	default:
		r.refuse(e, d)
	}
	return returned
}

// ServeExit decides about one event that another thread has brought.
func (r *Run) ServeExit() {
	visit := &r.notify.visit
	sys.Silence(r.notify.exits)
	if atomic.LoadUint32(&visit.word) != visitWaits {
		return
	}
	visit.decision = r.decide(visit.event)
	atomic.StoreUint32(&visit.word, visitDecided)
	sys.FutexWake(&visit.word, 1)
}

// killMeanwhile kills the tree when a reason for that comes up while the supervisor waits: what a callback reads may never arrive
// (userfaultfd, FUSE) as long as some process of the tree lives.
func (s *supervisor) killMeanwhile() {
	if s.run.intent.get() != CauseNone {
		s.killTree()
	}
}
