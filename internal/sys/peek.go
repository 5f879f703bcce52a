package sys

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// ReadString reads a NUL-terminated string of at most len(buffer) bytes from the memory of a task. Whatever lies there is
// hostile: the reading stops at the buffer's end, at a NUL, or at a page that is not there, and gives what it has.
func ReadString(tid int32, address uint64, buffer []byte) []byte {
	page := uint64(pageSize)
	have := buffer[:0]
	for len(have) < len(buffer) {
		n := min(page-address%page, uint64(len(buffer)-len(have)))
		local := []unix.Iovec{{Base: &buffer[len(have)], Len: n}}
		remote := []unix.RemoteIovec{{Base: uintptr(address), Len: int(n)}}
		got, err := unix.ProcessVMReadv(int(tid), local, remote, 0)
		if err != nil || got <= 0 {
			return have
		}
		chunk := buffer[len(have) : len(have)+got]
		if end := bytes.IndexByte(chunk, 0); end >= 0 {
			return buffer[:len(have)+end]
		}
		have = buffer[:len(have)+got]
		address += uint64(got)
	}
	return have
}
