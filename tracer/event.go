package tracer

import (
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Event is a system call of the program that waits for a decision. It is good until the decision is given, on the thread that
// was asked. Whatever it reads is the program's, which can change it at any time from another thread.
type Event struct {
	Phase    uint32
	Arch     uint32
	PID, TID int32
	Nr       int64
	Return   int64 // in PhaseExit
	Args     [6]uint64
	IP       uint64

	run     *Run
	id      uint64 // of the notification; 0 in PhaseExit
	value   int64
	fd      int
	bits    uint32
	changed bool // Args
}

// The phases; the numbers are those of GOSANDBOX_PHASE_ in sandbox.h.
const (
	PhaseEntry uint32 = 1 // before the call
	PhaseExit  uint32 = 2 // after it
)

// Read copies memory of the program: as much as there is of len(buffer) bytes.
func (e *Event) Read(address uint64, buffer []byte) (int, error) {
	n, err := sys.CopyIn(e.TID, address, buffer)
	if !e.Waits() {
		return 0, unix.ESRCH // what was read may be another's, by the same number
	}
	return n, err
}

// ReadString copies a string that a NUL ends, without it. ENAMETOOLONG: none does within len(buffer) bytes; EFAULT: nor before
// memory that is not there.
func (e *Event) ReadString(address uint64, buffer []byte) (int, error) {
	text, errno := sys.ReadString(e.TID, address, buffer)
	if !e.Waits() {
		errno = unix.ESRCH
	}
	if errno != 0 {
		return 0, errno
	}
	return len(text), nil
}

// ReadPath gives the absolute form of a path argument: a relative one is put behind the directory that argument dirfd stands for, or
// behind the working directory when dirfd is negative. Symbolic links and ".." are not resolved. What is opened by the
// program afterwards may be something else: decide with path rules, or open the file for it.
func (e *Event) ReadPath(dirfd, path int, buffer []byte) (int, error) {
	if dirfd > 5 || path < 0 || path > 5 {
		return 0, unix.EINVAL
	}
	var room [unix.PathMax]byte
	n, err := e.ReadString(e.Args[path], room[:])
	if err != nil {
		return 0, err
	}
	if n > 0 && room[0] == '/' {
		return e.fits(copy(buffer, room[:n]), n)
	}
	var name [64]byte
	link := strconv.AppendInt(append(name[:0], "/proc/"...), int64(e.TID), 10)
	if fd := int32(0); dirfd < 0 {
		link = append(link, "/cwd"...)
	} else if fd = int32(e.Args[dirfd]); fd == unix.AT_FDCWD {
		link = append(link, "/cwd"...)
	} else if fd < 0 {
		return 0, unix.EBADF
	} else {
		link = strconv.AppendInt(append(link, "/fd/"...), int64(fd), 10)
	}
	base, err := sys.ReadLink(append(link, 0), buffer)
	if err != nil {
		if err == unix.ENOENT {
			err = unix.EBADF
		}
		return 0, err
	}
	if !e.Waits() {
		return 0, unix.ESRCH
	}
	if n == 0 {
		return e.fits(base, base)
	}
	if base < len(buffer) && (base == 0 || buffer[base-1] != '/') {
		buffer[base] = '/'
		base++
	}
	return e.fits(base+copy(buffer[base:], room[:n]), base+n)
}

func (e *Event) fits(got, wanted int) (int, error) {
	if got < wanted {
		return 0, unix.ENAMETOOLONG
	}
	return got, nil
}

// Write copies into memory of the program; fewer bytes where memory ends.
func (e *Event) Write(address uint64, content []byte) (int, error) {
	if !e.Waits() {
		return 0, unix.ESRCH
	}
	return sys.CopyOut(e.TID, address, content)
}

// SetReturn sets the value for DecideReturn.
func (e *Event) SetReturn(value int64) { e.value = value }

// SetFD sets the open descriptor of the host for DecideOpened, and the flags (O_CLOEXEC or 0) of the program's own.
func (e *Event) SetFD(fd int, bits uint32) { e.fd, e.bits = fd, bits }

// SetArg changes an argument of a call that will then be executed.
func (e *Event) SetArg(i int, value uint64) {
	e.Args[i] = value
	e.changed = true
}

// Waits tells whether the thread still waits for the decision.
func (e *Event) Waits() bool {
	return e.id == 0 || sys.NotificationValid(e.run.notify.listener, e.id)
}
