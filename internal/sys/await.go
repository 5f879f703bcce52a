package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Await blocks until a child of the calling thread has ended, and reaps it.
func Await(pid int32) {
	var si siginfo
	for {
		_, _, errno := unix.Syscall6(unix.SYS_WAITID, pPID, uintptr(pid), uintptr(unsafe.Pointer(&si)),
			unix.WEXITED|wAll|wNoThread, 0, 0)
		if errno != unix.EINTR {
			return
		}
	}
}
