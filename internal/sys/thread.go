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
	mask := ^uint64(3 << 31)
	for _, s := range []unix.Signal{unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE, unix.SIGILL, unix.SIGTRAP, unix.SIGSYS, unix.SIGABRT, unix.SIGURG} {
		mask &^= 1 << (s - 1)
	}
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
}
