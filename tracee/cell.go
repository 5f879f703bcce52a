package tracee

import (
	"runtime"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// A cell is a set of new namespaces, with their file systems, that waits for a program; a sleeping process keeps it, which is
// process 1 when there is a pid namespace. Spec.Namespaces.Holder lets a program start in it. With that process the cell ends.
//
// Cells are made by a steward: a process that shares the host's memory and has no other. It has what they have in common, the user
// namespace and the root that was built once. They are its children and not the host's, which would wait for them: a host may wait
// until it has no children left.

// StewardSpec says what a steward's cells are like.
type StewardSpec struct {
	Namespaces *Namespaces
	IDs        *IDs // of a user namespace
	// Root is built once, Fresh in every cell on top of that: its places are there. Without Root the first of Fresh is the root.
	Root, Fresh *Root
}

// Steward makes cells. Its methods are to be called by the thread that has started it, which must outlive it.
type Steward struct {
	plan       *plan
	namespaces *Namespaces
	pid        int32
	pidfd      int32
	stack      []byte
}

// planSteward is what a steward needs beside the namespaces.
type planSteward struct {
	order  uint32 // futex: 1 when something is to be done
	answer uint32 // futex: 1 when it is done
	make   bool   // a cell; otherwise only reap
	cell   int32  // the process of the cell that was made, as the host numbers it; 0: there is none

	network uintptr // the descriptor of the network namespace that the cell enters, 0: it makes its own
	renew   bool    // that is to be made first

	flags uintptr   // the namespaces of a cell
	fresh *planRoot // what is mounted in it
	ids   bool      // files are made in it, with an id that its user namespace knows
}

// NewSteward prepares one.
func NewSteward(spec *StewardSpec) (*Steward, error) {
	p, err := newPlan(&Spec{ExecFD: -1, IDs: spec.IDs, Namespaces: spec.Namespaces})
	if err != nil {
		return nil, err
	}
	s := &planSteward{flags: spec.Namespaces.inCell()}
	if spec.Root != nil {
		if p.root, err = newPlanRoot(spec.Root); err != nil {
			return nil, err
		}
	}
	if spec.Fresh != nil && len(spec.Fresh.Mounts) > 0 {
		if p.root != nil {
			s.fresh, err = newPlanFresh(spec.Fresh)
		} else {
			s.fresh, err = newPlanRoot(spec.Fresh)
		}
		if err != nil {
			return nil, err
		}
		s.ids = p.namespaces.flags&unix.CLONE_NEWUSER != 0 && (p.root == nil || spec.Fresh.creates())
	}
	p.steward = s
	p.namespaces.program1, p.namespaces.slash = initFile, [2]byte{'/'}
	return &Steward{plan: p, namespaces: spec.Namespaces, pidfd: -1}, nil
}

// Start makes the process and waits until it has built the root.
func (s *Steward) Start() error {
	stack, err := takeStack()
	if err != nil {
		return &Error{StepPrepare, -1, unix.ENOMEM}
	}
	s.stack = stack
	s.plan.namespaces.stack = top(stack)
	flags := s.plan.namespaces.flags & unix.CLONE_NEWUSER
	if s.plan.root != nil {
		flags |= unix.CLONE_NEWNS
	}
	sp, entry := s.plan.namespaces.stack, code(stewardInChild) // in between no stack may grow
	beforeFork()
	ret := cloneOnto(unix.CLONE_VM|unix.CLONE_PIDFD|flags, sp, &s.pidfd, s.plan, entry)
	afterFork()
	if pid := int(ret); pid < 0 {
		s.pidfd = -1
		returnStack(stack)
		s.stack = nil
		return &Error{StepNamespaces, -1, unix.Errno(-pid)}
	}
	s.pid = int32(ret)
	if err := writeMaps(s.pid, s.namespaces); err != nil {
		s.End()
		return err
	}
	openGate(&s.plan.gate)
	if err := s.await(); err != nil {
		s.End()
		return err
	}
	return nil
}

// Networks is how many network namespaces a steward can keep beyond the ends of cells.
const Networks = 16

// Make makes a cell and gives a pidfd of its process, which the caller closes. To be ended by a kill. The cell's network namespace is
// the one that the steward keeps under a number, made anew if so asked; with the number -1, one that ends with the cell. A number is for
// one cell at a time, and for none where the loopback interface is up.
func (s *Steward) Make(network int, renew bool) (int, error) {
	p := s.plan.steward
	p.make, p.network, p.renew = true, 0, false
	if network >= 0 {
		p.network, p.renew = uintptr(stewardNetworks+network), renew
	}
	s.plan.report = report{}
	if err := s.ask(); err != nil {
		return -1, err
	}
	if s.plan.steward.cell <= 0 {
		return -1, s.failure()
	}
	// Only the steward reaps it, so the number is still its own.
	fd, err := unix.PidfdOpen(int(s.plan.steward.cell), 0)
	if err != nil {
		sys.Kill(s.plan.steward.cell, unix.SIGKILL)
		return -1, &Error{StepPrepare, -1, err.(unix.Errno)}
	}
	return fd, nil
}

// Pin moves the steward, and so the processes that it makes, to a CPU.
func (s *Steward) Pin(cpu int) {
	set := sys.Only(cpu)
	sys.SetAffinity(s.pid, &set)
}

// Reap reaps the processes of cells that have ended.
func (s *Steward) Reap() error {
	s.plan.steward.make = false
	return s.ask()
}

// End ends the steward and all its cells.
func (s *Steward) End() {
	if s.pid > 0 {
		sys.KillDescriptor(int(s.pidfd), unix.SIGKILL)
		sys.Await(s.pid)
		unix.Close(int(s.pidfd))
		s.pid, s.pidfd = 0, -1
	}
	if s.stack != nil {
		returnStack(s.stack)
		s.stack = nil
	}
	runtime.KeepAlive(s.plan)
}

func (s *Steward) ask() error {
	p := s.plan.steward
	atomic.StoreUint32(&p.answer, 0)
	atomic.StoreUint32(&p.order, 1)
	sys.FutexWake(&p.order, 1)
	return s.await()
}

// await waits for the steward's answer, or its end.
func (s *Steward) await() error {
	const look = 20_000_000 // ns
	p := s.plan.steward
	for atomic.LoadUint32(&p.answer) == 0 {
		sys.FutexWait(&p.answer, 0, sys.After(look))
		if atomic.LoadUint32(&p.answer) == 0 && sys.Readable(int(s.pidfd)) && atomic.LoadUint32(&p.answer) == 0 {
			return s.failure()
		}
	}
	return nil
}

func (s *Steward) failure() *Error {
	r := &s.plan.report
	if r.errno == 0 {
		return &Error{Step(r.step), -1, 0}
	}
	return &Error{Step(r.step), int(r.index), unix.Errno(r.errno)}
}
