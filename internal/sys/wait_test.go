package sys

import (
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// newZombie runs a program to its end and does not reap it before the end of the test. The test's thread is its parent.
func newZombie(t *testing.T, program string, args ...string) int32 {
	t.Helper()
	runtime.LockOSThread()
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Wait()
		runtime.UnlockOSThread()
	})
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	return int32(cmd.Process.Pid)
}

func TestLiveWaitAny(t *testing.T) {
	for _, test := range []struct {
		script       string
		code, status int32
	}{{"exit 0", ExitedNormally, 0}, {"exit 7", ExitedNormally, 7}, {"kill -9 $$", Killed, 9}, {"kill -15 $$", Killed, 15}} {
		t.Run(test.script, func(t *testing.T) {
			zombie := newZombie(t, "sh", "-c", test.script)
			want := Event{zombie, test.code, test.status}
			for range 2 { // it stays
				if event, err := WaitAny(); err != nil || event != want || !event.Exited() {
					t.Fatalf("%+v, %v, want %+v", event, err, want)
				}
			}
			if n := testing.AllocsPerRun(100, func() { WaitAny() }); n != 0 {
				t.Errorf("%v allocations", n)
			}
			if _, err := Reap(zombie); err != nil {
				t.Error(err)
			}
			if _, err := Reap(zombie); err != unix.ECHILD {
				t.Errorf("reaped twice: %v", err)
			}
			if _, err := WaitAny(); err != unix.ECHILD {
				t.Errorf("no child left: %v", err)
			}
		})
	}
}

func TestLiveWaitAnySeesOnlyItsThread(t *testing.T) {
	newZombie(t, "true")
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		_, err := WaitAny()
		result <- err
	}()
	if err := <-result; err != unix.ECHILD {
		t.Errorf("another thread's child: %v, want ECHILD", err)
	}
}

func TestSimExited(t *testing.T) {
	for code, want := range map[int32]bool{ExitedNormally: true, Killed: true, Dumped: true, Trapped: false, Stopped: false} {
		if (Event{Code: code}).Exited() != want {
			t.Errorf("code %d", code)
		}
	}
}

// A traced child, stopped where it has executed its program.
func newStopped(t *testing.T) int32 {
	t.Helper()
	runtime.LockOSThread()
	cmd := exec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		runtime.UnlockOSThread()
	})
	return int32(cmd.Process.Pid)
}
