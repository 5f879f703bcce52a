package seccomp

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

const liveEnv = "GOSANDBOX_SECCOMP_LIVE_RULES"

func TestMain(m *testing.M) {
	if n := os.Getenv(liveEnv); n != "" {
		padding, _ := strconv.Atoi(n)
		if err := liveChild(livePolicy(padding)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// livePolicy has rules that liveChild tries out, and as many more about a call that nobody makes.
func livePolicy(padding int) *Policy {
	p := &Policy{Arch: Native(), Default: Allow, Foreign: KillProcess, X32: Errno(101), Rules: []Rule{
		{unix.SYS_GETPPID, Errno(102), nil},
		{unix.SYS_SOCKET, Errno(103), []Cmp{{0, EQ32, unix.AF_UNIX, 0}}},
		{unix.SYS_GETPRIORITY, Errno(104), []Cmp{{1, GT, 1<<32 | 5, 0}}},
		{unix.SYS_GETPRIORITY, Errno(105), []Cmp{{1, MaskedEQ, 0xff << 32, 7 << 32}, {0, NE, 0, 0}}},
	}}
	for i := range padding {
		p.Rules = append(p.Rules, Rule{unix.SYS_SETHOSTNAME, Errno(uint16(i % 3)), []Cmp{{0, EQ32, uint64(i) * 2, 0}}})
	}
	return p
}

// liveChild puts its own thread under the policy and makes calls.
func liveChild(p *Policy) error {
	prog, err := Compile(p)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	if _, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&fprog))); errno != 0 {
		return fmt.Errorf("seccomp with %d instructions: %w", len(prog), errno)
	}
	x32 := unix.Errno(101)
	if Native() != AMD64 {
		x32 = unix.ENOSYS
	}
	for i, test := range []struct {
		nr, a, b uintptr
		want     unix.Errno
	}{
		{unix.SYS_GETPID, 0, 0, 0},
		{unix.SYS_GETPPID, 0, 0, 102},
		{unix.SYS_SOCKET, unix.AF_UNIX, 99, 103},
		{unix.SYS_SOCKET, unix.AF_UNIX | 1<<32, 99, 103},
		{unix.SYS_SOCKET, 9999, 0, unix.EAFNOSUPPORT},
		{unix.SYS_GETPRIORITY, 0, 1 << 32, 0}, // the kernel reads the low word, 0: the caller itself
		{unix.SYS_GETPRIORITY, 0, 1<<32 | 6, 104},
		{unix.SYS_GETPRIORITY, 0, 2 << 32, 104},
		{unix.SYS_GETPRIORITY, 1, 0x107 << 32, 105},
		{unix.SYS_GETPID | X32Bit, 0, 0, x32},
		{^uintptr(0), 0, 0, unix.ENOSYS},
	} {
		_, _, errno := unix.RawSyscall(test.nr, test.a, test.b, 0)
		if errno != test.want {
			return fmt.Errorf("call %d of the test, number %#x: errno %d, want %d", i, test.nr, errno, test.want)
		}
	}
	return nil
}

// longestPadding is what makes livePolicy exactly MaxLength long.
func longestPadding(t *testing.T) int {
	for n := MaxLength; n > 0; n-- {
		if prog, err := Compile(livePolicy(n)); err == nil {
			if len(prog) != MaxLength {
				t.Fatalf("%d instructions, want %d: change the policy", len(prog), MaxLength)
			}
			return n
		}
	}
	t.Fatal("no program at all")
	return 0
}

// The kernel takes the programs, a longest one too, and decides as they say.
func TestLiveFilter(t *testing.T) {
	for name, padding := range map[string]int{"short": 0, "medium": 300, "longest": longestPadding(t)} {
		t.Run(name, func(t *testing.T) {
			child := exec.Command("/proc/self/exe")
			child.Env = append(os.Environ(), liveEnv+"="+strconv.Itoa(padding))
			if out, err := child.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
