package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// WritePipe writes without leaving a SIGPIPE behind when nobody reads any more: it would strike the thread, which can be the host's. To be
// called by a goroutine that is bound to its thread.
func WritePipe(fd int, p []byte) (int, error) {
	var before, pending, broken uint64 = 0, 0, 1 << (uint(unix.SIGPIPE) - 1)
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&broken)), uintptr(unsafe.Pointer(&before)), 8, 0, 0)
	unix.RawSyscall6(unix.SYS_RT_SIGPENDING, uintptr(unsafe.Pointer(&pending)), 8, 0, 0, 0, 0)
	n, err := unix.Write(fd, p)
	if err == unix.EPIPE && pending&broken == 0 {
		var none unix.Timespec
		unix.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&broken)), 0, uintptr(unsafe.Pointer(&none)), 8, 0, 0)
	}
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&before)), 0, 8, 0, 0)
	return n, err
}

// Unheard tells whether nobody reads from a pipe any more, by its writing end.
func Unheard(fd int) bool {
	set := [1]unix.PollFd{{Fd: int32(fd)}}
	var none unix.Timespec
	n, err := unix.Ppoll(set[:], &none, nil)
	return err == nil && n == 1 && set[0].Revents&unix.POLLERR != 0
}
