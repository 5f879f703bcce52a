package calls

import (
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// FormatReturn appends what a call returned: "= 3", "= -1 EACCES (Permission denied)", "= 0x7f1200000000".
func FormatReturn(dst []byte, arch uint32, nr, ret int64) []byte {
	dst = append(dst, "= "...)
	if errno, failed := errnoOf(ret); failed {
		dst = append(dst, "-1 "...)
		return appendErrno(dst, errno)
	}
	if e := lookup(arch, nr); e != nil {
		switch e.returns {
		case ptr:
			return appendHex(dst, uint64(ret))
		case mode:
			return strconv.AppendUint(append(dst, '0'), uint64(ret), 8)
		}
	}
	return strconv.AppendInt(dst, ret, 10)
}

const lastErrno = 4095

// errnoOf is the error that a call returned, if it did.
func errnoOf(ret int64) (syscall.Errno, bool) {
	if ret < 0 && ret >= -lastErrno {
		return syscall.Errno(-ret), true
	}
	return 0, false
}

// restarts are errors that only a tracer sees: the kernel makes the call again, or EINTR of it.
var restarts = [...]value{
	{512, "ERESTARTSYS"}, {513, "ERESTARTNOINTR"}, {514, "ERESTARTNOHAND"}, {516, "ERESTART_RESTARTBLOCK"},
}

func errnoName(errno syscall.Errno) string {
	for _, r := range restarts {
		if r.value == int64(errno) {
			return r.name
		}
	}
	return unix.ErrnoName(errno)
}

func appendErrno(dst []byte, errno syscall.Errno) []byte {
	name := errnoName(errno)
	if name == "" {
		return strconv.AppendInt(append(dst, "errno "...), int64(errno), 10)
	}
	dst = append(dst, name...)
	if errno >= 512 {
		return append(dst, " (interrupted)"...)
	}
	dst = append(dst, " ("...)
	start := len(dst)
	dst = append(dst, errno.Error()...)
	if c := dst[start]; c >= 'a' && c <= 'z' {
		dst[start] = c - 'a' + 'A'
	}
	return append(dst, ')')
}
