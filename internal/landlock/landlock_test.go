package landlock

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/paths"
	"gosandbox/internal/sys"
)

func root(t *testing.T) int {
	t.Helper()
	fd, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func compile(t *testing.T, rules ...paths.Rule) *paths.Rules {
	t.Helper()
	fd := root(t)
	r, err := paths.Compile(rules, fd, fd)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSimHandled(t *testing.T) {
	for version, want := range map[int]uint64{1: 0x1fff, 2: 0x3fff, 3: 0x7fff, 4: 0x7fff, 5: 0xffff, 7: 0xffff} {
		if got := handled(version); got != want {
			t.Errorf("version %d: %#x, want %#x", version, got, want)
		}
	}
}

func TestLiveExact(t *testing.T) {
	if v, err := sys.LandlockVersion(); err != nil || v < 3 {
		t.Skipf("Landlock version %d, %v", v, err)
	}
	dir := t.TempDir()
	os.WriteFile(dir+"/f", nil, 0o644)
	for _, test := range []struct {
		rule  paths.Rule
		exact bool
	}{
		{paths.Rule{Path: dir, Access: paths.Read}, true},
		{paths.Rule{Path: dir + "/f", Access: paths.Read | paths.Write}, true},
		{paths.Rule{Path: dir + "/", Access: paths.Read}, false},
		{paths.Rule{Path: dir + "/", Access: paths.Stat}, true},
		{paths.Rule{Path: dir + "/new", Access: paths.Write}, false},
		{paths.Rule{Path: dir + "/**", Access: paths.Write}, true},
		{paths.Rule{Path: "/usr", Access: paths.Read}, true},
		{paths.Rule{Path: "/", Access: paths.Read}, false},                 // there is a /proc beneath
		{paths.Rule{Path: "/usr", Access: paths.Exec | paths.Stat}, false}, // the kernel reads what it executes
		{paths.Rule{Path: "/proc", Access: paths.Read}, false},
		{paths.Rule{Path: "/proc/sys", Access: paths.Read}, false},
		{paths.Rule{Path: "/proc/1/status", Access: paths.Read}, false},
		{paths.Rule{Path: "/proc/meminfo", Access: paths.Read}, true},
		{paths.Rule{Path: "/proc/self", Access: paths.Read}, false},
	} {
		fd, exact, err := New(compile(t, test.rule), root(t))
		if err != nil || exact != test.exact {
			t.Errorf("%+v: exact %v, %v", test.rule, exact, err)
		}
		unix.Close(fd)
	}
}

// What a shell can do in a ruleset.
func TestLiveEnforced(t *testing.T) {
	if _, err := sys.LandlockVersion(); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for _, d := range []string{"/open", "/shut", "/level/deep"} {
		os.MkdirAll(dir+d, 0o755)
		os.WriteFile(dir+d+"/f", []byte("text\n"), 0o755)
	}
	os.WriteFile(dir+"/level/f", []byte("text\n"), 0o644)
	os.WriteFile(dir+"/one", []byte("one\n"), 0o755)
	rules := compile(t, paths.Rule{Path: "/usr", Access: paths.Read | paths.Exec}, paths.Rule{Path: "/lib64/", Access: paths.Read | paths.Exec},
		paths.Rule{Path: "/etc", Access: paths.Read}, paths.Rule{Path: "/dev/null", Access: paths.Read | paths.Write},
		paths.Rule{Path: dir + "/open", Access: paths.Read | paths.Write}, paths.Rule{Path: dir + "/level/", Access: paths.Read},
		paths.Rule{Path: dir + "/one", Access: paths.Read})
	fd, _, err := New(rules, root(t))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for script, want := range map[string]bool{
		"cat open/f":                         true,
		"cat shut/f":                         false,
		"cat one":                            true,
		"echo x >> one":                      false,
		"./one":                              false,
		"echo x > open/new":                  true,
		"rm open/new || cat open/f":          true,
		"echo x > shut/new":                  false,
		"mkdir shut/d":                       false,
		"ln -s ../shut/f open/l; cat open/l": false,
		"cat level/f":                        true,
		"cat level/deep/f":                   true, // more than the rule says
		"ls shut":                            false,
		"mv open/f shut/g":                   false,
	} {
		t.Run(script, func(t *testing.T) {
			if got := in(t, fd, dir, script); got != want {
				t.Errorf("%v", got)
			}
		})
	}
}

// in runs a script in the ruleset and tells whether it succeeded.
func in(t *testing.T, ruleset int, dir, script string) bool {
	t.Helper()
	type outcome struct {
		err  error
		text []byte
	}
	done := make(chan outcome)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends in its ruleset
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			done <- outcome{err: err}
			return
		}
		if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(ruleset), 0, 0); errno != 0 {
			done <- outcome{err: errno}
			return
		}
		command := exec.Command("/usr/bin/sh", "-c", script)
		command.Dir = filepath.Clean(dir)
		text, err := command.CombinedOutput()
		done <- outcome{err, text}
	}()
	o := <-done
	if _, exited := o.err.(*exec.ExitError); o.err != nil && !exited {
		t.Fatal(o.err)
	}
	if o.err != nil && !strings.Contains(string(o.text), "ermission denied") && !strings.Contains(string(o.text), "cross-device") {
		t.Errorf("%v %s", o.err, o.text)
	}
	return o.err == nil
}

func TestSimProcBeneath(t *testing.T) {
	mounts := "22 1 0:20 / / rw - ext4 /dev/vda rw\n23 22 0:21 / /a/my\\040proc rw,nosuid shared:1 - proc proc rw\n"
	for dir, want := range map[string]bool{"/": true, "/a": true, "/a/my proc": true, "/a/my": false, "/b": false} {
		if got := procBeneath(mounts, dir); got != want {
			t.Errorf("%s: %v", dir, got)
		}
	}
	if !procBeneath("22 1\n", "/b") {
		t.Error("mounts that are not understood hide no procfs")
	}
}
