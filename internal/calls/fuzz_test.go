package calls

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"testing"
	"unicode/utf8"

	"gosandbox/internal/seccomp"
)

// checkPrintable fails for anything that a terminal could take for more than a character.
func checkPrintable(t *testing.T, text []byte) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	for _, r := range string(text) {
		if !strconv.IsPrint(r) {
			t.Errorf("%U in %q", r, text)
		}
	}
}

// FuzzFormat writes any call with any memory and any path. Every argument may point into the memory.
func FuzzFormat(f *testing.F) {
	seed := func(arch uint32, nr, ret int64, memory []byte, path string, args ...uint64) {
		var all [48]byte
		for i, a := range args {
			binary.LittleEndian.PutUint64(all[8*i:], a)
		}
		f.Add(arch, nr, ret, all[:], memory, path, uint8(0), uint16(32))
	}
	m := &fake{}
	text, odd := m.text("/etc/passwd"), m.text("\x1b]0;title\x07\xe2\x80\xae\"\\\xc3")
	self := m.words(base, base, base+8, 3, base, 9, base)
	for name, args := range map[string][]uint64{
		"openat": {cwd, text, 0x41}, "openat2": {cwd, odd, self, 24}, "execve": {text, self, self}, "writev": {1, self, 3},
		"sendmsg": {1, self, 0}, "connect": {3, self, 128}, "write": {1, odd, 30}, "rt_sigaction": {9, self, self, 8},
		"readv": {0, self, 3}, "recvmsg": {1, self, 0}, "recvfrom": {1, self, 99, 0, self, self}, "getsockopt": {1, 1, 2, self, self},
		"ppoll": {self, 1 << 30, self, self, 8}, "clone3": {self, 88}, "epoll_ctl": {1, 1, 2, self}, "fcntl": {1, 6, self},
		"utimensat": {cwd, text, self}, "prctl": {15, odd}, "wait4": {1, self}, "statx": {cwd, text, 0, 0xfff, self},
	} {
		if nr, ok := seccomp.Number(seccomp.Native(), name); ok {
			seed(native, int64(nr), 7, m.bytes, "", args...)
			seed(native, int64(nr), -2, m.bytes, "\x9b1m/\"\xff", args...)
		}
	}
	seed(uint32(seccomp.I386), 5, 0, nil, "x", 1<<63)
	seed(uint32(seccomp.AMD64), seccomp.X32Bit|520, 0, nil, "")
	seed(0xffffffff, -1<<63, -1<<63, nil, "")
	f.Fuzz(func(t *testing.T, arch uint32, nr, ret int64, args, memory []byte, path string, page uint8, limit uint16) {
		c := Call{Arch: arch, Nr: nr, Ret: ret, Path: path, Max: int(limit % 1024), Memory: &fake{memory, int(page)}, PID: int32(nr)}
		for i := range c.Args {
			if len(args) >= 8*i+8 {
				c.Args[i] = binary.LittleEndian.Uint64(args[8*i:])
			}
		}
		most := c.Max
		if most == 0 {
			most = DefaultMax
		}
		bound := 4*(4*most+128) + 8192 // a character for each bit of every mask, and the words between
		for _, returned := range []bool{false, true} {
			c.Returned = returned
			line := c.AppendLine(nil)
			checkPrintable(t, line)
			if len(line) > bound {
				t.Errorf("%d bytes: %s", len(line), line)
			}
			if room := c.AppendLine(make([]byte, 0, 1<<17)); !bytes.Equal(room, line) {
				t.Errorf("with room for it %s, without %s", room, line)
			}
			object := c.AppendJSON([]byte("x"))[1:]
			checkPrintable(t, object)
			if !json.Valid(object) || len(object) > 2*bound+4*4096+1024 {
				t.Errorf("%d bytes: %s", len(object), object)
			}
			sentence := c.AppendSentence(nil)
			checkPrintable(t, sentence)
			if len(sentence) > bound {
				t.Errorf("%d bytes: %s", len(sentence), sentence)
			}
		}
	})
}
