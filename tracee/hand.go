package tracee

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// planHand is a message that carries a descriptor, ready but for its number.
type planHand struct {
	socket  int // in the child
	message unix.Msghdr
	part    unix.Iovec
	text    [8]byte
	control struct {
		unix.Cmsghdr
		fd int32
		_  int32
	}
}

func newPlanHand(socket int) *planHand {
	h := &planHand{socket: socket}
	h.part.Base = &h.text[0]
	h.part.SetLen(1)
	h.control.Level, h.control.Type = unix.SOL_SOCKET, unix.SCM_RIGHTS
	h.control.SetLen(unix.CmsgLen(int(unsafe.Sizeof(h.control.fd))))
	h.message.Iov = &h.part
	h.message.SetIovlen(1)
	h.message.Control = (*byte)(unsafe.Pointer(&h.control))
	h.message.SetControllen(int(unsafe.Sizeof(h.control)))
	return h
}
