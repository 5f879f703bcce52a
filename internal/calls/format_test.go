package calls

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

var native = uint32(seccomp.Native())

func number(t testing.TB, name string) int64 {
	nr, ok := seccomp.Number(seccomp.Native(), name)
	if !ok {
		t.Fatalf("%s is no call of this architecture", name)
	}
	return int64(nr)
}

const (
	cwd  = 0xffffff9c // AT_FDCWD as a register holds it
	high = 1 << 32    // a bit that the kernel does not look at in an int
	wild = 8          // an address at which there is nothing
)

func TestSimFormat(t *testing.T) {
	m := &fake{}
	passwd := m.text("/etc/passwd")
	other := m.text("other")
	odd := m.text("a\x1b[31m\"\\\n\x7f\xff\u202e\u00e9\u009b")
	hello := m.put([]byte("hello\x00\x01world")...)
	long := m.text(strings.Repeat("x", 300))
	second := m.words(1, 500000000)
	now := m.words(0, unix.UTIME_NOW, 5, unix.UTIME_OMIT)
	argv := m.words(passwd, other, wild, 0)
	how := m.words(unix.O_CREAT|unix.O_WRONLY, 0o640, unix.RESOLVE_BENEATH)
	inet := m.put(2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	inet6 := m.put(append([]byte{10, 0, 1, 187, 0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8}, append(make([]byte, 10), 0, 1, 0, 0, 0, 0)...)...)
	local := m.put(append([]byte{1, 0}, "/run/x\x00junk"...)...)
	abstract := m.put(append([]byte{1, 0, 0}, "bus"...)...)
	netlink := m.put(16, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0)
	five := m.put(5, 0, 0, 0)
	pieces := m.words(hello, 5, passwd, 4, wild, 3)
	message := m.words(inet, 16, pieces, 2, 0, 0, 0)
	mask := m.words(1<<(2-1) | 1<<(15-1) | 1<<(34-1))
	most := m.words(^uint64(1 << (9 - 1)))
	action := m.words(1, 0x14000000, 0, 0)
	limits := m.words(1024, unix.RLIM_INFINITY)
	polled := m.put(3, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 4, 0, 0, 0)
	clone3 := m.words(unix.CLONE_VM|unix.CLONE_INTO_CGROUP, 0, 0, 0, uint64(unix.SIGCHLD), 0x7000, 0x1000, 0)
	unended := m.put([]byte("no end")...) // the last bytes there are

	for _, test := range []struct {
		name string
		args [6]uint64
		want string
	}{
		{"openat", [6]uint64{cwd, passwd, unix.O_RDONLY, 1, 2, 3}, `openat(AT_FDCWD, "/etc/passwd", O_RDONLY)`},
		{"openat", [6]uint64{high | cwd, passwd, high | unix.O_RDWR}, `openat(AT_FDCWD, "/etc/passwd", O_RDWR)`},
		{"openat", [6]uint64{^uint64(99), passwd, 0x40000000 | unix.O_CLOEXEC}, `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC|0x40000000)`},
		{"openat", [6]uint64{0xffffffff, passwd, unix.O_WRONLY | unix.O_CREAT, 0o644}, `openat(-1, "/etc/passwd", O_WRONLY|O_CREAT, 0644)`},
		{"openat", [6]uint64{3, passwd, unix.O_RDWR | unix.O_TMPFILE, 0}, `openat(3, "/etc/passwd", O_RDWR|O_TMPFILE, 0)`},
		{"openat", [6]uint64{3, wild, 3}, `openat(3, 0x8, 0x3)`},
		{"openat", [6]uint64{3, 0, 0}, `openat(3, NULL, O_RDONLY)`},
		{"openat", [6]uint64{3, ^uint64(0), 0}, `openat(3, 0xffffffffffffffff, O_RDONLY)`},
		{"openat", [6]uint64{3, odd, 0}, `openat(3, "a\x1b[31m\"\\\n\x7f\xff\xe2\x80\xaeé\xc2\x9b", O_RDONLY)`},
		{"openat", [6]uint64{3, unended, 0}, "openat(3, 0x" + hexOf(unended) + ", O_RDONLY)"},
		{"openat", [6]uint64{3, long, 0}, `openat(3, "` + strings.Repeat("x", DefaultMax) + `"..., O_RDONLY)`},
		{"openat2", [6]uint64{cwd, passwd, how, 24}, `openat2(AT_FDCWD, "/etc/passwd", {flags=O_WRONLY|O_CREAT, mode=0640, resolve=RESOLVE_BENEATH}, 24)`},
		{"execve", [6]uint64{passwd, argv, 0x7000}, `execve("/etc/passwd", ["/etc/passwd", "other", 0x8], 0x7000)`},
		{"renameat2", [6]uint64{cwd, passwd, 4, other, unix.RENAME_NOREPLACE}, `renameat2(AT_FDCWD, "/etc/passwd", 4, "other", RENAME_NOREPLACE)`},
		{"symlinkat", [6]uint64{passwd, cwd, other}, `symlinkat("/etc/passwd", AT_FDCWD, "other")`},
		{"mknodat", [6]uint64{cwd, other, unix.S_IFCHR | 0o600, 0x103}, `mknodat(AT_FDCWD, "other", S_IFCHR|0600, makedev(0x1, 0x3))`},
		{"mknodat", [6]uint64{cwd, other, unix.S_IFIFO | 0o600, 0x103}, `mknodat(AT_FDCWD, "other", S_IFIFO|0600)`},
		{"faccessat", [6]uint64{cwd, other, 6}, `faccessat(AT_FDCWD, "other", R_OK|W_OK)`},
		{"faccessat", [6]uint64{cwd, other, 0}, `faccessat(AT_FDCWD, "other", F_OK)`},
		{"fchmod", [6]uint64{1, 0x10000 | 0o4755}, `fchmod(1, 04755)`},
		{"fchown", [6]uint64{1, 0xffffffff, high | 100}, `fchown(1, -1, 100)`},
		{"utimensat", [6]uint64{cwd, 0, now, 0}, `utimensat(AT_FDCWD, NULL, [UTIME_NOW, UTIME_OMIT], 0)`},
		{"write", [6]uint64{1, hello, 12}, `write(1, "hello\x00\x01world", 12)`},
		{"write", [6]uint64{1, hello, 0}, `write(1, "", 0)`},
		{"write", [6]uint64{1, long, 301}, `write(1, "` + strings.Repeat("x", DefaultMax) + `"..., 301)`},
		{"write", [6]uint64{1, unended, 600}, `write(1, "no end"..., 600)`},
		{"write", [6]uint64{1, wild, ^uint64(0)}, `write(1, 0x8, 18446744073709551615)`},
		{"read", [6]uint64{0, hello, 12}, "read(0, 0x" + hexOf(hello) + ", 12)"},
		{"lseek", [6]uint64{3, ^uint64(0), unix.SEEK_END}, `lseek(3, -1, SEEK_END)`},
		{"writev", [6]uint64{1, pieces, 3}, `writev(1, [{iov_base="hello", iov_len=5}, {iov_base="/etc", iov_len=4}, {iov_base=0x8, iov_len=3}], 3)`},
		{"mmap", [6]uint64{0, 4096, unix.PROT_READ | unix.PROT_EXEC, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, 0xffffffff, 0},
			`mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)`},
		{"mprotect", [6]uint64{0x7000, 4096, 0}, `mprotect(0x7000, 4096, PROT_NONE)`},
		{"mremap", [6]uint64{0x7000, 1, 2, unix.MREMAP_MAYMOVE, 9}, `mremap(0x7000, 1, 2, MREMAP_MAYMOVE)`},
		{"mremap", [6]uint64{0x7000, 1, 2, unix.MREMAP_MAYMOVE | unix.MREMAP_FIXED, 9}, `mremap(0x7000, 1, 2, MREMAP_MAYMOVE|MREMAP_FIXED, 0x9)`},
		{"madvise", [6]uint64{0x7000, 1, unix.MADV_DONTNEED}, `madvise(0x7000, 1, MADV_DONTNEED)`},
		{"clone", [6]uint64{unix.CLONE_VM | uint64(unix.SIGCHLD), 0, 0, 0, 0}, `clone(CLONE_VM|SIGCHLD, NULL, NULL, NULL, NULL)`},
		{"clone", [6]uint64{uint64(unix.SIGCHLD)}, `clone(SIGCHLD, NULL, NULL, NULL, NULL)`},
		{"clone3", [6]uint64{clone3, 88}, `clone3({flags=CLONE_VM|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, stack=0x7000, stack_size=0x1000}, 88)`},
		{"unshare", [6]uint64{unix.CLONE_NEWUSER | high}, `unshare(CLONE_NEWUSER|0x100000000)`},
		{"futex", [6]uint64{0x7000, 128, 2, second}, `futex(0x7000, FUTEX_WAIT|FUTEX_PRIVATE_FLAG, 2, {tv_sec=1, tv_nsec=500000000})`},
		{"futex", [6]uint64{0x7000, 129, 1, second}, `futex(0x7000, FUTEX_WAKE|FUTEX_PRIVATE_FLAG, 1)`},
		{"kill", [6]uint64{0xffffffff, 9}, `kill(-1, SIGKILL)`},
		{"kill", [6]uint64{1, 34}, `kill(1, SIGRT_2)`},
		{"kill", [6]uint64{1, 99}, `kill(1, 99)`},
		{"rt_sigprocmask", [6]uint64{0, mask, 0, 8}, `rt_sigprocmask(SIG_BLOCK, [INT TERM RT_2], NULL, 8)`},
		{"rt_sigprocmask", [6]uint64{2, most, 0, 8}, `rt_sigprocmask(SIG_SETMASK, ~[KILL], NULL, 8)`},
		{"rt_sigaction", [6]uint64{10, action, 0, 8}, `rt_sigaction(SIGUSR1, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=SA_RESTORER|SA_RESTART}, NULL, 8)`},
		{"prctl", [6]uint64{unix.PR_SET_NO_NEW_PRIVS, 1}, `prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)`},
		{"prctl", [6]uint64{unix.PR_SET_NAME, other}, `prctl(PR_SET_NAME, "other")`},
		{"prctl", [6]uint64{unix.PR_GET_DUMPABLE, 7}, `prctl(PR_GET_DUMPABLE)`},
		{"ptrace", [6]uint64{unix.PTRACE_TRACEME}, `ptrace(PTRACE_TRACEME)`},
		{"ptrace", [6]uint64{unix.PTRACE_ATTACH, 12}, `ptrace(PTRACE_ATTACH, 12)`},
		{"prlimit64", [6]uint64{0, unix.RLIMIT_NOFILE, limits, 0}, `prlimit64(0, RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=RLIM_INFINITY}, NULL)`},
		{"fcntl", [6]uint64{1, unix.F_SETFD, 1}, `fcntl(1, F_SETFD, FD_CLOEXEC)`},
		{"fcntl", [6]uint64{1, unix.F_GETFL, 1}, `fcntl(1, F_GETFL)`},
		{"fcntl", [6]uint64{1, 77, 1}, `fcntl(1, 0x4d, 0x1)`},
		{"ioctl", [6]uint64{0, unix.TIOCSTI, other}, "ioctl(0, TIOCSTI, 0x" + hexOf(other) + ")"},
		{"socket", [6]uint64{high | unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}, `socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0)`},
		{"socket", [6]uint64{unix.AF_INET, unix.SOCK_DGRAM, 17}, `socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)`},
		{"connect", [6]uint64{3, inet, 16}, `connect(3, {sa_family=AF_INET, sin_port=80, sin_addr=127.0.0.1}, 16)`},
		{"connect", [6]uint64{3, inet6, 28}, `connect(3, {sa_family=AF_INET6, sin6_port=443, sin6_addr=2001:db8::1}, 28)`},
		{"connect", [6]uint64{3, local, 12}, `connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 12)`},
		{"connect", [6]uint64{3, abstract, 6}, `connect(3, {sa_family=AF_UNIX, sun_path=@"bus"}, 6)`},
		{"bind", [6]uint64{3, netlink, 12}, `bind(3, {sa_family=AF_NETLINK, nl_pid=7, nl_groups=0x3}, 12)`},
		{"connect", [6]uint64{3, inet, 0xffffffff}, `connect(3, {sa_family=AF_INET, sin_port=80, sin_addr=127.0.0.1}, -1)`},
		{"connect", [6]uint64{3, unended, 100}, "connect(3, 0x" + hexOf(unended) + ", 100)"},
		{"connect", [6]uint64{3, inet, 1}, "connect(3, 0x" + hexOf(inet) + ", 1)"},
		{"setsockopt", [6]uint64{3, unix.SOL_SOCKET, unix.SO_REUSEADDR, five, 4}, `setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [5], 4)`},
		{"sendmsg", [6]uint64{3, message, unix.MSG_NOSIGNAL}, `sendmsg(3, {msg_name={sa_family=AF_INET, sin_port=80, sin_addr=127.0.0.1}, ` +
			`msg_iov=[{iov_base="hello", iov_len=5}, {iov_base="/etc", iov_len=4}], msg_controllen=0}, MSG_NOSIGNAL)`},
		{"nanosleep", [6]uint64{second, 0}, `nanosleep({tv_sec=1, tv_nsec=500000000}, NULL)`},
		{"ppoll", [6]uint64{polled, 2, 0, 0, 8}, `ppoll([{fd=3, events=POLLIN}, {fd=-1, events=POLLOUT}], 2, NULL, NULL, 8)`},
		{"getpid", [6]uint64{1, 2, 3}, `getpid()`},
		{"exit_group", [6]uint64{high | 3}, `exit_group(3)`},
		{"mount", [6]uint64{other, passwd, 0, unix.MS_BIND | unix.MS_REC, 0}, `mount("other", "/etc/passwd", NULL, MS_BIND|MS_REC, NULL)`},
		{"shmget", [6]uint64{0, 4096, unix.IPC_CREAT | 0o600}, `shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600)`},
	} {
		args := test.args
		if got := string(Format(nil, native, number(t, test.name), &args, m)); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func hexOf(v uint64) string { return strings.TrimPrefix(string(appendHex(nil, v)), "0x") }
