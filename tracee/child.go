package tracee

import (
	"runtime"
	"unsafe" // also for go:linkname

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Child is a program that is being started.
type Child struct {
	PID   int32
	pidfd int32
	init  int // pidfd of process 1 of a pid namespace of its own, else -1
	plan  *plan
	stack []byte

	namespaces *Namespaces

	// Cgroup is a descriptor of the version 2 control group to be born in; 0: the parent's. Entered tells that it was: a
	// kernel or a container without clone3 leaves that to the caller.
	Cgroup  int
	Entered bool
}

// Prepare makes everything ready for Start, so that little is left to fail.
func Prepare(spec *Spec) (*Child, error) {
	p, err := newPlan(spec)
	if err != nil {
		return nil, err
	}
	return &Child{plan: p, pidfd: -1, init: -1, namespaces: spec.Namespaces}, nil
}

// Start clones the child, on the calling thread, which must outlive it: the child dies with that thread. The child
// prepares itself and then waits at the gate for Release.
func (c *Child) Start() error {
	stack, err := takeStack()
	if err != nil {
		return &Error{StepPrepare, -1, unix.ENOMEM}
	}
	c.stack = stack
	c.plan.namespaces.stack = top(stack)
	// The exit signal is 0, so that a child that fails before exec does not bother the host with SIGCHLD.
	flags := unix.CLONE_VM | unix.CLONE_PIDFD | c.plan.namespaces.made()&^lateNamespaces
	args, code := c.cloneArgs(flags, stack), c.entry()
	// All signals are blocked in between, and no stack may grow: a handler of the Go runtime must not run in the child on this
	// thread's state.
	beforeFork()
	var ret uintptr
	if c.Cgroup > 0 {
		ret = clone3Onto(&args, unsafe.Sizeof(args), c.plan, code)
		c.Entered = int(ret) > 0
	}
	if e := unix.Errno(-ret); c.Cgroup <= 0 || e == unix.ENOSYS || e == unix.EPERM || e == unix.EACCES {
		ret = cloneOnto(flags, top(stack), &c.pidfd, c.plan, code)
	}
	afterFork()
	if pid := int(ret); pid < 0 {
		c.pidfd = -1
		return &Error{c.cloneStep(), -1, unix.Errno(-pid)}
	}
	c.PID = int32(ret)
	if c.namespaces != nil {
		return c.startApart()
	}
	return nil
}

// Release lets the child go on to exec, once the tracer has attached.
func (c *Child) Release() { openGate(&c.plan.gate) }

// Listener duplicates the listener of the child's filter, while the child is about to execute its program.
func (c *Child) Listener() (int, error) {
	return sys.StealFD(int(c.pidfd), int(c.plan.report.listener))
}

// PIDFD is a descriptor of the process; Close closes it.
func (c *Child) PIDFD() int { return int(c.pidfd) }

// Failure tells, once the child is dead without having executed its program, at which step that was. The errno is 0
// when it was killed there.
func (c *Child) Failure() *Error {
	r := &c.plan.report
	if r.errno == 0 {
		return &Error{Step(r.step), -1, 0}
	}
	return &Error{Step(r.step), int(r.index), unix.Errno(r.errno)}
}

// Close frees what the start needed. Only after the child has executed its program or has died.
func (c *Child) Close() {
	if c.pidfd >= 0 {
		unix.Close(int(c.pidfd))
		c.pidfd = -1
	}
	c.Ended()
	if c.stack != nil {
		returnStack(c.stack)
		c.stack = nil
	}
	runtime.KeepAlive(c.plan)
}

//go:linkname beforeFork syscall.runtime_BeforeFork
func beforeFork()

//go:linkname afterFork syscall.runtime_AfterFork
func afterFork()

// entry is the code of what the first process runs.
func (c *Child) entry() uintptr {
	if c.plan.namespaces.flags&unix.CLONE_NEWPID != 0 {
		return code(partInChild)
	}
	return code(runInChild)
}

// code is where a function of the child begins. Assembly that calls it by name gets a wrapper, which tells the race detector of
// the call: from a child that has no part in it.
func code(f func(*plan)) uintptr { return **(**uintptr)(unsafe.Pointer(&f)) }

// cloneOnto runs clone(2); the child goes to entry, an InChild function, on the given stack and never returns. It gives the pid, or a
// negative errno.
//
//go:noescape
func cloneOnto(flags, stack uintptr, third *int32, p *plan, entry uintptr) uintptr

// cas is an atomic compare and swap that the child may call.
//
//go:noescape
func cas(word *uint32, old, new uint32) bool
