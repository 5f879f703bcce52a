package sys

import (
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// RoomKept tells whether there is room that is kept for Go's heap. In a host that is no Go program somebody keeps some (capi/room.c).
var RoomKept = func() bool { return true }

const (
	arena = 64 << 20 // by which the heap takes address space
	piece = 4 << 20  // by which it makes it writable
	large = 1 << 20  // bytes that the room that is kept is not for
)

var growing sync.Mutex

// Allocate lets make allocate so many bytes; false, and nothing is done, where the address space has no room for them. Go ends the process
// where its heap cannot grow, which is what a host near its RLIMIT_AS would get. One at a time, or several would count on the same room.
func Allocate(bytes uint64, make func()) bool {
	if bytes <= large && RoomKept() {
		make()
		return true
	}
	growing.Lock()
	defer growing.Unlock()
	if !room(bytes + piece) {
		return false
	}
	make()
	return true
}

// Append is append, as far as there is room; false: there is not.
func Append(to, more []byte) ([]byte, bool) {
	to, ok := Grow(to, len(more))
	if !ok {
		return to, false
	}
	return append(to, more...), true
}

// Grow makes sure that n bytes more can be appended; false: there is no room for them.
func Grow(to []byte, n int) (grown []byte, ok bool) {
	if cap(to)-len(to) >= n {
		return to, true
	}
	ok = Allocate(2*uint64(len(to)+n), func() { grown = slices.Grow(to, n) }) // it grows by doubling at the most
	if !ok {
		grown = to
	}
	return grown, ok
}

// room does what the heap would: it reserves, and makes a part in the middle writable, which makes three mappings of one.
func room(bytes uint64) bool {
	if bytes > 1<<46 {
		return false
	}
	whole := uintptr(bytes+arena) &^ (1<<16 - 1)
	at, _, errno := unix.RawSyscall6(unix.SYS_MMAP, 0, whole, unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uintptr(0), 0)
	if errno != 0 {
		return false
	}
	_, _, errno = unix.RawSyscall6(unix.SYS_MPROTECT, at+arena/2, whole-arena, unix.PROT_READ|unix.PROT_WRITE, 0, 0, 0)
	unix.RawSyscall6(unix.SYS_MUNMAP, at, whole, 0, 0, 0, 0)
	return errno == 0
}
