package tracer

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// notify is the part of a run that answers seccomp notifications, on the thread of whoever waits for the run.
type notify struct {
	listener int    // the filter's, -1 before it is there
	exits    int    // eventfd, readable while a call that has returned waits to be inspected; -1 before
	ready    uint32 // futex: 1 when listener is there, or the run is over

	count  atomic.Uint64
	taken  sys.Notification // the one in hand
	event  Event
	thread atomic.Int32 // the last one seen, and its process; 0 when it has died
	owner  int32

	mu       sync.Mutex
	inspects map[int32]*inspection
	some     atomic.Int32 // how many of them
	visit    visit
	serving  serving
}

// open takes a listener over.
func (n *notify) open(r *Run, listener int) error {
	sys.WakeHere(listener)
	exits, err := sys.NewBell()
	if err != nil {
		unix.Close(listener)
		return err
	}
	n.listener, n.exits = listener, exits
	if r.Server != nil {
		if err := n.serving.begin(r); err != nil {
			return err
		}
	}
	if r.Wake > 0 { // before the run can be over: who waits for that closes it
		defer sys.Ring(r.Wake)
	}
	n.begin()
	return nil
}

func (n *notify) begin() {
	atomic.StoreUint32(&n.ready, 1)
	sys.FutexWake(&n.ready, 1)
}

// Ready is a futex that is not 0 once Listeners tells what to wait for, or the run is over.
func (r *Run) Ready() *uint32 { return &r.notify.ready }

// Listeners are descriptors: when the first is readable Serve is due, when the second is ServeExit. -1: there is none.
func (r *Run) Listeners() (calls, exits int) {
	if r.Server != nil {
		return -1, r.notify.exits // its thread serves
	}
	return r.notify.listener, r.notify.exits
}

// Unlisten closes the listeners. After the run only.
func (r *Run) Unlisten() {
	n := &r.notify
	if n.listener >= 0 {
		unix.Close(n.listener)
		unix.Close(n.exits)
		n.listener, n.exits = -1, -1
	}
}

// Serve answers the call that waits.
func (r *Run) Serve() {
	n := &r.notify
	switch err := sys.ReceiveNotification(n.listener, &n.taken); err {
	case nil:
		r.serve()
	case unix.ENOENT: // killed meanwhile
	default:
		r.deaf(err)
	}
}

// serve answers the call in hand.
func (r *Run) serve() {
	n := &r.notify
	n.count.Add(1)
	t := &n.taken
	if n.entered(t.TID) { // decided before: it is on its way
		r.reply(&sys.Reply{ID: t.ID, Flags: sys.ContinueCall})
		return
	}
	e := &n.event
	*e = Event{
		Phase: PhaseEntry, Arch: t.Arch, PID: n.process(t.TID), TID: t.TID, Nr: int64(t.Nr), Args: t.Args, IP: t.IP,
		run: r, id: t.ID, fd: -1,
	}
	if r.Server != nil {
		r.answer(e, r.act(e))
	} else {
		r.answer(e, r.decide(e))
	}
}

// process is the process of a thread: mostly that of the last call.
func (n *notify) process(tid int32) int32 {
	if n.thread.Load() != tid {
		owner, err := sys.ThreadGroup(tid)
		if err != nil {
			return tid // killed meanwhile
		}
		n.owner = owner
		n.thread.Store(tid)
	}
	return n.owner
}

// forget drops what is known of a thread that is dead: its number can become another's.
func (n *notify) forget(tid int32) {
	n.thread.CompareAndSwap(tid, 0)
	n.drop(tid)
}

// renumber follows a thread that has taken over another's number by executing a program.
func (n *notify) renumber(former, tid int32) {
	n.thread.CompareAndSwap(former, 0)
	n.thread.CompareAndSwap(tid, 0)
	if n.some.Load() == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.inspects, tid) // of the one that the number belonged to, which is dead
	if v := n.inspects[former]; v != nil {
		delete(n.inspects, former)
		n.inspects[tid] = v
	}
	n.some.Store(int32(len(n.inspects)))
}

// decide asks the decider; a panic there is a fault.
func (r *Run) decide(e *Event) (d Decision) {
	defer func() {
		if p := recover(); p != nil {
			d = Decision{Kind: DecideFault, Err: &DecisionError{&PanicError{p, debug.Stack()}}}
		}
	}()
	return r.Decider.Decide(e)
}

func (r *Run) answer(e *Event, d Decision) {
	n := &r.notify
	reply := sys.Reply{ID: e.id}
	switch d.Kind {
	case DecideAllow:
		if e.changed {
			n.summon(e, false)
			return
		}
		reply.Flags = sys.ContinueCall
	case DecideInspect:
		n.summon(e, true)
		return
	case DecideErrno:
		reply.Error = -int32(d.Errno)
	case DecideReturn:
		reply.Value = e.value
	case DecideLater:
		n.serving.later(r, e, d.Later)
		return
	case DecideOpened, DecideGive:
		err := sys.AddFD(n.listener, e.id, e.fd, e.bits)
		if d.Kind == DecideGive {
			unix.Close(e.fd)
		}
		if err == nil || err == unix.ENOENT {
			return
		}
		if err == unix.EBADF {
			r.refuse(e, Decision{Kind: DecideFault, Err: &DecisionError{errors.New("OPENED, but the descriptor is not open")}})
			return
		}
		reply.Error = -int32(err.(unix.Errno)) // EMFILE: the program has no room for it
	default:
		r.refuse(e, d)
		return
	}
	r.reply(&reply)
}

// reply sends an answer. A program whose call is not answered would wait for ever.
func (r *Run) reply(reply *sys.Reply) {
	if err := sys.SendReply(r.notify.listener, reply); err != nil && err != unix.ENOENT { // ENOENT: killed meanwhile
		r.deaf(err)
	}
}

// deaf ends the run because the kernel refuses what every listener needs.
func (r *Run) deaf(err error) {
	r.refuse(nil, Decision{Kind: DecideFault, Err: fmt.Errorf("answering a system call: %w", err)})
}

// refuse ends the run for a call, which never returns; e is nil for a fault that has to do with none.
func (r *Run) refuse(e *Event, d Decision) {
	if d.Kind == DecideFault {
		r.mu.Lock()
		if r.fault == nil {
			r.fault = d.Err
		}
		r.mu.Unlock()
		var callback *DecisionError
		cause := CauseFault
		if errors.As(d.Err, &callback) {
			cause = CauseCallback
		}
		r.Kill(cause)
		return
	}
	r.violated(Violation{PID: e.PID, TID: e.TID, Arch: e.Arch, Nr: e.Nr, Args: e.Args, IP: e.IP, Path: d.Path})
	r.Kill(CauseViolation)
}
