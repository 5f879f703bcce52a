package sys

import "golang.org/x/sys/unix"

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
