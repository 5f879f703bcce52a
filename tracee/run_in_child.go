package tracee

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// runInChild is the whole life of the child until execve. Each step notes itself first, so that a child that is killed
// on the way tells where it was.
//
//go:nosplit
//go:norace
func runInChild(p *plan) {
	p.beginInChild(StepSignals)
	p.checkInChild(-1, p.resetSignalsInChild())

	// PDEATHSIG covers the time until the tracer has attached; a host that died before it was set is seen by its pid.
	// The ids step clears it, so it is set once more.
	p.beginInChild(StepDeathSignal)
	if p.namespaces.flags&unix.CLONE_NEWPID != 0 {
		p.checkInChild(-1, p.dieOutsideInChild())
	} else {
		p.checkInChild(-1, p.dieWithHostInChild())
	}

	p.beginInChild(StepSession)
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETSID, 0, 0, 0, 0, 0, 0)
	p.checkInChild(-1, errno)

	if p.umask != nil {
		syscall.RawSyscall6(unix.SYS_UMASK, uintptr(*p.umask), 0, 0, 0, 0, 0)
	}
	if p.isolated { // its ids mean something once they are mapped, and the host's memory is not dumpable once it changes them
		p.beginInChild(StepTrace)
		p.awaitTracerInChild()
		if p.namespaces.holder != 0 && p.namespaces.flags&unix.CLONE_NEWPID == 0 {
			p.joinInChild()
		}
	}
	p.filesInChild()
	if p.isolated {
		if p.root != nil {
			p.callsInChild(p.root.sources, p.root)
		}
		if p.namespaces.flags&unix.CLONE_NEWUSER != 0 {
			p.insideIDsInChild()
		}
		p.surroundInChild()
		if p.root != nil {
			p.callsInChild(p.root.calls, p.root)
		}
	}

	if p.dir != nil {
		p.beginInChild(StepDir)
		_, _, errno = syscall.RawSyscall6(unix.SYS_CHDIR, uintptr(unsafe.Pointer(p.dir)), 0, 0, 0, 0, 0)
		p.checkInChild(-1, errno)
	}
	if p.parcels != nil {
		if p.ids != nil { // as before the step of the ids
			p.beginInChild(StepTrace)
			p.awaitTracerInChild()
		}
		p.callsInChild(p.parcels.calls, p.parcels)
	}
	p.beginInChild(StepRlimit)
	for i := range p.limits {
		l := &p.limits[i]
		_, _, errno = syscall.RawSyscall6(unix.SYS_PRLIMIT64, 0, uintptr(l.Resource),
			uintptr(unsafe.Pointer(&l.Soft)), 0, 0, 0)
		p.checkInChild(l.Resource, errno)
	}
	p.scheduleInChild()
	if p.isolated {
		p.dropBoundsInChild()
	}
	if p.namespaces.flags&unix.CLONE_NEWUSER == 0 {
		if p.ids != nil { // root of a container may trace its own processes only, but goes on when they become another user's
			p.beginInChild(StepTrace)
			p.awaitTracerInChild()
		}
		p.idsInChild()
	}
	if p.isolated {
		p.dropCapabilitiesInChild()
	}

	p.beginInChild(StepTrace)
	p.awaitTracerInChild()

	// From here on the program may be seen to be what it will be.
	_, _, errno = syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK,
		uintptr(unsafe.Pointer(&p.noSignals)), 0, 8, 0, 0)
	p.checkInChild(-1, errno)
	p.beginInChild(StepNoNewPrivs)
	_, _, errno = syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
	p.checkInChild(-1, errno)
	if p.landlock >= 0 {
		p.beginInChild(StepLandlock)
		_, _, errno = syscall.RawSyscall6(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(p.landlock), 0, 0, 0, 0, 0)
		p.checkInChild(-1, errno)
	}
	if p.filter != nil {
		p.beginInChild(StepSeccomp)
		p.checkInChild(-1, p.filterInChild())
		if p.hand != nil {
			p.checkInChild(-1, p.handInChild())
		}
	}
	p.beginInChild(StepExec)
	p.execInChild()
}

// filterInChild loads the filter. The listener closes itself at exec; by then the tracer has taken it. Signals do not disturb a call
// that the listener has begun to serve, where the kernel has that (Linux 5.19).
//
//go:nosplit
//go:norace
func (p *plan) filterInChild() syscall.Errno {
	flags := uintptr(unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW)
	if p.listen {
		flags |= unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
	}
	fd, _, errno := syscall.RawSyscall6(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(p.filter)), 0, 0, 0)
	if p.listen && errno == unix.EINVAL {
		flags &^= unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
		fd, _, errno = syscall.RawSyscall6(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(p.filter)), 0, 0, 0)
	}
	p.report.listener = int32(fd)
	return errno
}

//go:nosplit
//go:norace
func (p *plan) beginInChild(step Step) { p.report.step = int32(step) }

// checkInChild ends the child when a step has failed.
//
//go:nosplit
//go:norace
func (p *plan) checkInChild(index int, errno syscall.Errno) {
	if errno == 0 {
		return
	}
	p.report.index = int32(index)
	p.report.errno = int32(errno)
	for {
		syscall.RawSyscall6(unix.SYS_EXIT_GROUP, 1, 0, 0, 0, 0, 0)
	}
}

// resetSignalsInChild undoes what the host ignores or handles: exec would keep the ignored ones.
//
//go:nosplit
//go:norace
func (p *plan) resetSignalsInChild() syscall.Errno {
	for signal := uintptr(1); signal <= 64; signal++ {
		if signal == uintptr(unix.SIGKILL) || signal == uintptr(unix.SIGSTOP) {
			continue
		}
		_, _, errno := syscall.RawSyscall6(unix.SYS_RT_SIGACTION, signal, uintptr(unsafe.Pointer(&p.defaults)), 0, 8, 0, 0)
		if errno != 0 {
			return errno
		}
	}
	return 0
}

//go:nosplit
//go:norace
func (p *plan) dieWithHostInChild() syscall.Errno {
	_, _, errno := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	parent, _, _ := syscall.RawSyscall6(unix.SYS_GETPPID, 0, 0, 0, 0, 0, 0)
	if parent != p.hostPID {
		return unix.ESRCH
	}
	return 0
}

//go:nosplit
//go:norace
func (p *plan) scheduleInChild() {
	if p.nice != nil {
		p.beginInChild(StepNice)
		_, _, errno := syscall.RawSyscall6(unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, 0, uintptr(*p.nice), 0, 0, 0)
		p.checkInChild(-1, errno)
	}
	if p.cpus != nil {
		p.beginInChild(StepAffinity)
		_, _, errno := syscall.RawSyscall6(unix.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(*p.cpus),
			uintptr(unsafe.Pointer(p.cpus)), 0, 0, 0)
		p.checkInChild(-1, errno)
	}
}

//go:nosplit
//go:norace
func (p *plan) idsInChild() {
	if p.ids == nil {
		return
	}
	p.beginInChild(StepIDs)
	uid, gid := uintptr(p.ids.UID), uintptr(p.ids.GID)
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETGROUPS, 0, 0, 0, 0, 0, 0)
	if errno == unix.EPERM && !p.changesIDsInChild(uid, gid) {
		return // an ordinary user who asked for what it is already
	}
	p.checkInChild(0, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_SETRESGID, gid, gid, gid, 0, 0, 0)
	p.checkInChild(1, errno)
	_, _, errno = syscall.RawSyscall6(unix.SYS_SETRESUID, uid, uid, uid, 0, 0, 0)
	p.checkInChild(2, errno)
	if p.isolated {
		syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0, 0)
		return // the tracer's EXITKILL is there already
	}
	p.beginInChild(StepDeathSignal)
	p.checkInChild(-1, p.dieWithHostInChild())
}

// changesIDsInChild tells whether the ids asked for differ from those of the host, supplementary groups included.
//
//go:nosplit
//go:norace
func (p *plan) changesIDsInChild(uid, gid uintptr) bool {
	groups, _, _ := syscall.RawSyscall6(unix.SYS_GETGROUPS, 0, 0, 0, 0, 0, 0)
	u, _, _ := syscall.RawSyscall6(unix.SYS_GETUID, 0, 0, 0, 0, 0, 0)
	eu, _, _ := syscall.RawSyscall6(unix.SYS_GETEUID, 0, 0, 0, 0, 0, 0)
	g, _, _ := syscall.RawSyscall6(unix.SYS_GETGID, 0, 0, 0, 0, 0, 0)
	eg, _, _ := syscall.RawSyscall6(unix.SYS_GETEGID, 0, 0, 0, 0, 0, 0)
	return groups != 0 || u != uid || eu != uid || g != gid || eg != gid
}

// awaitTracerInChild sleeps until the tracer has attached and opens the gate.
//
//go:nosplit
//go:norace
func (p *plan) awaitTracerInChild() {
	for gateInChild(&p.gate) != gateOpen {
		syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&p.gate)), 0 /* FUTEX_WAIT */, uintptr(gateAwaited), 0, 0, 0)
	}
}

// execInChild tries the paths in turn, as execvp does: one that is not there, or is not a file that may be executed,
// gives way to the next. The most telling errno is reported.
//
//go:nosplit
//go:norace
func (p *plan) execInChild() {
	argv, envv := uintptr(unsafe.Pointer(&p.argv[0])), uintptr(unsafe.Pointer(&p.envv[0]))
	if p.execFD >= 0 {
		_, _, errno := syscall.RawSyscall6(unix.SYS_EXECVEAT, uintptr(p.execFD), uintptr(unsafe.Pointer(&p.empty)),
			argv, envv, unix.AT_EMPTY_PATH, p.cookie)
		p.checkInChild(-1, errno)
	}
	index, reason := 0, syscall.Errno(unix.ENOENT)
	for i := 0; p.paths[i] != nil; i++ {
		_, _, errno := syscall.RawSyscall6(unix.SYS_EXECVE, uintptr(unsafe.Pointer(p.paths[i])), argv, envv, 0, 0, p.cookie)
		if i == 0 || errno != unix.ENOENT && errno != unix.ENOTDIR {
			index, reason = i, errno
		}
		if errno != unix.ENOENT && errno != unix.ENOTDIR && errno != unix.EACCES {
			break
		}
	}
	p.checkInChild(index, reason)
}
