package sys

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// PathIn copies a path out of the memory of a task, once, as the kernel does for itself: EFAULT when it runs into memory that
// is not there, ENAMETOOLONG without a NUL in PATH_MAX bytes. The result lies in the buffer, of PATH_MAX bytes.
func PathIn(tid int32, address uint64, buffer []byte) ([]byte, unix.Errno) {
	buffer = buffer[:unix.PathMax]
	page := uint64(pageSize)
	for have := 0; have < len(buffer); {
		n := int(min(page-address%page, uint64(len(buffer)-have)))
		if have == 0 && n > 256 {
			n = 256 // most paths are short
		}
		if errno := ReadWhole(tid, address, buffer[have:have+n]); errno != 0 {
			return nil, errno
		}
		if end := bytes.IndexByte(buffer[have:have+n], 0); end >= 0 {
			return buffer[:have+end], 0
		}
		have += n
		address += uint64(n)
	}
	return nil, unix.ENAMETOOLONG
}

// ReadWhole fills b from the memory of a task; EFAULT when it is not all there.
func ReadWhole(tid int32, address uint64, b []byte) unix.Errno {
	n, err := CopyIn(tid, address, b)
	return whole(n, err, b)
}

// WriteWhole writes b into the memory of a task; EFAULT when it cannot be written as a whole.
func WriteWhole(tid int32, address uint64, b []byte) unix.Errno {
	n, err := CopyOut(tid, address, b)
	return whole(n, err, b)
}

func whole(n int, err error, b []byte) unix.Errno {
	if errno, ok := err.(unix.Errno); ok {
		return errno
	}
	if n != len(b) {
		return unix.EFAULT
	}
	return 0
}
