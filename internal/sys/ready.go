package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Readable tells whether a descriptor can be read from at once; that of a process can when it has ended.
func Readable(fd int) bool {
	set := unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	var none unix.Timespec
	unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&set)), 1, uintptr(unsafe.Pointer(&none)), 0, 0, 0)
	return set.Revents != 0
}
