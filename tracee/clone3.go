package tracee

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// cloneArgs is struct clone_args of linux/sched.h, as of Linux 5.7.
type cloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls, setTID, setTIDSize, cgroup uint64
}

// cloneArgs asks for the same as cloneOnto, in the child's control group.
func (c *Child) cloneArgs(flags uintptr, stack []byte) cloneArgs {
	base := uintptr(unsafe.Pointer(&stack[0]))
	return cloneArgs{
		flags: uint64(flags) | unix.CLONE_INTO_CGROUP, pidfd: uint64(uintptr(unsafe.Pointer(&c.pidfd))),
		stack: uint64(base), stackSize: uint64(top(stack) - base), cgroup: uint64(c.Cgroup),
	}
}

// clone3Onto runs clone3(2); the child goes to entry, runInChild, and never returns. It gives the pid, or a negative errno.
//
//go:noescape
func clone3Onto(args *cloneArgs, size uintptr, p *plan, entry uintptr) uintptr

// Abandon kills a child that has not been released, and reaps it.
func (c *Child) Abandon() {
	unix.PidfdSendSignal(int(c.pidfd), unix.SIGKILL, nil, 0)
	const byDescriptor = 3 // P_PIDFD
	for unix.Waitid(byDescriptor, int(c.pidfd), nil, unix.WEXITED|unix.WALL, nil) == unix.EINTR {
	}
	c.Ended()
	if init := c.plan.namespaces.init; init > 0 {
		sys.Await(init)
	}
}
