package tracee

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// handInChild sends the listener. The filter is there already, and knows this call by its sixth argument.
//
//go:nosplit
//go:norace
func (p *plan) handInChild() syscall.Errno {
	p.hand.control.fd = p.report.listener
	_, _, errno := syscall.RawSyscall6(unix.SYS_SENDMSG, uintptr(p.hand.socket), uintptr(unsafe.Pointer(&p.hand.message)),
		unix.MSG_NOSIGNAL, 0, 0, p.cookie)
	return errno
}
