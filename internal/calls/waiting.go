package calls

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

const few = 4 // elements of an array whose every element is long

// polled appends an array of struct pollfd, whose length is the second argument of every call that takes one.
func (w *writer) polled(address uint64) bool {
	n := uint64(uint32(w.call.Args[1]))
	w.text("[")
	for i := range min(n, shown) {
		raw := w.read(address+8*i, 8)
		if len(raw) != 8 {
			return false
		}
		fd, events := int32(binary.LittleEndian.Uint32(raw)), binary.LittleEndian.Uint16(raw[4:])
		if i > 0 {
			w.text(", ")
		}
		w.text("{fd=")
		w.int(int64(fd))
		w.text(", events=")
		w.set(pollEvents, uint64(events))
		w.text("}")
	}
	if n > shown {
		w.text(", ...")
	}
	w.text("]")
	return true
}

// epoll appends struct epoll_event, which has no padding on x86_64.
func (w *writer) epoll(address uint64) bool {
	var e unix.EpollEvent
	raw := w.read(address, int(unsafe.Sizeof(e)))
	if len(raw) != int(unsafe.Sizeof(e)) {
		return false
	}
	events, data := binary.LittleEndian.Uint32(raw), binary.LittleEndian.Uint64(raw[unsafe.Offsetof(e.Fd):])
	w.text("{events=")
	w.set(epollEvents, uint64(events))
	w.text(", data=")
	w.hex(data)
	w.text("}")
	return true
}

// events appends the n of them that a wait has returned.
func (w *writer) events(address, n uint64) bool {
	w.text("[")
	for i := range min(n, shown) {
		if i > 0 {
			w.text(", ")
		}
		if !w.epoll(address + i*uint64(unsafe.Sizeof(unix.EpollEvent{}))) {
			return false
		}
	}
	if n > shown {
		w.text(", ...")
	}
	w.text("]")
	return true
}

// pieces appends an array of struct iovec with what is in them, of at most so many bytes in all.
func (w *writer) pieces(address, n, bytes uint64) bool {
	w.text("[")
	for i := range min(n, few) {
		var piece [2]uint64
		if !w.words(address+16*i, piece[:]) {
			return false
		}
		if i > 0 {
			w.text(", ")
		}
		w.text("{iov_base=")
		part := min(piece[1], bytes)
		if bytes != ^uint64(0) {
			bytes -= part
		}
		start := len(w.dst)
		if piece[0] == 0 || !w.buffer(piece[0], part) {
			w.dst = w.dst[:start]
			w.address(piece[0])
		}
		w.text(", iov_len=")
		w.uint(piece[1])
		w.text("}")
	}
	if n > few {
		w.text(", ...")
	}
	w.text("]")
	return true
}

// message is struct msghdr; of one that was received, the pieces hold no more than the call returned.
func (w *writer) message(address uint64, received bool) bool {
	var m [6]uint64 // name, its length, pieces, their number, control, its length
	if !w.words(address, m[:]) {
		return false
	}
	w.text("{msg_name=")
	start := len(w.dst)
	if m[0] == 0 || !w.socketAddress(m[0], uint64(uint32(m[1]))) {
		w.dst = w.dst[:start]
		w.address(m[0])
	}
	w.text(", msg_iov=")
	bytes := ^uint64(0)
	if received {
		bytes = uint64(w.call.Ret)
	}
	start = len(w.dst)
	if m[2] == 0 || !w.pieces(m[2], m[3], bytes) {
		w.dst = w.dst[:start]
		w.address(m[2])
	}
	w.text(", msg_controllen=")
	w.uint(m[5])
	w.text("}")
	return true
}
