package paths

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// A rule for what the host may not look up is kept as it is written: PATH of a program may lead anywhere.
func TestLiveCompileClosed(t *testing.T) {
	dir := t.TempDir()
	for up := dir; up != "/" && up != os.TempDir(); up = filepath.Dir(up) {
		os.Chmod(up, 0o755)
	}
	closed := filepath.Join(dir, "closed")
	if err := os.MkdirAll(filepath.Join(closed, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	os.Chmod(closed, 0)
	defer os.Chmod(closed, 0o755)
	root, err := unix.Open("/", unix.O_PATH, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(root)
	var rules *Rules
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread's ids are changed
		if os.Geteuid() == 0 {
			if err := sys.ActAs(65534, 65534, nil); err != nil {
				done <- err
				return
			}
		}
		var err error
		rules, err = Compile([]Rule{{Path: closed + "/a/b", Access: Read}}, root, root)
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	canonical, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if rules.Allowed(canonical+"/closed/a/b") != Read|Stat || rules.Allowed(canonical+"/closed/a") != 0 {
		t.Errorf("%+v", rules.List())
	}
}
