package tracee

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The descriptors of a steward.
const (
	stewardSleeper = 0 // what the processes of cells execute
	stewardSelf    = 1 // its own pidfd, by which they see it die
	// from here on, the network namespaces that it keeps
	stewardNetworks = 2
)

// stewardInChild is the life of a steward. It keeps the ids of the host, so that nobody else may signal it, and its capabilities, which
// forbid tracing.
//
//go:nosplit
//go:norace
func stewardInChild(p *plan) {
	n, s := &p.namespaces, p.steward
	p.beginInChild(StepSignals)
	p.checkInChild(-1, p.resetSignalsInChild())
	p.beginInChild(StepDeathSignal)
	p.checkInChild(-1, p.dieWithHostInChild())
	p.beginInChild(StepSession)
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETSID, 0, 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_CHDIR, uintptr(unsafe.Pointer(&n.slash)), 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	p.beginInChild(StepIDMap)
	p.awaitTracerInChild() // its maps

	p.beginInChild(StepDescriptors)
	_, _, errno = syscall.RawSyscall6(unix.SYS_CLOSE_RANGE, 0, 0xffffffff, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	p.sleeperInChild()
	self, _, _ := syscall.RawSyscall6(unix.SYS_GETPID, 0, 0, 0, 0, 0, 0)
	n.hostFD, _, errno = syscall.RawSyscall6(unix.SYS_PIDFD_OPEN, self, 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)

	p.stepInChild(0, code(buildInChild))
	if p.report.errno != 0 {
		p.endInChild()
	}
	for {
		atomic.StoreUint32(&s.answer, 1)
		syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&s.answer)), 129 /* FUTEX_WAKE, private */, 1, 0, 0, 0)
		for atomic.LoadUint32(&s.order) == 0 {
			syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&s.order)), 128 /* FUTEX_WAIT, private */, 0, 0, 0, 0)
		}
		atomic.StoreUint32(&s.order, 0)
		p.reapInChild()
		if s.make {
			s.cell = 0
			if s.renew {
				p.stepInChild(unix.CLONE_FILES, code(networkInChild))
			}
			if p.report.errno == 0 {
				p.stepInChild(0, code(cellInChild))
			}
			if p.report.errno != 0 {
				s.cell = 0
			}
		}
	}
}

// stepInChild runs a function in a process of its own, with the descriptors of the steward or a copy of them, and waits for its end.
//
//go:nosplit
//go:norace
func (p *plan) stepInChild(files, entry uintptr) {
	pid := cloneOnto(unix.CLONE_VM|unix.CLONE_VFORK|files, p.namespaces.stack-partStack, nil, p, entry)
	if int(pid) < 0 {
		p.beginInChild(StepClone)
		p.report.index, p.report.errno = -1, int32(-int(pid))
		return
	}
	for {
		_, _, errno := syscall.RawSyscall6(unix.SYS_WAIT4, pid, 0, unix.WALL, 0, 0, 0)
		if errno != unix.EINTR {
			return
		}
	}
}

// reapInChild reaps the processes of cells that have ended.
//
//go:nosplit
//go:norace
func (p *plan) reapInChild() {
	for {
		pid, _, errno := syscall.RawSyscall6(unix.SYS_WAIT4, ^uintptr(0), 0, unix.WNOHANG|unix.WALL, 0, 0, 0)
		if errno != 0 || pid == 0 {
			return
		}
	}
}

// buildInChild makes what all cells have in common, in the steward's namespaces but with the program's ids.
//
//go:nosplit
//go:norace
func buildInChild(p *plan) {
	if p.root != nil {
		p.callsInChild(p.root.sources, p.root)
	}
	if p.namespaces.flags&unix.CLONE_NEWUSER != 0 {
		p.insideIDsInChild()
		p.boundInChild()
	}
	if p.root != nil {
		p.callsInChild(p.root.calls, p.root)
	}
	p.endInChild()
}

// networkInChild makes a network namespace and leaves the steward a descriptor of it. A socket of any kind tells its own.
//
//go:nosplit
//go:norace
func networkInChild(p *plan) {
	p.beginInChild(StepNamespaces)
	_, _, errno := syscall.RawSyscall6(unix.SYS_UNSHARE, unix.CLONE_NEWNET, 0, 0, 0, 0, 0)
	p.checkInChild(unix.CLONE_NEWNET, errno)
	fd, _, errno := syscall.RawSyscall6(unix.SYS_SOCKET, unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0, 0, 0, 0)
	p.checkInChild(unix.CLONE_NEWNET, errno)
	namespace, _, errno := syscall.RawSyscall6(unix.SYS_IOCTL, fd, unix.SIOCGSKNS, 0, 0, 0, 0)
	syscall.RawSyscall6(unix.SYS_CLOSE, fd, 0, 0, 0, 0, 0)
	p.checkInChild(unix.CLONE_NEWNET, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_DUP3, namespace, p.steward.network, unix.O_CLOEXEC, 0, 0, 0)
	syscall.RawSyscall6(unix.SYS_CLOSE, namespace, 0, 0, 0, 0, 0)
	p.checkInChild(unix.CLONE_NEWNET, errno)
	p.endInChild()
}

// cellInChild makes the namespaces of a cell and the process that keeps them, which is the steward's child.
//
//go:nosplit
//go:norace
func cellInChild(p *plan) {
	n, s := &p.namespaces, p.steward
	p.beginInChild(StepNamespaces)
	flags := s.flags
	if s.network != 0 {
		flags &^= unix.CLONE_NEWNET
		_, _, errno := syscall.RawSyscall6(unix.SYS_SETNS, s.network, unix.CLONE_NEWNET, 0, 0, 0, 0)
		p.checkInChild(unix.CLONE_NEWNET, errno)
	}
	if flags != 0 {
		_, _, errno := syscall.RawSyscall6(unix.SYS_UNSHARE, flags, 0, 0, 0, 0, 0)
		p.checkInChild(int(flags), errno)
	}
	pid := cloneOnto(unix.CLONE_VM|unix.CLONE_VFORK|unix.CLONE_PARENT|unix.CLONE_PARENT_SETTID, n.stack-2*partStack, &s.cell, p,
		code(keepInChild))
	if int(pid) < 0 {
		p.checkInChild(unix.CLONE_NEWPID, syscall.Errno(-int(pid)))
	}
	p.endInChild()
}

// keepInChild is the life of the process that keeps a cell.
//
//go:nosplit
//go:norace
func keepInChild(p *plan) {
	n, s := &p.namespaces, p.steward
	p.beginInChild(StepDeathSignal)
	p.checkInChild(-1, p.dieOutsideInChild())
	ignore := [4]uint64{1}
	_, _, errno := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), uintptr(unsafe.Pointer(&ignore)), 0, 8, 0, 0)
	p.checkInChild(-1, errno)
	p.furnishInChild()
	if s.fresh != nil {
		p.callsInChild(s.fresh.sources, s.fresh)
		if s.ids {
			p.insideIDsInChild()
		}
		p.callsInChild(s.fresh.calls, s.fresh)
	}
	_, _, errno = syscall.RawSyscall6(unix.SYS_CHDIR, uintptr(unsafe.Pointer(&n.slash)), 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_CLOSE_RANGE, stewardSelf, 0xffffffff, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	p.sleepInChild(stewardSleeper)
}
