package sys

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Memory is what /proc/PID/status tells of an address space, in bytes.
type Memory struct {
	Size      uint64 // VmSize: address space mapped now
	Peak      uint64 // VmHWM: most resident memory ever, file pages included
	Anonymous uint64 // RssAnon now
	File      uint64 // RssFile now
	Shared    uint64 // RssShmem now
	Data      uint64 // VmData: private writable memory, what RLIMIT_DATA limits
	Tables    uint64 // VmPTE: page tables; reading a sparse mapping fills memory with nothing else
	Swap      uint64 // VmSwap
	Huge      uint64 // HugetlbPages, which count nowhere else; 0 on a kernel without them
}

// Used is the memory that is the program's own: not the page cache's.
func (m Memory) Used() uint64 { return m.Anonymous + m.Shared + m.Swap + m.Beside() }

// Beside is used memory that Peak does not contain.
func (m Memory) Beside() uint64 { return m.Tables + m.Huge }

// ReadMemory reads /proc/PID/status. A program cannot forge a line of it: the kernel escapes newlines in its name.
func ReadMemory(pid int32) (m Memory, err error) {
	var page [4096]byte
	text, err := readProc(pid, "/status", page[:])
	if err != nil {
		return m, err
	}
	var values [len(memoryFields)]uint64
	found := 0
	for len(text) > 0 && found < len(memoryFields) {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		if bytes.HasPrefix(line, memoryFields[found]) { // the kernel writes them in this order
			values[found] = kibibytes(line)
			found++
		}
	}
	if found < len(memoryFields)-1 {
		return m, unix.ENODATA // a zombie has no address space any more
	}
	return Memory{
		Size: values[0], Peak: values[1], Anonymous: values[2], File: values[3], Shared: values[4], Data: values[5],
		Tables: values[6], Swap: values[7], Huge: values[8],
	}, nil
}

var memoryFields = [...][]byte{
	[]byte("VmSize:"), []byte("VmHWM:"), []byte("RssAnon:"), []byte("RssFile:"), []byte("RssShmem:"), []byte("VmData:"),
	[]byte("VmPTE:"), []byte("VmSwap:"), []byte("HugetlbPages:"),
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

const (
	usualProc = 4096    // enough for such a file
	mostProc  = 1 << 20 // more than one holds
)

// readProc reads /proc/PID/name into buffer without the os package: its beginning, but all of it where the buffer has usualProc bytes.
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
	if errno == 0 && int(n) == len(buffer) && len(buffer) == usualProc {
		// There is more: a process can be in 65536 groups, which stand before most of its status.
		buffer = make([]byte, mostProc)
		n, _, errno = unix.Syscall6(unix.SYS_PREAD64, fd, uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0, 0)
	}
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
