package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Connect connects a socket to an address as it came from a program.
func Connect(fd int, address []byte) unix.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_CONNECT, uintptr(fd), uintptr(pointer(address)), uintptr(len(address)), 0, 0, 0)
	return errno
}

// Bind binds a socket to an address as it came from a program.
func Bind(fd int, address []byte) unix.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_BIND, uintptr(fd), uintptr(pointer(address)), uintptr(len(address)), 0, 0, 0)
	return errno
}

func pointer(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return unsafe.Pointer(&none)
	}
	return unsafe.Pointer(&b[0])
}

var none byte
