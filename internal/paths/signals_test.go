package paths

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// A signal to the supervising thread must not change what an open gives.
func TestLiveSignalsWhileServed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := &run{dir: dir, rules: []Rule{{Path: "/", Access: Read | Exec}}, argv: []string{built(t, "again"), "file", "3000"}}
	over, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for pid := os.Getpid(); ; {
			select {
			case <-over:
				return
			default:
			}
			if tid := r.thread.Load(); tid != 0 {
				unix.Tgkill(pid, int(tid), unix.SIGURG) // as the runtime does to preempt
			}
			sys.Sleep(10_000)
		}
	}()
	text, err := r.start(t)
	close(over)
	<-stopped
	if err != nil || string(text) != "0 wrong\n" {
		t.Errorf("%q, %v", text, err)
	}
}
