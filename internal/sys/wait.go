package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Event is one state change of a child or tracee of the calling thread.
type Event struct {
	TID    int32
	Code   int32 // CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_TRAPPED or CLD_STOPPED
	Status int32 // exit code, signal, or signal | event<<8 for a stop
}

// si_code values of SIGCHLD, from asm-generic/siginfo.h.
const (
	ExitedNormally = 1
	Killed         = 2
	Dumped         = 3
	Trapped        = 4
	Stopped        = 5
	Robbed         = -1 // made up: a zombie that somebody else has reaped
)

// Exited tells whether the task is a zombie, as against stopped.
func (e Event) Exited() bool { return e.Code >= ExitedNormally && e.Code <= Dumped }

// WaitStatus is the end of a process as wait tells it.
func (e Event) WaitStatus() unix.WaitStatus {
	if e.Code == ExitedNormally {
		return unix.WaitStatus(e.Status & 0xff << 8)
	}
	return unix.WaitStatus(e.Status & 0x7f)
}

// siginfo mirrors the part of siginfo_t that SIGCHLD fills, on 64-bit machines.
type siginfo struct {
	signo, errno, code, _ int32
	pid                   int32
	uid                   uint32
	status                int32
	_                     [100]byte
}

const (
	wNoThread = 0x20000000 // __WNOTHREAD: only children and tracees of this thread
	wAll      = 0x40000000 // __WALL: also threads and children with another exit signal
	pAll      = 0
	pPID      = 1
	pPIDFD    = 3
)

// WaitAny blocks until a child or tracee of this very thread has something to tell, and leaves it in place: a stop is
// consumed by resuming the task, a zombie by Reap. So its clocks can still be read. It never sees the host's children.
func WaitAny() (Event, error) { return wait(0) }

// PollAny is WaitAny without blocking; TID 0: nothing to tell.
func PollAny() (Event, error) { return wait(unix.WNOHANG) }

func wait(options uintptr) (Event, error) {
	var si siginfo
	for {
		_, _, errno := unix.Syscall6(unix.SYS_WAITID, pAll, 0, uintptr(unsafe.Pointer(&si)),
			options|unix.WEXITED|unix.WSTOPPED|unix.WNOWAIT|wAll|wNoThread, 0, 0)
		if errno == unix.EINTR {
			continue
		}
		return Event{si.pid, si.code, si.status}, fail(errno)
	}
}

// Reap releases the zombie tid and returns its resource usage, which includes that of the children that it waited for.
func Reap(tid int32) (usage unix.Rusage, err error) {
	var si siginfo
	_, _, errno := unix.Syscall6(unix.SYS_WAITID, pPID, uintptr(tid), uintptr(unsafe.Pointer(&si)),
		unix.WEXITED|unix.WNOHANG|wAll|wNoThread, uintptr(unsafe.Pointer(&usage)), 0)
	return usage, fail(errno)
}

// Consume takes the stop that WaitAny has told of. Resuming a task does that by itself, with one exception: when a thread
// other than the first has executed a program, the kernel refuses every request (ESRCH) until its stop was waited for, lest
// a tracer mistakes it for the old owner of its number.
func Consume(tid int32) {
	var si siginfo
	unix.Syscall6(unix.SYS_WAITID, pPID, uintptr(tid), uintptr(unsafe.Pointer(&si)),
		unix.WSTOPPED|unix.WNOHANG|wAll|wNoThread, 0, 0)
}

// ReapChild releases the zombie pid if it is a child of this process, whichever thread's; it tells whether it was.
func ReapChild(pid int32) bool { return reapAny(pPID, pid) }

// ReapDescriptor is ReapChild for the process behind a pidfd.
func ReapDescriptor(pidfd int) bool { return reapAny(pPIDFD, int32(pidfd)) }

func reapAny(kind, id int32) bool {
	var si siginfo
	_, _, errno := unix.Syscall6(unix.SYS_WAITID, uintptr(kind), uintptr(id), uintptr(unsafe.Pointer(&si)),
		unix.WEXITED|unix.WNOHANG|wAll, 0, 0)
	return errno == 0 && si.pid != 0
}

// InheritsOrphans tells whether this process becomes the parent of descendants whose parents die.
func InheritsOrphans() bool {
	var subreaper int32
	unix.RawSyscall6(unix.SYS_PRCTL, unix.PR_GET_CHILD_SUBREAPER, uintptr(unsafe.Pointer(&subreaper)), 0, 0, 0, 0)
	return subreaper != 0 || Self() == 1
}
