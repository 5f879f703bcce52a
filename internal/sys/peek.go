package sys

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// ReadString copies a string out of the memory of a task up to the NUL that ends it, into buffer, and gives it without the NUL. Each
// byte is read once, and no page behind the one with the NUL. ENAMETOOLONG: there is none in as many bytes as buffer has; any other
// errno, EFAULT as a rule: nor before memory that cannot be read. Then the result is what there is.
func ReadString(tid int32, address uint64, buffer []byte) ([]byte, unix.Errno) {
	const short = 256 // most strings are
	page := uint64(pageSize)
	for have := 0; have < len(buffer); {
		n := int(min(page-address%page, uint64(len(buffer)-have)))
		if have == 0 {
			n = min(n, short)
		}
		got, err := CopyIn(tid, address, buffer[have:have+n])
		if err != nil {
			return buffer[:have], err.(unix.Errno)
		}
		if got == 0 {
			return buffer[:have], unix.EFAULT
		}
		if end := bytes.IndexByte(buffer[have:have+got], 0); end >= 0 {
			return buffer[:have+end], 0
		}
		have += got
		address += uint64(got)
	}
	return buffer, unix.ENAMETOOLONG
}
