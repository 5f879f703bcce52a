package core

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func start(t *testing.T, config *Config) *Task {
	t.Helper()
	task, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func readable(fd int) bool {
	n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	return n == 1
}

func TestLiveTask(t *testing.T) {
	within(t, 30*time.Second, func() {
		leaked(t, func() {
			task := start(t, shell("read x; sleep 60", Capture(1, 10)))
			begin := time.Now()
			if r, err, over := task.Wait(int64(20 * time.Millisecond)); over || r != nil || err != nil || time.Since(begin) < 20*time.Millisecond {
				t.Errorf("%v, %v, %v after %v", r, err, over, time.Since(begin))
			}
			if _, _, over := task.Wait(0); over || readable(task.PollFD()) {
				t.Error("over before its time")
			}
			if pid := task.PID(); pid <= 0 || unix.Kill(pid, 0) != nil {
				t.Errorf("pid %d", pid)
			}
			task.Kill()
			task.Kill()
			r, err, over := task.Wait(-1)
			if expect(t, r, err, StatusCancelled); !over {
				t.Error("Wait for ever came back too early")
			}
			fds := []unix.PollFd{{Fd: int32(task.PollFD()), Events: unix.POLLIN}}
			if n, err := unix.Poll(fds, 5000); n != 1 {
				t.Errorf("the descriptor is not readable at the end: %d, %v", n, err)
			}
			again, _, over := task.Wait(0)
			if !over || again != r || task.PID() != 0 {
				t.Errorf("second wait: %v, %v; pid %d", again, over, task.PID())
			}
			task.Kill()
			task.Close()
			task.Close()
			if r.Status != StatusCancelled || r.Message == "" {
				t.Error("the result is lost")
			}
		})
	})
}

func TestLiveTaskByItself(t *testing.T) {
	within(t, 10*time.Second, func() {
		task := start(t, shell("exit 9"))
		defer task.Close()
		fds := []unix.PollFd{{Fd: int32(task.PollFD()), Events: unix.POLLIN}}
		for n := 0; n != 1; {
			n, _ = unix.Poll(fds, 5000)
		}
		r, err, over := task.Wait(0)
		if expect(t, r, err, StatusExited); !over || r == nil || r.ExitCode != 9 {
			t.Errorf("readable, but %v, %+v", over, r)
		}
	})
}

func TestLiveTaskThatCannotStart(t *testing.T) {
	within(t, 10*time.Second, func() {
		leaked(t, func() {
			task := start(t, &Config{Args: []string{"/no/such"}})
			r, err, over := task.Wait(-1)
			if err == nil || !over || r.Status != StatusSetupFailed {
				t.Errorf("%+v, %v, %v", r, err, over)
			}
			task.Close()
		})
	})
	if task, err := Start(&Config{}); task != nil || err == nil {
		t.Errorf("an empty config: %v, %v", task, err)
	}
}

func TestLiveTaskRaces(t *testing.T) {
	within(t, 50*time.Second, func() {
		leaked(t, func() {
			var wait sync.WaitGroup
			for i := range 20 {
				wait.Go(func() {
					config := shell("sleep 60 & sleep 60")
					if i%2 == 0 {
						config.Limits.Wall = 30 * time.Second
					}
					task := start(t, config)
					var kills sync.WaitGroup
					for range 3 {
						kills.Go(func() { time.Sleep(time.Duration(i) * 100 * time.Microsecond); task.Kill() })
					}
					r, err, _ := task.Wait(-1)
					expect(t, r, err, StatusCancelled)
					kills.Wait()
					kills.Go(task.Close)
					task.Close()
					kills.Wait()
				})
			}
			wait.Wait()
		})
	})
}

// After Close the library must not write to the number of its descriptor, which is somebody else's by then.
func TestLiveTaskCloseEndsTheBell(t *testing.T) {
	var stray atomic.Int32
	within(t, 50*time.Second, func() {
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				for range 300 {
					task := start(t, &Config{Args: []string{"/bin/true"}})
					task.Close()
					var mine [4]int
					for i := range mine {
						mine[i], _ = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
					}
					time.Sleep(200 * time.Microsecond)
					for _, fd := range mine {
						if readable(fd) {
							stray.Add(1)
						}
						unix.Close(fd)
					}
				}
			})
		}
		wait.Wait()
	})
	if n := stray.Load(); n > 0 {
		t.Errorf("%d of 600 tasks rang a descriptor of somebody else", n)
	}
}

// What was made for a config is freed when the machine then turns out to lack something.
func TestLiveRefusedLeavesNothing(t *testing.T) {
	leaked(t, func() {
		for range 5 {
			_, err := Start(&Config{Args: []string{"/bin/true"}, Paths: []PathRule{{Path: "/usr/", Access: PathRead}}, Require: []Feature{9999}})
			if err == nil {
				t.Fatal("an unknown feature was there")
			}
		}
	})
}
