package calls

import (
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestSimReturn(t *testing.T) {
	for _, test := range []struct {
		name string
		ret  int64
		want string
	}{
		{"openat", 3, "= 3"},
		{"openat", -int64(unix.EACCES), "= -1 EACCES (Permission denied)"},
		{"read", -int64(unix.EIO), "= -1 EIO (Input/output error)"},
		{"read", -512, "= -1 ERESTARTSYS (interrupted)"},
		{"read", -4095, "= -1 errno 4095"},
		{"lseek", -4096, "= -4096"},
		{"mmap", 0x7f1200000000, "= 0x7f1200000000"},
		{"mmap", -int64(unix.ENOMEM), "= -1 ENOMEM (Cannot allocate memory)"},
		{"brk", 0x5000, "= 0x5000"},
		{"umask", 0o22, "= 022"},
	} {
		if got := string(FormatReturn(nil, native, number(t, test.name), test.ret)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := string(FormatReturn(nil, 7, 9, 9)); got != "= 9" {
		t.Errorf("%q", got)
	}
}

// What the kernel writes is shown after the call, and only as much of it as there is.
func TestSimReturned(t *testing.T) {
	m := &fake{}
	text := m.put([]byte("hello, world")...)
	pair := m.put(3, 0, 0, 0, 4, 0, 0, 0)
	status := m.put(0, 3, 0, 0)
	killed := m.put(9, 0, 0, 0)
	second := m.words(1, 5)
	inet := m.put(2, 0, 0, 80, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	length := m.put(16, 0, 0, 0)
	pieces := m.words(text, 5, text, 99)
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLHUP, Fd: 5}
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&event)), unsafe.Sizeof(event))
	events := m.put(append(slices.Clone(raw), raw...)...)
	for _, test := range []struct {
		name string
		ret  int64
		args [6]uint64
		want string
	}{
		{"read", 5, [6]uint64{0, text, 100}, `read(0, "hello", 100) = 5`},
		{"read", 0, [6]uint64{0, text, 100}, `read(0, "", 100) = 0`},
		{"read", -9, [6]uint64{0, 8, 100}, `read(0, 0x8, 100) = -1 EBADF (Bad file descriptor)`},
		{"read", 1 << 40, [6]uint64{0, text, 3}, `read(0, "hel", 3) = 1099511627776`},
		{"readv", 7, [6]uint64{0, pieces, 2}, `readv(0, [{iov_base="hello", iov_len=5}, {iov_base="he", iov_len=99}], 2) = 7`},
		{"pipe2", 0, [6]uint64{pair, unix.O_CLOEXEC}, `pipe2([3, 4], O_CLOEXEC) = 0`},
		{"wait4", 12, [6]uint64{0xffffffff, status, 0, 0}, `wait4(-1, [exited 3], 0, NULL) = 12`},
		{"wait4", 12, [6]uint64{12, killed, unix.WNOHANG, 0}, `wait4(12, [killed SIGKILL], WNOHANG, NULL) = 12`},
		{"clock_gettime", 0, [6]uint64{unix.CLOCK_MONOTONIC, second}, `clock_gettime(CLOCK_MONOTONIC, {tv_sec=1, tv_nsec=5}) = 0`},
		{"accept4", 5, [6]uint64{3, inet, length, 0}, `accept4(3, {sa_family=AF_INET, sin_port=80, sin_addr=10.0.0.1}, 0x` + hexOf(length) + `, 0) = 5`},
		{"epoll_pwait", 2, [6]uint64{3, events, 9, 0xffffffff, 0, 8}, `epoll_pwait(3, [{events=EPOLLIN|EPOLLHUP, data=0x5}, {events=EPOLLIN|EPOLLHUP, data=0x5}], 9, -1, NULL, 8) = 2`},
		{"epoll_pwait", 0, [6]uint64{3, events, 9, 0, 0, 8}, `epoll_pwait(3, [], 9, 0, NULL, 8) = 0`},
		{"accept4", 5, [6]uint64{3, inet, 8, 0}, `accept4(3, 0x` + hexOf(inet) + `, 0x8, 0) = 5`},
	} {
		c := Call{Arch: native, Nr: number(t, test.name), Args: test.args, Memory: m, Returned: true, Ret: test.ret}
		if got := string(c.AppendLine(nil)); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
	c := Call{Arch: native, Nr: number(t, "exit_group")}
	if got := string(c.AppendLine(nil)); got != "exit_group(0) = ?" {
		t.Error(got)
	}
}
