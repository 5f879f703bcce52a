package core

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLiveFixtures runs every program of tests/fixtures as its first line says and checks what must come out. The Python
// suite reads the same lines.
func TestLiveFixtures(t *testing.T) { runFixtures(t, nil, nil) }

// runFixtures runs them in the control groups, if any; those in another find another line there.
func runFixtures(t *testing.T, group *Cgroup, other map[string]string) {
	sources, _ := filepath.Glob("../tests/fixtures/*.c")
	if len(sources) == 0 {
		t.Fatal("no fixtures")
	}
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		if instead, there := other[name]; there {
			line = instead
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runFixture(t, "../build/fixtures/"+name, line, group)
		})
	}
}

func runFixture(t *testing.T, program, line string, group *Cgroup, trace ...*Trace) {
	line, ok := strings.CutPrefix(line, "// run:")
	how, want, ok2 := strings.Cut(line, "=>")
	if !ok || !ok2 {
		t.Fatalf("first line %q is not `// run: ... => STATUS ...`", line)
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("%v: run make fixtures", err)
	}
	config := &Config{Args: []string{program}, Cgroup: group}
	for _, trace := range trace {
		config.Trace = trace
	}
	for _, field := range strings.Fields(how) {
		if err := configure(config, field); err != nil {
			t.Fatalf("%s: %v", field, err)
		}
	}
	if in := config.Isolation.Mounts; len(in) > 0 {
		config.Isolation.Mounts = append(in, Mount{Source: program, Target: "/fixture", Flags: MountExec})
		config.Args[0] = "/fixture"
	}
	r, err := Run(context.Background(), config)
	if r == nil {
		t.Fatal(err)
	}
	fields := strings.Fields(want)
	if !strings.Contains("|"+fields[0]+"|", "|"+r.Status.String()+"|") {
		t.Fatalf("status %v (%s), want %s; cpu %v wall %v memory %d output %q", r.Status, r.Message, fields[0], r.CPU, r.Wall,
			r.MemoryPeak, r.Output[1])
	}
	for _, field := range fields[1:] {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "exit":
			if got := strconv.Itoa(r.ExitCode); got != value && r.Status == StatusExited {
				t.Errorf("exit code %s, want %s; output %q", got, value, r.Output[1])
			}
		case "signal":
			if got := strconv.Itoa(int(r.Signal)); got != value && r.Status == StatusSignaled {
				t.Errorf("signal %s, want %s", got, value)
			}
		case "out":
			if got := string(r.Output[1]); got != strings.ReplaceAll(value, `\n`, "\n") {
				t.Errorf("output %q, want %q", got, value)
			}
		case "message":
			if !strings.Contains(r.Message, strings.ReplaceAll(value, "+", " ")) {
				t.Errorf("message %q, want %q in it", r.Message, value)
			}
		default:
			t.Fatalf("unknown expectation %q", field)
		}
	}
	r.consistent(t, &config.Limits)
}

// consistent checks that status and figures do not contradict each other.
func (r *Result) consistent(t *testing.T, l *Limits) {
	if l.CPU > 0 && (r.CPU >= l.CPU) && r.Status <= StatusSignaled {
		t.Errorf("status %v, but %v of CPU time with a limit of %v", r.Status, r.CPU, l.CPU)
	}
	if r.Status == StatusCPULimit && r.CPU < l.CPU {
		t.Errorf("CPU_LIMIT after %v of %v", r.CPU, l.CPU)
	}
	if r.Status == StatusWallLimit && r.Wall < l.Wall {
		t.Errorf("WALL_LIMIT after %v of %v", r.Wall, l.Wall)
	}
	if (r.Status == StatusExited) != (r.ExitCode >= 0) || (r.Status == StatusSignaled) != (r.Signal != 0) {
		t.Errorf("status %v with exit code %d and signal %d", r.Status, r.ExitCode, r.Signal)
	}
}

func configure(c *Config, field string) (err error) {
	key, value, _ := strings.Cut(field, "=")
	var n uint64
	switch key {
	case "args":
		c.Args = append(c.Args, strings.Split(value, ",")...)
	case "stdin":
		c.Files = append(c.Files, Bytes(0, []byte(strings.ReplaceAll(value, `\n`, "\n"))))
	case "cpu":
		c.Limits.CPU, err = time.ParseDuration(value + "s")
	case "wall":
		c.Limits.Wall, err = time.ParseDuration(value + "s")
	case "isolate":
		for name := range strings.SplitSeq(value, "+") {
			flag, ok := map[string]Isolate{
				"all": IsolateAll, "user": IsolateUser, "pid": IsolatePID, "mount": IsolateMount, "net": IsolateNet, "ipc": IsolateIPC,
				"uts": IsolateUTS, "cgroup": IsolateCgroup, "time": IsolateTime,
			}[name]
			if !ok {
				return strconv.ErrSyntax
			}
			c.Isolation.Flags |= flag
		}
	case "root":
		if value != "judge" {
			return strconv.ErrSyntax
		}
		c.Isolation.Mounts = JudgeRoot()
	case "process_errno":
		c.Limits.ForkErrno = map[string]unix.Errno{"EAGAIN": unix.EAGAIN, "EPERM": unix.EPERM}[value]
	default:
		n, err = parseSize(value)
		switch key {
		case "memory":
			c.Limits.Memory = n
		case "stack":
			c.Limits.Stack = n
		case "output":
			c.Limits.Output = &n
		case "processes":
			c.Limits.Processes = int(n)
		case "open_files":
			c.Limits.OpenFiles = n
		case "capture":
			c.Files = append(c.Files, Capture(1, n))
		default:
			err = strconv.ErrSyntax
		}
	}
	return err
}

func parseSize(text string) (uint64, error) {
	digits := strings.TrimRight(text, "kmg")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n << (10 * (1 + bytes.IndexByte([]byte("kmg"), append([]byte(text[len(digits):]), 0)[0]))), err
}
