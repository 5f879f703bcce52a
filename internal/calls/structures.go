package calls

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// isOut says that the kernel writes what is behind the address.
func (k kind) isOut() bool {
	switch k {
	case bufferOut, intOut, pairOut, optionOut, statusOut, socketOut, messageOut, vectorOut, timeOut, valOut, timerOut, itimerOut,
		maskOut, actionOut, limitOut, statOut, statxOut, epollOut:
		return true
	}
	return false
}

// structure appends a structure of a fixed size.
func (w *writer) structure(k kind, address uint64) bool {
	switch k {
	case timeIn, timeOut:
		return w.times(address, "{tv_sec=", "tv_nsec=", 1)
	case valIn, valOut:
		return w.times(address, "{tv_sec=", "tv_usec=", 1)
	case timesIn:
		return w.times(address, "{tv_sec=", "tv_nsec=", 2)
	case valsIn:
		return w.times(address, "{tv_sec=", "tv_usec=", 2)
	case timerIn, timerOut:
		return w.timer(address, "tv_nsec=")
	case itimerIn, itimerOut:
		return w.timer(address, "tv_usec=")
	case maskIn, maskOut:
		return w.mask(address)
	case actionIn, actionOut:
		return w.action(address)
	case statusOut:
		return w.status(address)
	case limitIn, limitOut:
		return w.limits(address)
	case statOut:
		return w.stat(address)
	case statxOut:
		return w.statx(address)
	case pollIn:
		return w.polled(address)
	case epollIn:
		return w.epoll(address)
	case lockIn:
		return w.lock(address)
	case howIn:
		return w.how(address)
	case cloneIn:
		return w.clone(address)
	}
	return false
}

// numbers appends an array of signed numbers of so many bytes each.
func (w *writer) numbers(address uint64, bytes, n int) bool {
	raw := w.read(address, bytes*n)
	if len(raw) != bytes*n {
		return false
	}
	w.text("[")
	for i := range n {
		if i > 0 {
			w.text(", ")
		}
		if bytes == 4 {
			w.int(int64(int32(binary.LittleEndian.Uint32(raw[4*i:]))))
		} else {
			w.int(int64(binary.LittleEndian.Uint64(raw[8*i:])))
		}
	}
	w.text("]")
	return true
}

// option appends the value of a socket's option: four bytes are nearly always a number.
func (w *writer) option(address, n uint64) bool {
	if uint32(n) == 4 {
		return w.numbers(address, 4, 1)
	}
	return w.buffer(address, uint64(uint32(n)))
}

func (w *writer) limits(address uint64) bool {
	var limit [2]uint64
	if !w.words(address, limit[:]) {
		return false
	}
	for i, name := range [...]string{"{rlim_cur=", ", rlim_max="} {
		w.text(name)
		if limit[i] == unix.RLIM_INFINITY {
			w.text("RLIM_INFINITY")
		} else {
			w.uint(limit[i])
		}
	}
	w.text("}")
	return true
}

// nodeMode is a mode with the type of the file.
func (w *writer) nodeMode(v uint32) {
	for _, t := range fileTypes {
		if v&unix.S_IFMT == uint32(t.value) {
			w.text(t.name)
			w.text("|")
			v &^= unix.S_IFMT
			break
		}
	}
	w.octal(uint64(v))
}

var fileTypes = [...]value{
	{unix.S_IFREG, "S_IFREG"}, {unix.S_IFDIR, "S_IFDIR"}, {unix.S_IFCHR, "S_IFCHR"}, {unix.S_IFBLK, "S_IFBLK"},
	{unix.S_IFIFO, "S_IFIFO"}, {unix.S_IFLNK, "S_IFLNK"}, {unix.S_IFSOCK, "S_IFSOCK"},
}

func (w *writer) device(v uint64) {
	w.text("makedev(")
	w.hex(uint64(unix.Major(v)))
	w.text(", ")
	w.hex(uint64(unix.Minor(v)))
	w.text(")")
}

func (w *writer) stat(address uint64) bool {
	var s unix.Stat_t
	raw := w.read(address, int(unsafe.Sizeof(s)))
	if len(raw) != int(unsafe.Sizeof(s)) {
		return false
	}
	node := binary.LittleEndian.Uint32(raw[unsafe.Offsetof(s.Mode):])
	length := binary.LittleEndian.Uint64(raw[unsafe.Offsetof(s.Size):])
	w.node(node, int64(length), "{st_mode=", ", st_size=")
	return true
}

func (w *writer) statx(address uint64) bool {
	var s unix.Statx_t
	raw := w.read(address, int(unsafe.Sizeof(s)))
	if len(raw) != int(unsafe.Sizeof(s)) {
		return false
	}
	node := uint32(binary.LittleEndian.Uint16(raw[unsafe.Offsetof(s.Mode):]))
	length := binary.LittleEndian.Uint64(raw[unsafe.Offsetof(s.Size):])
	w.node(node, int64(length), "{stx_mode=", ", stx_size=")
	return true
}

func (w *writer) node(mode uint32, length int64, first, second string) {
	w.text(first)
	w.nodeMode(mode)
	w.text(second)
	w.int(length)
	w.text(", ...}")
}

// lock is struct flock.
func (w *writer) lock(address uint64) bool {
	var l unix.Flock_t
	raw := w.read(address, int(unsafe.Sizeof(l)))
	if len(raw) != int(unsafe.Sizeof(l)) {
		return false
	}
	start := binary.LittleEndian.Uint64(raw[unsafe.Offsetof(l.Start):])
	length := binary.LittleEndian.Uint64(raw[unsafe.Offsetof(l.Len):])
	from := binary.LittleEndian.Uint16(raw[unsafe.Offsetof(l.Whence):])
	w.text("{l_type=")
	w.set(leaseType, uint64(binary.LittleEndian.Uint16(raw)))
	w.text(", l_whence=")
	w.set(whence, uint64(from))
	w.text(", l_start=")
	w.int(int64(start))
	w.text(", l_len=")
	w.int(int64(length))
	w.text("}")
	return true
}

// how is struct open_how.
func (w *writer) how(address uint64) bool {
	var how [3]uint64
	if !w.words(address, how[:]) {
		return false
	}
	w.text("{flags=")
	w.set(openHowFlags, how[0])
	if how[1] != 0 {
		w.text(", mode=")
		w.octal(how[1])
	}
	w.text(", resolve=")
	w.set(resolveFlags, how[2])
	w.text("}")
	return true
}

// clone is struct clone_args, as far as all kernels have it.
func (w *writer) clone(address uint64) bool {
	var args [8]uint64 // flags pidfd child_tid parent_tid exit_signal stack stack_size tls
	if !w.words(address, args[:]) {
		return false
	}
	w.text("{flags=")
	w.set(clone3Flags, args[0])
	w.text(", exit_signal=")
	if args[4]>>31 == 0 {
		w.signal(int32(args[4]))
	} else {
		w.hex(args[4])
	}
	w.text(", stack=")
	w.address(args[5])
	w.text(", stack_size=")
	w.hex(args[6])
	w.text("}")
	return true
}

// cloneFlags are the flags of clone, whose low byte is the signal for the parent.
func (w *writer) cloneFlags(v uint32) {
	const signal = 0xff
	if v&^signal != 0 {
		w.set(cloneFlags, uint64(v&^signal))
		if v&signal == 0 {
			return
		}
		w.text("|")
	}
	w.signal(int32(v & signal))
}
