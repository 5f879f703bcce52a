package tracer

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/fault"
	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// Server answers calls by carrying them out for the program. It has a thread of its own in each run, which ends with the run.
type Server interface {
	// Enter makes the calling thread the server's.
	Enter() error
	// Act decides about a call, on that thread.
	Act(*Event) Decision
	// VerifyExec looks at a program that is in place but has not begun, on the supervising thread: whether it is allowed, and what it is,
	// for the report. On an error that cannot be said.
	VerifyExec(tid, pid int32) (path string, allowed bool, err error)
}

// serving is the thread of a server.
type serving struct {
	stop   int // eventfd, rung at the end of the run
	over   uint32
	begun  bool
	laters sync.WaitGroup // decisions that take their time, each on a thread of its own
}

// begin starts the thread; the listener is there.
func (v *serving) begin(r *Run) error {
	stop, err := sys.NewBell()
	if err != nil {
		return err
	}
	v.stop = stop
	if err := sys.StartThread(func() { v.serve(r) }); err != nil {
		unix.Close(stop)
		return err
	}
	v.begun = true
	return nil
}

// end waits until the thread is gone.
func (v *serving) end() {
	if !v.begun {
		return
	}
	sys.Ring(v.stop)
	for atomic.LoadUint32(&v.over) == 0 {
		sys.FutexWait(&v.over, 0, 0)
	}
	v.laters.Wait()
	unix.Close(v.stop)
	v.begun = false
}

func (v *serving) serve(r *Run) {
	defer func() {
		if p := recover(); p != nil {
			r.refuse(nil, Decision{Kind: DecideFault, Err: &PanicError{p, debug.Stack()}})
		}
		atomic.StoreUint32(&v.over, 1)
		sys.FutexWake(&v.over, 1)
	}()
	fault.At(fault.Serve)
	if err := r.Server.Enter(); err != nil {
		r.refuse(nil, Decision{Kind: DecideFault, Err: err})
		return
	}
	set := [2]unix.PollFd{{Fd: int32(r.notify.listener), Events: unix.POLLIN}, {Fd: int32(v.stop), Events: unix.POLLIN}}
	for {
		if _, err := unix.Ppoll(set[:], nil, nil); err != nil {
			if err != unix.EINTR { // a host that is at its limits: looking now and then will do until it is not
				sys.Sleep(glimpse)
			}
			continue
		}
		switch {
		case set[1].Revents != 0:
			return
		case set[0].Revents&unix.POLLIN != 0:
			r.Serve()
		case set[0].Revents != 0:
			set[0].Fd = -1 // nobody is left who could call
		}
	}
}

// act has the server decide, or first the caller where the policy says so.
func (r *Run) act(e *Event) Decision {
	if r.Decider != nil && r.Decider.Asks(e) {
		if d := r.notify.visit.present(r, e, func() {}); d.Kind != DecideDefer {
			return d
		}
	}
	return r.Server.Act(e)
}

// later answers a call when its decision is there, beside all others.
func (v *serving) later(r *Run, e *Event, decide func(*Event) Decision) {
	event := *e
	v.laters.Add(1)
	err := sys.StartThread(func() {
		defer v.laters.Done()
		defer func() {
			if p := recover(); p != nil {
				r.refuse(nil, Decision{Kind: DecideFault, Err: &PanicError{p, debug.Stack()}})
			}
		}()
		fault.At(fault.Later)
		r.answer(&event, decide(&event))
	})
	if err != nil {
		v.laters.Done()
		r.answer(&event, Decision{Kind: DecideErrno, Errno: unix.EAGAIN})
	}
}

// verifyExec ends the run when a task executes what it must not.
func (s *supervisor) verifyExec(tid, status int32) bool {
	r := s.run
	if r.Server == nil {
		return true
	}
	path, allowed, err := r.Server.VerifyExec(tid, tid)
	if err != nil {
		if now, gone := sys.StopStatus(tid); gone == nil && now == status { // else it was killed meanwhile
			s.fail(fmt.Errorf("looking at what was executed: %w", err))
		}
		return false
	}
	if allowed {
		return true
	}
	v := Violation{PID: tid, TID: tid, Arch: uint32(seccomp.Native()), Nr: unix.SYS_EXECVE, Path: path}
	r.mu.Lock()
	if r.violation == nil {
		r.violation = &v
	}
	r.mu.Unlock()
	s.kill(CauseViolation)
	return false
}
