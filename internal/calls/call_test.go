package calls

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

func TestSimSentence(t *testing.T) {
	openat := Call{Arch: native, Nr: unix.SYS_OPENAT, Args: [6]uint64{cwd, 0x7000, unix.O_RDONLY}}
	with := func(path string, max int) Call {
		c := openat
		c.Path, c.Max = path, max
		return c
	}
	rename := Call{Arch: native, Nr: unix.SYS_RENAMEAT, Args: [6]uint64{3, 8, 4, 16}, Path: "from"}
	for _, test := range []struct {
		call Call
		want string
	}{
		{with("/etc/passwd", 0), `killed: openat(AT_FDCWD, "/etc/passwd", O_RDONLY) is not allowed`},
		{with("", 0), `killed: openat(AT_FDCWD, 0x7000, O_RDONLY) is not allowed`},
		{with("\x1b[2J\xff\"", 0), `killed: openat(AT_FDCWD, "\x1b[2J\xff\"", O_RDONLY) is not allowed`},
		{with(strings.Repeat("é", 4), 3), `killed: openat(AT_FDCWD, "é"..., O_RDONLY) is not allowed`},
		{rename, `killed: renameat(3, "from", 4, 0x10) is not allowed`},
		{Call{Arch: native, Nr: 999, Args: [6]uint64{1}}, `killed: syscall 999 is not allowed`},
		{Call{Arch: native, Nr: -1}, `killed: syscall -1 is not allowed`},
		{Call{Arch: uint32(seccomp.I386), Nr: 295, Args: [6]uint64{cwd, 0xffff0000, 0, 0}, Path: "x"}, `killed: i386 openat(0xffffff9c, 0xffff0000, 0, 0) is not allowed`},
		{Call{Arch: uint32(seccomp.I386), Nr: 102, Args: [6]uint64{1, 2}}, `killed: i386 socketcall(0x1, 0x2) is not allowed`},
		{Call{Arch: uint32(seccomp.I386), Nr: 22, Args: [6]uint64{1 << 63}}, `killed: i386 umount(0) is not allowed`},
		{Call{Arch: uint32(seccomp.I386), Nr: 90, Args: [6]uint64{5, 6}}, `killed: i386 mmap(0x5) is not allowed`},
		{Call{Arch: uint32(seccomp.I386), Nr: 9999}, `killed: i386 syscall 9999 is not allowed`},
		{Call{Arch: uint32(seccomp.AMD64), Nr: seccomp.X32Bit | 2}, `killed: x32 open(0, 0, 0) is not allowed`},
		{Call{Arch: uint32(seccomp.AMD64), Nr: seccomp.X32Bit | 520}, `killed: x32 syscall 520 is not allowed`},
		{Call{Arch: 0x28, Nr: 1}, `killed: architecture 0x28 syscall 1 is not allowed`},
	} {
		if got := string(test.call.AppendSentence(nil)); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestSimJSON(t *testing.T) {
	m := &fake{}
	c := Call{
		Arch: native, Nr: unix.SYS_OPENAT, Args: [6]uint64{cwd, m.text("a\"\\\x1b"), unix.O_CREAT | unix.O_WRONLY, 0o600}, Memory: m,
		PID: 7, TID: 8, Path: "a\"\\\x1b", Returned: true, Ret: -int64(unix.EACCES),
	}
	type arg struct{ Value, Text string }
	type object struct {
		PID, TID   int
		Name       *string
		Nr         int64
		Arch, Path string
		Args       []arg
		Ret        *int64
		Errno      string
	}
	parse := func(c Call) (o object) {
		line := c.AppendJSON(nil)
		if strings.Contains(string(line), "\n") {
			t.Errorf("more than a line: %s", line)
		}
		if err := json.Unmarshal(line, &o); err != nil {
			t.Errorf("%v in %s", err, line)
		}
		return o
	}
	o := parse(c)
	want := []arg{{"0xffffff9c", "AT_FDCWD"}, {"0x10000", `"a\"\\\x1b"`}, {"0x41", "O_WRONLY|O_CREAT"}, {"0x180", "0600"}}
	if o.PID != 7 || o.TID != 8 || *o.Name != "openat" || o.Nr != unix.SYS_OPENAT || !reflect.DeepEqual(o.Args, want) ||
		o.Path != `a\"\\\x1b` || *o.Ret != -1 || o.Errno != "EACCES" || o.Arch == "" {
		t.Errorf("%+v", o)
	}
	c.Returned, c.Path = false, ""
	if o := parse(c); o.Ret != nil || o.Errno != "" || o.Path != "" {
		t.Errorf("%+v", o)
	}
	c = Call{Arch: 7, Nr: -5, Args: [6]uint64{^uint64(0)}, Returned: true, Ret: 1 << 62}
	if o := parse(c); o.Name != nil || o.Nr != -5 || o.Arch != "architecture 0x7" || len(o.Args) != 6 || *o.Ret != 1<<62 ||
		o.Args[0].Value != "0xffffffffffffffff" {
		t.Errorf("%+v", o)
	}
}

// Memory comes in pieces where it crosses pages, and may end at any of them.
func TestSimPages(t *testing.T) {
	for page := 1; page < 20; page++ {
		m := &fake{page: page}
		passwd := m.text("/etc/passwd")
		args := [6]uint64{cwd, passwd}
		if got := string(Format(nil, native, unix.SYS_OPENAT, &args, m)); got != `openat(AT_FDCWD, "/etc/passwd", O_RDONLY)` {
			t.Errorf("pages of %d bytes: %s", page, got)
		}
		m.bytes = m.bytes[:11]
		if got := string(Format(nil, native, unix.SYS_OPENAT, &args, m)); got != `openat(AT_FDCWD, 0x10000, O_RDONLY)` {
			t.Errorf("pages of %d bytes, no NUL: %s", page, got)
		}
	}
}

// liar returns counts that no read has.
type liar int

func (l liar) Read(uint64, []byte) int { return int(l) }

func TestSimMemoryThatLies(t *testing.T) {
	for _, l := range []liar{-1, 1 << 40, 0} {
		args := [6]uint64{cwd, 16}
		if got := string(Format(nil, native, unix.SYS_OPENAT, &args, l)); got != `openat(AT_FDCWD, 0x10, O_RDONLY)` {
			t.Errorf("%d: %s", l, got)
		}
	}
}

func TestSimNoAllocations(t *testing.T) {
	m := &fake{}
	text := m.text(strings.Repeat("/long\xff\"", 60))
	iov := m.words(text, 300, text, 300)
	address := m.put(append([]byte{1, 0}, "/run/x\x00"...)...)
	mask := m.words(0x12345)
	room := make([]byte, 0, 64<<10)
	for _, c := range []Call{
		{Nr: unix.SYS_OPENAT, Args: [6]uint64{cwd, text, 0x40, 0o644}},
		{Nr: unix.SYS_WRITEV, Args: [6]uint64{1, iov, 2}},
		{Nr: unix.SYS_CONNECT, Args: [6]uint64{3, address, 9}},
		{Nr: unix.SYS_RT_SIGPROCMASK, Args: [6]uint64{0, mask, 0, 8}},
		{Nr: unix.SYS_READ, Args: [6]uint64{0, text, 100}, Returned: true, Ret: -int64(unix.EINTR)},
		{Nr: unix.SYS_KILL, Args: [6]uint64{1, 9}, Path: "unused"},
		{Nr: 999},
	} {
		c.Arch, c.Memory = native, m
		for name, write := range map[string]func([]byte) []byte{
			"line": c.AppendLine, "JSON": c.AppendJSON, "sentence": c.AppendSentence,
			"format": func(b []byte) []byte { return Format(b, c.Arch, c.Nr, &c.Args, m) },
		} {
			if n := testing.AllocsPerRun(50, func() { write(room) }); n != 0 {
				t.Errorf("%s of %s: %v allocations", name, c.Append(nil), n)
			}
		}
	}
}

// Vectors are bounded in number and in what they show in all.
func TestSimBounds(t *testing.T) {
	m := &fake{}
	text := m.text(strings.Repeat("y", 400))
	words := make([]uint64, 100)
	for i := range words {
		words[i] = text
	}
	argv := m.words(words...)
	nr := number(t, "execve")
	got := string(Format(nil, native, nr, &[6]uint64{text, argv}, m))
	if n := strings.Count(got, "y"); n != 4*DefaultMax || !strings.HasSuffix(got, `, ...], NULL)`) {
		t.Errorf("%d bytes shown: %s", n, got)
	}
	one := m.text("z")
	for i := range words {
		words[i] = one
	}
	got = string(Format(nil, native, nr, &[6]uint64{text, m.words(words...)}, m))
	if n := strings.Count(got, "z"); n != shown || !strings.HasSuffix(got, `"z", ...], NULL)`) {
		t.Errorf("%d strings shown: %s", n, got)
	}
}

func BenchmarkFormat(b *testing.B) {
	m := &fake{}
	args := [6]uint64{cwd, m.text("/usr/lib/x86_64-linux-gnu/libc.so.6"), unix.O_RDONLY | unix.O_CLOEXEC}
	room := make([]byte, 0, 8192)
	b.ReportAllocs()
	for b.Loop() {
		Format(room, native, unix.SYS_OPENAT, &args, m)
	}
}
