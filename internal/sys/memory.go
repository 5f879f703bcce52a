package sys

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Memory is what /proc/PID/status tells of an address space, in bytes.
type Memory struct {
	Peak      uint64 // VmHWM: most resident memory ever, file pages included
	Anonymous uint64 // RssAnon now
	File      uint64 // RssFile now
	Shared    uint64 // RssShmem now
	Data      uint64 // VmData: private writable memory, what RLIMIT_DATA limits
}

// Used is the memory that is the program's own: not the page cache's.
func (m Memory) Used() uint64 { return m.Anonymous + m.Shared }

// ReadMemory reads /proc/PID/status. A program cannot forge a line of it: the kernel escapes newlines in its name.
func ReadMemory(pid int32) (m Memory, err error) {
	var page [4096]byte
	text, err := readProc(pid, "/status", page[:])
	if err != nil {
		return m, err
	}
	found := 0
	for len(text) > 0 && found < 5 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		var field *uint64
		switch {
		case bytes.HasPrefix(line, vmHWM):
			field = &m.Peak
		case bytes.HasPrefix(line, rssAnon):
			field = &m.Anonymous
		case bytes.HasPrefix(line, rssFile):
			field = &m.File
		case bytes.HasPrefix(line, rssShmem):
			field = &m.Shared
		case bytes.HasPrefix(line, vmData):
			field = &m.Data
		default:
			continue
		}
		*field = kibibytes(line)
		found++
	}
	if found < 5 {
		return m, unix.ENODATA // a zombie has no address space any more
	}
	return m, nil
}

var (
	vmHWM    = []byte("VmHWM:")
	vmData   = []byte("VmData:")
	rssAnon  = []byte("RssAnon:")
	rssFile  = []byte("RssFile:")
	rssShmem = []byte("RssShmem:")
)

// Resident reads /proc/PID/statm: all resident bytes, file pages included. A few times cheaper than ReadMemory.
func Resident(pid int32) (uint64, error) {
	var page [128]byte
	text, err := readProc(pid, "/statm", page[:])
	if err != nil {
		return 0, err
	}
	i := bytes.IndexByte(text, ' ')
	return number(text[i+1:]) * uint64(pageSize), nil
}

var pageSize = unix.Getpagesize()

func kibibytes(line []byte) uint64 { return number(line[bytes.IndexByte(line, ':')+1:]) * 1024 }

// number reads the first decimal number of text.
func number(text []byte) (n uint64) {
	seen := false
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			n, seen = n*10+uint64(c-'0'), true
		case seen:
			return n
		}
	}
	return n
}

// readProc reads /proc/PID/name into buffer without the os package and without allocating.
func readProc(pid int32, name string, buffer []byte) ([]byte, error) {
	var path [32]byte
	p := append(path[:0], "/proc/"...)
	p = appendInt(p, pid)
	p = append(p, name...)
	p = append(p, 0)
	const atFDCWD = ^uintptr(99)
	fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, atFDCWD, uintptr(unsafe.Pointer(&p[0])), unix.O_RDONLY|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return nil, errno
	}
	n, _, errno := unix.Syscall6(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0, 0)
	unix.RawSyscall6(unix.SYS_CLOSE, fd, 0, 0, 0, 0, 0)
	if errno != 0 {
		return nil, errno
	}
	return buffer[:n], nil
}

func appendInt(b []byte, n int32) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}
