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

// ReceiveFD takes the descriptor that has been sent to a socket.
func ReceiveFD(socket int) (int, error) {
	var text, control [64]byte
	_, n, _, _, err := unix.Recvmsg(socket, text[:1], control[:], unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	for err == unix.EINTR {
		_, n, _, _, err = unix.Recvmsg(socket, text[:1], control[:], unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	}
	if err != nil {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err == nil && len(messages) == 1 {
		var fds []int
		if fds, err = unix.ParseUnixRights(&messages[0]); err == nil && len(fds) == 1 {
			return fds[0], nil
		}
	}
	return -1, unix.EMFILE // what the kernel has no room for it leaves out
}

func pointer(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return unsafe.Pointer(&none)
	}
	return unsafe.Pointer(&b[0])
}

var none byte
