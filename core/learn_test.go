package core

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func ready(dir string, args ...string) *Config {
	return &Config{
		Args: args, Dir: dir, Env: []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "LC_ALL=C"}, Limits: Limits{Wall: 60 * time.Second},
		Files: []File{Bytes(0, []byte("3\n4\n")), Capture(1, 1<<20), Capture(2, 1<<20)},
	}
}

func ran(t *testing.T, c *Config) *Result {
	t.Helper()
	r, err := Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// alike tells whether two runs look the same from outside.
func alike(t *testing.T, what string, got, want *Result) {
	t.Helper()
	if got.Status != want.Status || got.ExitCode != want.ExitCode || !bytes.Equal(got.Output[1], want.Output[1]) ||
		!bytes.Equal(got.Output[2], want.Output[2]) {
		t.Errorf("%s: %s\nstdout %q\nstderr %q\nwant: %s\n%q\n%q", what, got.Message, got.Output[1], got.Output[2], want.Message, want.Output[1],
			want.Output[2])
	}
}

// learn watches a config twice, and gives the policy as it is read back from its text.
func learn(t *testing.T, c *Config, fallback Action) *Policy {
	t.Helper()
	c.Learner = NewLearner()
	defer func() { c.Learner = nil }()
	plain := *c
	plain.Learner = nil
	want := ran(t, &plain)
	for range 2 {
		alike(t, "while it is learnt from", ran(t, c), want)
	}
	p, err := c.Learner.Policy(fallback, 8)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParsePolicy(p.JSON())
	if err != nil {
		t.Fatalf("%v\n%s", err, p.JSON())
	}
	if !bytes.Equal(back.JSON(), p.JSON()) {
		t.Errorf("the policy changes when it is read:\n%s\n%s", p.JSON(), back.JSON())
	}
	return back
}

func TestLiveLearn(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
	}{
		{"sh", []string{"sh", "-c", "read a; read b; echo $((a + b)); echo x >new; cat new; ls / | head -n 1; (exit 3); echo $?; mv new old; cat old; rm old; test -e /nonexistent"}},
		{"python3", []string{"python3", "-c", "import json, tempfile, threading\nprint(json.dumps(sum(int(input()) for _ in range(2))))\n" +
			"t = threading.Thread(target=lambda: print('thread')); t.start(); t.join()\nf = tempfile.TemporaryFile(); f.write(b'x'); print(f.tell())"}},
		{"cc", []string{"sh", "-c", "cc -o hello hello.c && ./hello; rm -f hello"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := exec.LookPath(test.args[0]); err != nil {
				t.Skip(err)
			}
			dir := t.TempDir()
			os.WriteFile(filepath.Join(dir, "hello.c"), []byte("#include <stdio.h>\nint main(void) { puts(\"hello\"); return 7; }\n"), 0o644)
			c := ready(dir, test.args...)
			want := ran(t, c)
			if test.name == "cc" && want.Status != StatusExited {
				t.Skip("no compiler")
			}
			for _, fallback := range []Action{ActionErrno(uint32(unix.EPERM)), ActionKill} {
				p := learn(t, c, fallback)
				c.Policy = p
				for range 3 {
					alike(t, "under the learnt policy", ran(t, c), want)
				}
				// Something else is refused.
				other := ready(dir, test.args[0], "/etc/shadow")
				other.Policy = p
				if r := ran(t, other); r.Status == StatusExited && r.ExitCode == 0 {
					t.Errorf("reads what was never read: %q", r.Output[1])
				}
				c.Policy = nil
				if t.Failed() {
					t.Logf("%s", p.JSON())
					break
				}
				if fallback == ActionKill {
					t.Logf("%d rules, %d paths", len(p.rules), len(p.Paths))
				}
			}
		})
	}
}

// The rules for a small program, to the last.
func TestLiveLearnSmall(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "data"), []byte("data"), 0o644)
	program, _ := filepath.Abs("../build/fixtures/called")
	p := learn(t, ready(dir, program, "open", filepath.Join(dir, "data")), ActionErrno(1))
	var list []string
	for _, r := range p.Paths {
		list = append(list, r.json())
	}
	want := `{"path": "` + dir + `/data", "access": ["read"]}` + "\n" + `{"path": "/proc/self/exe", "access": ["stat"]}` + "\n" +
		`{"path": "` + program + `", "access": ["read", "exec"]}`
	if got := strings.Join(list, "\n"); !sameLines(got, want) {
		t.Errorf("paths:\n%s\nwant:\n%s", got, want)
	}
	for name, want := range map[string]Action{
		"openat": ActionAllow, "read": ActionAllow, "exit_group": ActionAllow, "futex": ActionAllow, "socket": ActionErrno(1), "unlink": ActionErrno(1),
	} {
		nr := numberOf(t, name)
		if got := p.Decide(Call{Nr: nr}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := p.Decide(Call{Nr: numberOf(t, "mprotect"), Args: [6]uint64{0, 0, unix.PROT_EXEC}}); got != ActionErrno(1) {
		t.Errorf("mprotect with PROT_EXEC: %v", got)
	}
}

func sameLines(a, b string) bool {
	left, right := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(a + "\n") {
		left[line] = true
	}
	for line := range strings.Lines(b + "\n") {
		right[line] = true
	}
	for line := range left {
		if !right[line] {
			return false
		}
	}
	return len(left) == len(right)
}

func numberOf(t *testing.T, name string) int64 {
	for nr := range int64(500) {
		if SyscallName(ArchNative, nr) == name {
			return nr
		}
	}
	t.Fatal(name)
	return 0
}

func TestSimLearnPolicy(t *testing.T) {
	if _, err := NewLearner().Policy(ActionKill, 0); err == nil {
		t.Error("a policy from nothing")
	}
	l := NewLearner()
	l.runs, l.calls[0] = 1, &learnt{any: true}
	for _, a := range []Action{ActionAllow, ActionNotify, ActionReturn} {
		if _, err := l.Policy(a, 0); err == nil {
			t.Errorf("fallback %#x", uint32(a))
		}
	}
	l.runs = 2
	for _, f := range []string{"/d/1", "/d/2", "/d/3", "/e/1"} {
		(&lesson{l, 1}).path(f, 1, 0)
		(&lesson{l, 2}).path(f, 1, 0)
	}
	(&lesson{l, 1}).path("/tmp/x1", 2, 0)
	(&lesson{l, 2}).path("/tmp/x2", 2, 0)
	(&lesson{l, 2}).path("/new", 2, 0)
	(&lesson{l, 1}).path("/new", 2, 0)
	(&lesson{l, 2}).path("/old", 3, 0)
	(&lesson{l, 1}).path("/old", 1, 0)
	(&lesson{l, 1}).path("/", 8, 1)
	(&lesson{l, 1}).move("/new", "/old")
	p, err := l.Policy(ActionKill, 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range p.Paths {
		got = append(got, r.json())
	}
	want := []string{
		`{"path": "/./", "access": ["stat"]}`, `{"path": "/d/", "access": ["read"]}`, `{"path": "/e/1", "access": ["read"]}`,
		`{"path": "/new", "access": ["read", "write"]}`, `{"path": "/old", "access": ["read", "write"]}`, `{"path": "/tmp/", "access": ["write"]}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if *p.PathAction != ActionKill {
		t.Error("the action for paths")
	}
	long := strings.Repeat("x", 4000)
	for i := range maxLearntNames/4000 + 2 {
		(&lesson{l, 1}).path("/"+long+string(rune('a'+i%26))+string(rune(0x1000+i)), 1, 0)
	}
	if _, err := l.Policy(ActionKill, 2); err == nil || l.names > maxLearntNames+5000 {
		t.Errorf("%d bytes of names: %v", l.names, err)
	}
}
