package sys

import (
	"bytes"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestLiveReadString(t *testing.T) {
	block, err := unix.Mmap(-1, 0, 3*pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(block)
	if err := unix.Mprotect(block[2*pageSize:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	for i := range block[:2*pageSize] {
		block[i] = 'a'
	}
	base := uint64(uintptr(unsafe.Pointer(&block[0])))
	page := uint64(pageSize)
	copy(block[pageSize-3:], "hello\x00")
	as := func(n int) []byte { return bytes.Repeat([]byte("a"), n) }
	for name, test := range map[string]struct {
		address uint64
		room    int
		want    []byte
		errno   unix.Errno
	}{
		"over a page's end":     {base + page - 3, 100, []byte("hello"), 0},
		"as long as the buffer": {base + page - 3, 5, []byte("hello"), unix.ENAMETOOLONG},
		"with its NUL":          {base + page - 3, 6, []byte("hello"), 0},
		"longer":                {base + page - 3, 4, []byte("hell"), unix.ENAMETOOLONG},
		"no room":               {base, 0, nil, unix.ENAMETOOLONG},
		"up to a missing page":  {base + 2*page - 10, 100, as(10), unix.EFAULT},
		"a missing page":        {base + 2*page, 100, nil, unix.EFAULT},
		"null":                  {0, 100, nil, unix.EFAULT},
		"the last address":      {1<<64 - 1, 100, nil, unix.EFAULT},
		"kernel":                {1 << 63, 100, nil, unix.EFAULT},
		"many pages":            {base + page + 3, 2 * pageSize, as(pageSize - 3), unix.EFAULT},
		"a whole page":          {base + page + 3, pageSize - 3, as(pageSize - 3), unix.ENAMETOOLONG},
	} {
		got, errno := ReadString(Self(), test.address, make([]byte, test.room))
		if !bytes.Equal(got, test.want) || errno != test.errno {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, errno, test.want, test.errno)
		}
	}
	buffer := make([]byte, unix.PathMax)
	for name, address := range map[string]uint64{"hello": base + page - 3, "no string": base + 2*page - 10, "nothing": base + 2*page} {
		if n := testing.AllocsPerRun(100, func() { ReadString(Self(), address, buffer) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if _, errno := ReadString(1<<30, base, buffer); errno != unix.ESRCH {
		t.Errorf("of no task: %v", errno)
	}
}
