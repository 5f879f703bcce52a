package core

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// isolated runs a fixture with arguments in namespaces.
func isolated(t *testing.T, flags Isolate, change func(*Config), args ...string) *Result {
	t.Helper()
	args[0] = "../build/fixtures/" + args[0]
	c := &Config{Args: args, Files: []File{Capture(1, 1<<16)}, Limits: Limits{Wall: 20 * time.Second}, Isolation: Isolation{Flags: flags}}
	if change != nil {
		change(c)
	}
	r, err := Run(context.Background(), c)
	if err != nil {
		t.Fatalf("%v: %v", flags, err)
	}
	return r
}

// What kills a program outside kills it in a pid namespace, with the same signal.
func TestLiveIsolationSignals(t *testing.T) {
	for name, signal := range map[string]unix.Signal{
		"signal_abort": unix.SIGABRT, "signal_term": unix.SIGTERM, "signal_pipe": unix.SIGPIPE, "signal_kill": unix.SIGKILL,
		"signal_segv": unix.SIGSEGV, "signal_segv_raised": unix.SIGSEGV, "signal_xcpu": unix.SIGXCPU, "signal_usr1": unix.SIGUSR1,
		"signal_alarm": unix.SIGALRM, "signal_from_child": 0,
	} {
		outside := isolated(t, 0, nil, name)
		inside := isolated(t, IsolateUser|IsolatePID, nil, name)
		if inside.Status != outside.Status || inside.Signal != outside.Signal || signal != 0 && inside.Signal != signal {
			t.Errorf("%s: %s inside, %s outside", name, inside.Message, outside.Message)
		}
	}
}

// Each isolation alone and all together, with what the program then sees of the namespace.
func TestLiveIsolationOne(t *testing.T) {
	root := os.Geteuid() == 0
	for flag := Isolate(1); flag <= IsolateAll; flag <<= 1 {
		for _, flags := range []Isolate{flag, flag | IsolateUser} {
			if !root && flags&IsolateUser == 0 {
				continue
			}
			if r := isolated(t, flags, nil, "exit_0"); r.Status != StatusExited || r.ExitCode != 0 {
				t.Errorf("%s: %s", flagNames(flags), r.Message)
			}
		}
	}
	if r := isolated(t, IsolateAll, nil, "exit_0"); r.Status != StatusExited {
		t.Errorf("all: %s", r.Message)
	}
}

// An ordinary user has to be told what it needs.
func TestLiveIsolationNeedsUser(t *testing.T) {
	_, err := Run(context.Background(), &Config{Args: []string{"/bin/true"}, Isolation: Isolation{Flags: IsolatePID}})
	if os.Geteuid() == 0 {
		if err != nil {
			t.Error(err)
		}
	} else if e := asError(err); e == nil || e.Code != CodeEUNSUPPORTED || !strings.Contains(e.Message, "USER") {
		t.Errorf("%v", err)
	}
}

// Whatever is left in a pid namespace dies with the program, and quickly.
func TestLiveIsolationDaemons(t *testing.T) {
	for _, name := range []string{"left_daemon", "left_grandchild_stdout", "left_zombies"} {
		r := isolated(t, IsolateUser|IsolatePID, nil, name)
		if r.Status != StatusExited || r.Wall > 10*time.Second {
			t.Errorf("%s: %s after %v", name, r.Message, r.Wall)
		}
	}
	status, _ := os.ReadFile("/proc/self/task/" + "self/children")
	if len(bytes.TrimSpace(status)) > 0 {
		t.Errorf("children are left: %s", status)
	}
}

func TestSimIsolationCheck(t *testing.T) {
	for name, i := range map[string]Isolation{
		"unknown":        {Flags: 1 << 20},
		"hostname":       {Hostname: "x"},
		"long hostname":  {Flags: IsolateUTS, Hostname: strings.Repeat("x", 65)},
		"loopback":       {Flags: IsolateUser, Loopback: true},
		"map":            {UIDs: []IDMap{{0, 0, 1}}},
		"empty map":      {Flags: IsolateUser, GIDs: []IDMap{{0, 0, 0}}},
		"overflow":       {Flags: IsolateUser, GIDs: []IDMap{{1, 0, 1<<32 - 1}}},
		"too many":       {Flags: IsolateUser, UIDs: make([]IDMap, MaxIDMaps+1)},
		"NUL in a name":  {Flags: IsolateUTS, Hostname: "a\x00b"},
		"overflow above": {Flags: IsolateUser, UIDs: []IDMap{{0, 1<<32 - 1, 1}}},
	} {
		_, err := lower(&Config{Args: []string{"x"}, Isolation: i})
		if e := asError(err); e == nil || e.Code != CodeEINVAL {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The hostile fixtures do find out when something is missing.
func TestLiveIsolationMissed(t *testing.T) {
	judge := func(c *Config) {
		c.Isolation.Mounts = append(JudgeRoot(), Mount{Source: c.Args[0], Target: "/fixture", Flags: MountExec})
		c.Args[0] = "/fixture"
	}
	for name, test := range map[string]struct {
		flags  Isolate
		change func(*Config)
	}{
		"isolate_files":                  {IsolateAll, nil},
		"isolate_write":                  {IsolateAll, nil},
		"isolate_fill":                   {IsolateAll, nil},
		"isolate_network":                {IsolateAll &^ IsolateNet, judge},
		"isolate_processes":              {IsolateUser | IsolateMount, nil},
		"hostile_files /usr/bin/env":     {IsolateAll, nil},
		"hostile_objects name:gosandbox": {IsolateAll &^ IsolateIPC, judge},
		"isolate_namespaces":             {IsolateUser | IsolatePID, func(c *Config) { c.Isolation.Flags &^= IsolatePID }},
	} {
		if r := isolated(t, test.flags, test.change, strings.Fields(name)...); r.Status != StatusExited || r.ExitCode != 99 && r.ExitCode != 42 {
			t.Errorf("%s: %s; %s", name, r.Message, r.Output[1])
		}
	}
}

// Runs side by side and one after the other see nothing of each other: each makes objects of the same names.
func TestLiveIsolationSideBySide(t *testing.T) {
	judge := func(c *Config) {
		c.Isolation.Mounts = append(JudgeRoot(), Mount{Source: c.Args[0], Target: "/fixture", Flags: MountExec})
		c.Args[0] = "/fixture"
	}
	for i := range 6 {
		t.Run(string(rune('a'+i)), func(t *testing.T) {
			t.Parallel()
			for range 8 {
				if r := isolated(t, IsolateAll, judge, "isolate_ipc"); r.Status != StatusExited || r.ExitCode != 0 {
					t.Errorf("%s: %s", r.Message, r.Output[1])
				}
			}
		})
	}
}

// Path rules are served outside of the program's namespaces, which they do not know yet: that is said, not half done.
func TestSimIsolationWithPaths(t *testing.T) {
	rules := []PathRule{{Path: "/usr/", Access: PathRead}}
	for name, i := range map[string]Isolation{"user": {Flags: IsolateUser}, "root": {Flags: IsolateMount, Root: "/"}} {
		_, err := lower(&Config{Args: []string{"/bin/true"}, Paths: rules, Isolation: i})
		if e := asError(err); e == nil || e.Code != CodeEUNSUPPORTED {
			t.Errorf("%s: %v", name, err)
		}
	}
}
