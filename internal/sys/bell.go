package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// NewBell makes an eventfd: readable, for good, once it was rung.
func NewBell() (int, error) { return unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK) }

// Ring makes a bell readable.
func Ring(fd int) {
	one := uint64(1)
	for {
		_, _, errno := unix.RawSyscall6(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&one)), 8, 0, 0, 0)
		if errno != unix.EINTR {
			return
		}
	}
}

// Silence makes a bell unreadable until it is rung again.
func Silence(fd int) {
	var n uint64
	for {
		_, _, errno := unix.RawSyscall6(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&n)), 8, 0, 0, 0)
		if errno != unix.EINTR {
			return
		}
	}
}
