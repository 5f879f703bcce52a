package tracee

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// partInChild is the life of the process that makes a pid namespace. It stays outside, so it can make both process 1 and
// the program as children of the supervising thread, and tell their numbers as the host sees them.
//
//go:nosplit
//go:norace
func partInChild(p *plan) {
	n := &p.namespaces
	p.beginInChild(StepDeathSignal)
	p.checkInChild(-1, p.dieWithHostInChild())

	p.beginInChild(StepNamespaces)
	fd, _, errno := syscall.RawSyscall6(unix.SYS_PIDFD_OPEN, p.hostPID, 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	n.hostFD = fd
	const share = unix.CLONE_VM | unix.CLONE_PARENT | unix.CLONE_PARENT_SETTID
	if n.holder != 0 { // process 1 is there
		p.joinInChild()
	} else {
		_, _, errno = syscall.RawSyscall6(unix.SYS_UNSHARE, unix.CLONE_NEWPID, 0, 0, 0, 0, 0)
		p.checkInChild(unix.CLONE_NEWPID, errno)
		// VFORK: on return process 1 has memory of its own, or has failed.
		pid := cloneOnto(share|unix.CLONE_VFORK, n.stack-partStack, &n.init, p, n.initCode)
		if int(pid) < 0 {
			p.checkInChild(unix.CLONE_NEWPID, syscall.Errno(-int(pid)))
		}
	}
	if p.report.errno == 0 {
		pid := cloneOnto(share, n.stack-2*partStack, &n.program, p, n.programCode)
		if int(pid) < 0 {
			p.checkInChild(-1, syscall.Errno(-int(pid)))
		}
	}
	p.endInChild()
}

// joinInChild enters the namespaces of a cell.
//
//go:nosplit
//go:norace
func (p *plan) joinInChild() {
	n := &p.namespaces
	p.beginInChild(StepNamespaces)
	if n.joins != 0 {
		_, _, errno := syscall.RawSyscall6(unix.SYS_SETNS, n.holder, n.joins, 0, 0, 0, 0)
		p.checkInChild(int(n.joins), errno)
	}
	if n.late != 0 {
		_, _, errno := syscall.RawSyscall6(unix.SYS_UNSHARE, n.late, 0, 0, 0, 0, 0)
		p.checkInChild(int(n.late), errno)
	}
}

// dieOutsideInChild is dieWithHostInChild for a process whose parent is outside of its pid namespace, where getppid tells
// nothing: the host is looked at through its pidfd.
//
//go:nosplit
//go:norace
func (p *plan) dieOutsideInChild() syscall.Errno {
	_, _, errno := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	poll := struct {
		fd              int32
		events, revents int16
	}{int32(p.namespaces.hostFD), unix.POLLIN, 0}
	var none [2]int64
	n, _, errno := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&poll)), 1, uintptr(unsafe.Pointer(&none)), 0, 0, 0)
	if errno == 0 && n != 0 {
		errno = unix.ESRCH
	}
	return errno
}

// initInChild is the life of process 1 of a pid namespace. It must share no memory with the host when the program runs,
// so it executes a program of a few bytes, which only sleeps: orphans are reaped by the kernel, since SIGCHLD is ignored.
// The file cannot be read, so the program may neither trace process 1 nor look into it.
//
//go:nosplit
//go:norace
func initInChild(p *plan) {
	n := &p.namespaces
	p.checkInChild(-1, p.dieOutsideInChild())
	ignore := [4]uint64{1}
	_, _, errno := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), uintptr(unsafe.Pointer(&ignore)), 0, 8, 0, 0)
	p.checkInChild(-1, errno)
	// Where the program's root will be, when it gets one: no other directory of the host's is kept.
	_, _, errno = syscall.RawSyscall6(unix.SYS_CHDIR, uintptr(unsafe.Pointer(&n.slash)), 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	// All of the host's descriptors go; the file gets number 0.
	_, _, errno = syscall.RawSyscall6(unix.SYS_CLOSE_RANGE, 0, 0xffffffff, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	p.sleepInChild(p.sleeperInChild())
}

// sleeperInChild makes the file that process 1 executes.
//
//go:nosplit
//go:norace
func (p *plan) sleeperInChild() uintptr {
	n := &p.namespaces
	const cloexec, executable = 1, 0x10 // MFD_CLOEXEC, MFD_EXEC, which old kernels do not know
	fd, _, errno := syscall.RawSyscall6(unix.SYS_MEMFD_CREATE, uintptr(unsafe.Pointer(&p.empty)), cloexec|executable, 0, 0, 0, 0)
	if errno == unix.EINVAL {
		fd, _, errno = syscall.RawSyscall6(unix.SYS_MEMFD_CREATE, uintptr(unsafe.Pointer(&p.empty)), cloexec, 0, 0, 0, 0)
	}
	p.checkInChild(-1, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(&n.program1[0])), uintptr(len(n.program1)), 0, 0, 0)
	p.checkInChild(-1, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_FCHMOD, fd, 0o111, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	return fd
}

// sleepInChild executes the program of process 1, from a descriptor.
//
//go:nosplit
//go:norace
func (p *plan) sleepInChild(fd uintptr) {
	p.dropBoundsInChild()
	p.dropCapabilitiesInChild()
	argv := [2]*byte{&p.empty[0]}
	_, _, errno := syscall.RawSyscall6(unix.SYS_EXECVEAT, fd, uintptr(unsafe.Pointer(&p.empty)), uintptr(unsafe.Pointer(&argv)),
		uintptr(unsafe.Pointer(&argv[1])), unix.AT_EMPTY_PATH, 0)
	p.checkInChild(-1, errno)
}

// surroundInChild sets up what the new namespaces hold, but for the file systems.
//
//go:nosplit
//go:norace
func (p *plan) surroundInChild() {
	n := &p.namespaces
	p.furnishInChild()
	p.beginInChild(StepNamespaces)
	// Keys of the host's session are not the program's. Where there are none, or none may be used, there is nothing to hide.
	_, _, errno := syscall.RawSyscall6(unix.SYS_KEYCTL, unix.KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0, 0)
	if errno != unix.ENOSYS && errno != unix.EPERM {
		p.checkInChild(-1, errno)
	}
	p.boundInChild()
	if n.flags&unix.CLONE_NEWTIME != 0 { // entered by exec
		_, _, errno := syscall.RawSyscall6(unix.SYS_UNSHARE, unix.CLONE_NEWTIME, 0, 0, 0, 0, 0)
		p.checkInChild(unix.CLONE_NEWTIME, errno)
	}
}

// boundInChild lets the user namespace hold no others: in one of its own making the program would have capabilities again, so a
// kernel with more doors open. Where /proc/sys is read-only, as in a container, that stays possible.
//
//go:nosplit
//go:norace
func (p *plan) boundInChild() {
	n := &p.namespaces
	if n.nested == nil {
		return
	}
	fd, _, errno := syscall.RawSyscall6(unix.SYS_OPENAT, atFDCWD, uintptr(unsafe.Pointer(n.nested)), unix.O_WRONLY|unix.O_CLOEXEC, 0, 0, 0)
	if errno == 0 {
		syscall.RawSyscall6(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(&n.zero)), 1, 0, 0, 0)
		syscall.RawSyscall6(unix.SYS_CLOSE, fd, 0, 0, 0, 0, 0)
	}
}

// furnishInChild gives the namespaces a name and an interface.
//
//go:nosplit
//go:norace
func (p *plan) furnishInChild() {
	n := &p.namespaces
	if len(n.hostname) > 0 {
		p.beginInChild(StepHostname)
		_, _, errno := syscall.RawSyscall6(unix.SYS_SETHOSTNAME, uintptr(unsafe.Pointer(&n.hostname[0])), uintptr(len(n.hostname)), 0, 0, 0, 0)
		p.checkInChild(-1, errno)
	}
	if n.loopback != nil {
		p.beginInChild(StepNamespaces)
		fd, _, errno := syscall.RawSyscall6(unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0, 0, 0, 0)
		p.checkInChild(unix.CLONE_NEWNET, errno)
		_, _, errno = syscall.RawSyscall6(unix.SYS_IOCTL, fd, unix.SIOCSIFFLAGS, uintptr(unsafe.Pointer(n.loopback)), 0, 0, 0)
		p.checkInChild(unix.CLONE_NEWNET, errno)
		syscall.RawSyscall6(unix.SYS_CLOSE, fd, 0, 0, 0, 0, 0)
	}
}
