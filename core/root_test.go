package core

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// judged runs a shell script in the judge root and gives what it prints.
func judged(t *testing.T, script string, more ...Mount) *Result {
	t.Helper()
	c := &Config{
		Args: []string{"/bin/sh", "-c", script}, Files: []File{Capture(1, 1<<16), SameAs(2, 1)}, Limits: Limits{Wall: 20 * time.Second},
		Isolation: Isolation{Flags: IsolateAll, Mounts: append(JudgeRoot(), more...)},
	}
	r, err := Run(context.Background(), c)
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return r
}

func TestLiveJudgeRoot(t *testing.T) {
	box := t.TempDir()
	if err := os.WriteFile(box+"/file", []byte("of the host"), 0o644); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile("/proc/self/mountinfo")
	for _, test := range []struct {
		script, want string
		more         []Mount
	}{
		{"pwd; ls -d /root /home /work /var /sys 2>/dev/null; echo end", "/\nend", nil},
		{"cat /etc/shadow 2>/dev/null || echo no", "no", nil},
		{"touch /x /usr/x /etc/x /dev/x /proc/x 2>/dev/null; ls /x /usr/x /etc/x /dev/x 2>/dev/null; echo end", "end", nil},
		{"echo a > /tmp/a && cat /tmp/a; stat -c %a /tmp /dev/shm", "a\n1777\n1777", nil},
		{"echo text > /dev/null; head -c 3 /dev/zero | wc -c; ls /dev | tr '\\n' ' '", "3\nfd full null random shm stderr stdin stdout tty urandom zero", nil},
		{"echo $$; ls -d /proc/self/status; ls -d /proc/1 2>/dev/null || echo hidden", "2\n/proc/self/status\nhidden", nil},
		{"cat /box/file; (echo x > /box/file) 2>/dev/null || echo refused", "of the hostrefused", []Mount{{Kind: MountBind, Source: box, Target: "/box"}}},
		{"cat /a/b/c; stat -c %a /a/b/c", "bytes444", []Mount{{Kind: MountFile, Target: "/a/b/c", Bytes: []byte("bytes")}}},
		{"cat /usr/lib/os-release 2>/dev/null || echo masked; echo /usr/share/*; cd /usr/share && (echo > x) 2>/dev/null || echo refused",
			"masked\n/usr/share/*\nrefused", []Mount{{Kind: MountMask, Target: "/usr/lib/os-release"}, {Kind: MountMask, Target: "/nothing/there"}, {Kind: MountMask, Target: "/usr/share"}}},
		{"dd if=/dev/zero of=/t/x bs=4k count=100 2>/dev/null; stat -c %s /t/x", "16384", []Mount{{Kind: MountTmpfs, Target: "/t", MaxBytes: 16384, Flags: MountReadWrite}}},
		{"for i in 1 2 3 4 5 6; do touch /t/$i; done 2>/dev/null; ls /t | wc -l", "4", []Mount{{Kind: MountTmpfs, Target: "/t", MaxFiles: 4, Flags: MountReadWrite}}},
		{"wc -c < /large", "3000000", []Mount{{Kind: MountFile, Target: "/large", Bytes: make([]byte, 3000000)}}},
		{"cat /link/file", "of the host", []Mount{{Kind: MountBind, Source: box, Target: "/d/e"}, {Kind: MountSymlink, Source: "d/e", Target: "/link"}}},
		{"cp /bin/true /tmp/t; /tmp/t 2>/dev/null || echo refused", "refused", nil},
		{"cp /bin/true /t/t; /t/t && echo runs", "runs", []Mount{{Kind: MountTmpfs, Target: "/t", Flags: MountReadWrite | MountExec}}},
		{"ls /nosuch 2>/dev/null || echo none", "none", []Mount{{Kind: MountBind, Source: "/nosuchthing", Target: "/nosuch", Flags: MountOptional}}},
	} {
		r := judged(t, test.script, test.more...)
		if got := strings.TrimSpace(string(r.Output[1])); got != test.want || r.Status != StatusExited {
			t.Errorf("%s: %q, want %q (%s)", test.script, got, test.want, r.Message)
		}
	}
	after, _ := os.ReadFile("/proc/self/mountinfo")
	if string(before) != string(after) {
		t.Error("the host's mounts have changed")
	}
}

// A directory as the root, with links that lead out.
func TestLiveRootDirectory(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"usr", "real", "tmp"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	outside := t.TempDir()
	for _, name := range []string{"bin", "lib", "lib64"} {
		os.Symlink("usr/"+name, filepath.Join(root, name))
	}
	os.Symlink("../../../../../../"+outside, filepath.Join(root, "out"))
	os.Symlink(outside, filepath.Join(root, "absolute"))
	run := func(more ...Mount) (*Result, error) {
		return Run(context.Background(), &Config{
			Args: []string{"/bin/sh", "-c", "ls -d /out/x /absolute/x 2>/dev/null; (echo > /real/x) 2>/dev/null || echo refused"}, Files: []File{Capture(1, 1<<16)},
			Isolation: Isolation{Flags: IsolateAll, Root: root, Mounts: append([]Mount{{Kind: MountBind, Source: "/usr", Target: "/usr", Flags: MountExec}}, more...)},
		})
	}
	r, err := run()
	if err != nil || string(r.Output[1]) != "refused\n" {
		t.Fatalf("%v, %+v", err, r)
	}
	// A place that a link puts outside is looked for inside, and is not there.
	for _, target := range []string{"/out/x", "/absolute/x"} {
		if _, err := run(Mount{Kind: MountTmpfs, Target: target}); asError(err) == nil || asError(err).Step != StepMount {
			t.Errorf("%s: %v", target, err)
		}
	}
	if left, _ := os.ReadDir(outside); len(left) > 0 {
		t.Errorf("something was made outside of the root: %v", left)
	}
	if left, _ := os.ReadDir(filepath.Join(root, "real")); len(left) > 0 {
		t.Errorf("something was made in the root: %v", left)
	}
}

func TestLiveRootFailures(t *testing.T) {
	for name, test := range map[string]struct {
		i     Isolation
		code  int
		step  Step
		index int
		errno unix.Errno
	}{
		"no such root":   {Isolation{Flags: IsolateAll, Root: "/nosuchdir"}, CodeESETUP, StepMount, -1, unix.ENOENT},
		"no such source": {Isolation{Flags: IsolateAll, Mounts: []Mount{{Kind: MountDir, Target: "/a"}, {Source: "/nosuchdir", Target: "/b"}}}, CodeESETUP, StepMount, 1, unix.ENOENT},
		"no program":     {Isolation{Flags: IsolateAll, Mounts: []Mount{{Kind: MountDir, Target: "/a"}}}, CodeESETUP, StepExec, 0, unix.ENOENT},
		"two files":      {Isolation{Flags: IsolateAll, Mounts: []Mount{{Kind: MountFile, Target: "/a"}, {Kind: MountFile, Target: "/a"}}}, CodeESETUP, StepMount, 1, unix.EEXIST},
		"full": {Isolation{Flags: IsolateAll, Mounts: []Mount{{Kind: MountTmpfs, Target: "/t", MaxBytes: 4096},
			{Kind: MountFile, Target: "/t/a", Bytes: make([]byte, 9000)}}}, CodeESETUP, StepMount, 1, unix.ENOSPC},
	} {
		_, err := Run(context.Background(), &Config{Args: []string{"/bin/true"}, Isolation: test.i})
		e := asError(err)
		if e == nil || e.Code != test.code || e.Step != test.step || e.Index != test.index || e.Errno != test.errno {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
