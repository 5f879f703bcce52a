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
	}{
		"over a page's end":     {base + page - 3, 100, []byte("hello")},
		"as long as the buffer": {base + page - 3, 5, []byte("hello")},
		"longer":                {base + page - 3, 4, []byte("hell")},
		"no room":               {base, 0, nil},
		"up to a missing page":  {base + 2*page - 10, 100, as(10)},
		"a missing page":        {base + 2*page, 100, nil},
		"null":                  {0, 100, nil},
		"the last address":      {1<<64 - 1, 100, nil},
		"kernel":                {1 << 63, 100, nil},
		"many pages":            {base + page + 3, 2 * pageSize, as(pageSize - 3)},
	} {
		if got := ReadString(Self(), test.address, make([]byte, test.room)); !bytes.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
