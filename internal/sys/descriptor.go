package sys

import (
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// DescriptorPath is a path that leads to what the calling process has open as fd. It works on the calling thread.
func DescriptorPath(fd int) string { return "/proc/thread-self/fd/" + strconv.Itoa(fd) }

// DescriptorName is the name that the kernel gives to what a descriptor of the calling thread stands for. ENAMETOOLONG: it has
// one, but it does not fit into the buffer.
func DescriptorName(fd int, buffer []byte) ([]byte, error) {
	var path [48]byte
	p := append(path[:0], "/proc/thread-self/fd/"...)
	p = append(appendInt(p, int32(fd)), 0)
	const atFDCWD = ^uintptr(99)
	n, _, errno := unix.Syscall6(unix.SYS_READLINKAT, atFDCWD, uintptr(unsafe.Pointer(&p[0])),
		uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0)
	if errno != 0 {
		return nil, errno
	}
	if int(n) == len(buffer) {
		return nil, unix.ENAMETOOLONG
	}
	return buffer[:n], nil
}

// OpenOf opens a file of a task's directory in /proc, such as "/cwd" or "/fd/3", with O_PATH, following it.
func OpenOf(tid int32, name string) (int, error) {
	return unix.Open("/proc/"+strconv.Itoa(int(tid))+name, unix.O_PATH|unix.O_CLOEXEC, 0)
}
