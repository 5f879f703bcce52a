package core

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func traced(t *testing.T, trace Trace, change func(*Config), args ...string) *Result {
	t.Helper()
	c := &Config{
		Args: append([]string{"../build/fixtures/traced"}, args...), Trace: &trace, Limits: Limits{Wall: 60 * time.Second},
		Files: []File{Capture(1, 1<<20)},
	}
	if change != nil {
		change(c)
	}
	r, _ := Run(context.Background(), c)
	if r == nil {
		t.Fatal("no result")
	}
	return r
}

var text = Trace{Text: true, Max: 1 << 20}

// begun is the trace after the program's mark, the number of its first thread replaced.
func begun(t *testing.T, r *Result) string {
	t.Helper()
	if r.TraceDropped != 0 {
		t.Errorf("%d lines dropped", r.TraceDropped)
	}
	_, after, found := strings.Cut(string(r.Trace), "write(-1, \"begin\", 5) = -1 EBADF (Bad file descriptor)\n")
	if !found {
		t.Fatalf("no mark in %s", r.Trace)
	}
	first, _, _ := strings.Cut(after, " ")
	return strings.ReplaceAll(after, first, "N")
}

const wantCalls = `N openat(AT_FDCWD, "/nonexistent/\"a\n\x01ä\xff", O_RDWR|O_CREAT, 0640) = -1 ENOENT (No such file or directory)
N openat(AT_FDCWD, "/dev/zero", O_RDONLY|O_CLOEXEC) = 3
N read(3, "\x00\x00\x00\x00", 4) = 4
N read(3, 0x10, 4) = -1 EFAULT (Bad address)
N write(99, "text", 4) = -1 EBADF (Bad file descriptor)
N openat(AT_FDCWD, 0x10, O_RDONLY) = -1 EFAULT (Bad address)
N kill(0, 0) = 0
N lseek(3, -1, 0x4d) = -1 EINVAL (Invalid argument)
`

func TestLiveTraceText(t *testing.T) {
	r := traced(t, text, nil, "calls")
	got := begun(t, r)
	got, rest, _ := strings.Cut(got, "N syscall 600(")
	if got != wantCalls {
		t.Errorf("got:\n%s\nwant:\n%s", got, wantCalls)
	}
	if _, rest, _ = strings.Cut(rest, "\n"); rest != "N exit_group(3) = ?\nN +++ exited with 3 +++\n" || r.ExitCode != 3 {
		t.Errorf("the end is %q, code %d", rest, r.ExitCode)
	}
	if strings.Contains(string(r.Trace), "exec") {
		t.Errorf("what was before the program is shown:\n%s", r.Trace)
	}
	if r.Syscalls != nil {
		t.Error("counts that nobody asked for")
	}
}

func TestLiveTraceExec(t *testing.T) {
	r := traced(t, text, nil, "exec")
	got := begun(t, r)
	want := "N execve(\"/nonexistent\", [\"x\"], NULL) = -1 ENOENT (No such file or directory)\n" +
		"N execve(\"../build/fixtures/traced\", [\"../build/fixtures/traced\", \"calls\"], 0x"
	if !strings.HasPrefix(got, want) {
		t.Errorf("%.300s", got)
	}
	_, again, _ := strings.Cut(got, "write(-1, \"begin\", 5) = -1 EBADF (Bad file descriptor)\n")
	if again, _, _ = strings.Cut(again, "N syscall"); again != wantCalls {
		t.Errorf("the second program: %s", again)
	}
	if _, line, _ := strings.Cut(got, "\n"); !regexp.MustCompile(`^[^\n]* = 0\n`).MatchString(line) {
		t.Errorf("%.300s", line)
	}
}

func TestLiveTraceSignals(t *testing.T) {
	got := begun(t, traced(t, text, nil, "signal"))
	for _, want := range []string{
		"N --- SIGUSR1 {si_signo=SIGUSR1, si_code=-6, si_pid=N, si_uid=", "N getuid() = ", "N rt_sigreturn() = 0\n",
		"N --- SIGSEGV {si_signo=SIGSEGV, si_code=1, si_addr=0x10} ---\nN +++ killed by SIGSEGV +++\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestLiveTraceViolation(t *testing.T) {
	policy, _ := NewPolicy("permissive", ActionAllow)
	policy.Add(ArchNative, "openat", ActionKill)
	policy.Add(ArchNative, "getppid", ActionErrno(uint32(unix.EPERM)))
	change := func(c *Config) { c.Policy = policy }
	r := traced(t, text, change, "calls")
	got := begun(t, r)
	want := "N openat(AT_FDCWD, \"/nonexistent/\\\"a\\n\\x01ä\\xff\", O_RDWR|O_CREAT, 0640) = ?\nN +++ killed by SIGKILL +++\n"
	if got != want || r.Status != StatusViolation {
		t.Errorf("%s\n%v", got, r.Message)
	}
	r = traced(t, Trace{Counts: true, Text: true, Max: 1 << 20}, change, "threads", "1", "5")
	if n := strings.Count(string(r.Trace), "getppid() = -1 EPERM (Operation not permitted)\n"); n != 5 {
		t.Errorf("%d refused calls in\n%s", n, r.Trace)
	}
	if c := counted(r, "getppid"); c.Calls != 5 || c.Errors != 5 {
		t.Errorf("%+v", c)
	}
}

func counted(r *Result, name string) CallCount {
	for _, c := range r.Syscalls {
		if c.Name == name && c.Arch == r.Syscalls[0].Arch {
			return c
		}
	}
	return CallCount{}
}

func TestLiveTraceCounts(t *testing.T) {
	counts := Trace{Counts: true}
	for _, args := range [][]string{{"threads", "8", "50"}, {"fork", "40"}} {
		r := traced(t, counts, nil, args...)
		if c := counted(r, "getppid"); c.Calls != 400 || c.Errors != 0 || r.Syscalls[0].Name != "getppid" {
			t.Errorf("%v: %+v", args, c)
		}
		if c := counted(r, "exit_group"); c.Calls != map[string]uint64{"threads": 1, "fork": 41}[args[0]] {
			t.Errorf("%v: %+v", args, c)
		}
		if len(r.Trace) != 0 {
			t.Errorf("lines that nobody asked for: %s", r.Trace)
		}
	}
	r := traced(t, counts, nil, "calls")
	if c := counted(r, "openat"); c.Calls != 3 || c.Errors != 2 {
		t.Errorf("openat: %+v", c)
	}
	const most = otherNumbers + 100
	r = traced(t, counts, nil, "strange", fmt.Sprint(most))
	var sum, last uint64
	for _, c := range r.Syscalls {
		if c.Nr < 0 {
			last = c.Calls
		}
		if c.Nr < 0 || c.Nr >= 600 {
			sum += c.Calls
		}
	}
	if sum != most || last != 100 || len(r.Syscalls) > 1200 {
		t.Errorf("%d calls, %d without a number, %d rows", sum, last, len(r.Syscalls))
	}
}

const otherNumbers = 1024

func TestLiveTraceCap(t *testing.T) {
	whole := traced(t, text, nil, "fork", "3")
	lines := uint64(bytes.Count(whole.Trace, []byte("\n")))
	for _, most := range []uint64{1, 100, 1000, 2500} {
		r := traced(t, Trace{Text: true, Max: most}, nil, "fork", "3")
		kept := uint64(bytes.Count(r.Trace, []byte("\n")))
		if uint64(len(r.Trace)) > most || kept+r.TraceDropped < lines-3 || len(r.Trace) > 0 && r.Trace[len(r.Trace)-1] != '\n' {
			t.Errorf("cap %d: %d bytes, %d lines and %d dropped, of %d", most, len(r.Trace), kept, r.TraceDropped, lines)
		}
	}
}

func TestLiveTraceJSON(t *testing.T) {
	for _, args := range [][]string{{"calls"}, {"exec"}, {"signal"}, {"threads", "2", "2"}} {
		r := traced(t, Trace{JSON: true, Max: 1 << 20}, nil, args...)
		names := map[string]int{}
		for line := range bytes.Lines(r.Trace) {
			var object struct {
				PID, TID      int
				Name, Signal  string
				Exited        *int
				Killed, Errno string
				Ret           *int64
				Args          []struct{ Value, Text string }
				Code          int
				Addr, Path    string
			}
			if err := json.Unmarshal(line, &object); err != nil || object.PID == 0 || object.TID == 0 {
				t.Fatalf("%v: %v: %s", args, err, line)
			}
			names[object.Name]++
			names[object.Signal+object.Killed]++
			if object.Name == "execve" && (object.Ret == nil || *object.Ret != 0 && object.Errno == "") {
				t.Errorf("%s", line)
			}
		}
		if args[0] == "calls" && names["openat"] != 3 || args[0] == "signal" && names["SIGSEGV"] != 2 {
			t.Errorf("%v: %v", args, names)
		}
	}
}

func TestLiveTraceInterrupted(t *testing.T) {
	r := traced(t, text, nil, "interrupted")
	if r.Status != StatusExited || r.ExitCode != 0 {
		t.Fatalf("%s\n%s", r.Message, r.Trace)
	}
	if !strings.Contains(string(r.Trace), "ERESTARTSYS (interrupted)") && !strings.Contains(string(r.Trace), "rt_sigreturn() = -1 EINTR") {
		t.Errorf("no interrupted call in\n%s", r.Trace)
	}
}

// A call that a callback wants to see the end of is begun again: it is told of once, and so is its result.
func TestLiveTraceInspected(t *testing.T) {
	c := asking(t, "getppid", func(e *Event) Action {
		if e.Phase == PhaseEntry {
			return ActionInspect
		}
		e.SetReturn(77)
		return ActionReturn
	}, "ppid", "5")
	c.Trace = &Trace{Counts: true, Text: true, Max: 1 << 20}
	r, err := Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(r.Trace), "getppid() = 77\n"); n != 5 || strings.Count(string(r.Trace), "getppid") != 5 {
		t.Errorf("%s", r.Trace)
	}
	if got := counted(r, "getppid"); got.Calls != 5 || got.Errors != 0 {
		t.Errorf("%+v", got)
	}
}

// What comes out is the same whether a program is traced or not.
func TestLiveTraceFixtures(t *testing.T) {
	sources, _ := filepath.Glob("../tests/fixtures/*.c")
	ran := 0
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		switch family, _, _ := strings.Cut(name, "_"); family {
		case "threads", "processes", "signal", "stop", "exec", "guard", "seccomp", "ptrace", "clone", "left":
		default:
			continue
		}
		source, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(source), "\n")
		ran++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runFixture(t, "../build/fixtures/"+name, line, nil, &Trace{Counts: true, Text: true, Max: 1 << 20})
		})
	}
	if ran < 50 {
		t.Errorf("only %d fixtures", ran)
	}
}

// Memory that never comes does not hold up the run.
func TestLiveTraceMissingPage(t *testing.T) {
	r := traced(t, text, nil, "missing")
	if r.ExitCode == 77 {
		t.Skip("userfaultfd is not permitted here")
	}
	got := begun(t, r)
	if !regexp.MustCompile(`^N write\(-1, 0x[0-9a-f]+, 10\) = -1 EBADF \(Bad file descriptor\)\nN exit_group\(5\) = \?\n`).MatchString(got) || r.ExitCode != 5 {
		t.Errorf("%v\n%s", r.Message, got)
	}
}

// Nothing of the host's grows with the calls that are only counted.
func TestLiveTraceAllocations(t *testing.T) {
	allocated := func(n string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := traced(t, Trace{Counts: true}, nil, "threads", "1", n)
		runtime.ReadMemStats(&after)
		if r.Status != StatusExited {
			t.Fatal(r.Message)
		}
		return after.Mallocs - before.Mallocs
	}
	allocated("10")
	few, many := allocated("10"), allocated("3000")
	if many > few+300 && !raceDetector {
		t.Errorf("%d allocations for 10 calls, %d for 3000", few, many)
	}
}
