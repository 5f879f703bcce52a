package sys

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/fault"
)

// MakeThread runs body on a new thread that ends with it. A program that is not Go's own replaces it, before the first use: Go
// ends the process where a thread cannot be made.
var MakeThread = func(body func()) error {
	go func() {
		runtime.LockOSThread()
		body()
	}()
	return nil
}

// StartThread runs body on a new thread of the library, which takes no signals.
func StartThread(body func()) error {
	if fault.Thread() {
		return unix.EAGAIN
	}
	return MakeThread(func() {
		HoldSignals()
		body()
	})
}

// HoldSignals blocks the asynchronous signals on the calling thread. Go's runtime keeps some of them open, SIGCHLD and SIGPROF
// among them: a handler of the host's that was installed without SA_ONSTACK would run on the small stack of a goroutine and
// overrun it. SIGURG is the runtime's own, and 32 and 33 are the C library's: setuid waits until every thread has taken one.
func HoldSignals() {
	mask := ^(synchronous | 3<<31 | 1<<(unix.SIGABRT-1) | 1<<(unix.SIGURG-1))
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
}

// synchronous are the signals that a thread causes itself: the kernel ends a process that blocks one.
const synchronous uint64 = 1<<(unix.SIGSEGV-1) | 1<<(unix.SIGBUS-1) | 1<<(unix.SIGFPE-1) | 1<<(unix.SIGILL-1) | 1<<(unix.SIGTRAP-1) |
	1<<(unix.SIGSYS-1)
