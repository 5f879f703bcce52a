package sys

import (
	"testing"
	"unsafe"
)

func TestSimAccessible(t *testing.T) {
	for line, want := range map[string]Mapping{
		"7ffd0000-7ffe0000 rw-p 00000000 00:00 0          [stack]":   {0x7ffd0000, 0x7ffe0000, true},
		"7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ":           {0x7f0000000000, 0x7f0000001000, true},
		"55550000-55560000 r-xp 00000000 fe:00 17         /bin/a b":  {0x55550000, 0x55560000, false},
		"7f0000000000-7f0000001000 rw-s 00000000 00:01 5  /dev/zero": {0x7f0000000000, 0x7f0000001000, false},
		"7f0000000000-7f0000001000 ---p 00000000 00:00 0 ":           {},
		"": {}, "x-y rw-p 0 0 0": {}, "1-2": {},
	} {
		if got, ok := accessible([]byte(line)); got != want || ok != (want != Mapping{}) {
			t.Errorf("%q: %+v, %v", line, got, ok)
		}
	}
}

func TestLiveMappingAbove(t *testing.T) {
	value := new(int)
	at := uint64(uintptr(unsafe.Pointer(value)))
	if m := MappingAbove(Self(), at); m.Start > at || m.End <= at || !m.Stack {
		t.Errorf("%+v for an address in it, %#x", m, at)
	}
	if m := MappingAbove(Self(), 1<<63); m != (Mapping{}) && m.Start < 1<<63 {
		t.Errorf("%+v above everything", m)
	}
}
