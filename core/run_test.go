package core

import (
	"context"
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func shell(script string, files ...File) *Config {
	return &Config{Args: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Files: files}
}

// within fails the test, with all stacks, when f does not come back.
func within(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(d):
		buffer := make([]byte, 1<<16)
		t.Fatalf("hangs after %v\n%s", d, buffer[:runtime.Stack(buffer, true)])
	}
}

func expect(t *testing.T, r *Result, err error, status Status) {
	t.Helper()
	if err != nil || r == nil || r.Status != status {
		t.Errorf("%+v, %v, want %v", r, err, status)
	}
}

// A config without any limit is never under watch; ending it once waited for ever.
func TestLiveRunWithoutLimits(t *testing.T) {
	within(t, 10*time.Second, func() {
		for range 20 {
			r, err := Run(context.Background(), &Config{Args: []string{"/bin/true"}})
			expect(t, r, err, StatusExited)
		}
	})
}

func TestLiveRunCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	within(t, 20*time.Second, func() {
		for range 20 {
			r, err := Run(ctx, shell("sleep 60"))
			expect(t, r, err, StatusCancelled)
		}
	})
}

// A context that is over leaves no time for even the shortest program.
func TestLiveRunCancelledBeforeAShortProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	late := 0
	for range 50 {
		if r, err := Run(ctx, &Config{Args: []string{"/bin/true"}}); err != nil || r.Status != StatusCancelled {
			late++
		}
	}
	if late > 0 {
		t.Errorf("%d of 50 programs were run to their end under a context that was over before", late)
	}
}

func TestLiveRunCancelledDuring(t *testing.T) {
	within(t, 30*time.Second, func() {
		for _, script := range []string{"sleep 60", "while :; do :; done", "sleep 60 & sleep 60 & wait", "yes"} {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			begin := time.Now()
			r, err := Run(ctx, shell(script, Capture(1, 10)))
			cancel()
			expect(t, r, err, StatusCancelled)
			if d := time.Since(begin); d < 30*time.Millisecond || d > 5*time.Second {
				t.Errorf("%s: took %v", script, d)
			}
		}
	})
}

func TestLiveRunErrors(t *testing.T) {
	r, err := Run(context.Background(), &Config{})
	var failed *Error
	if r != nil || !errors.As(err, &failed) || failed.Code != CodeEINVAL {
		t.Errorf("an empty config: %v, %v", r, err)
	}
	for name, test := range map[string]struct {
		config Config
		step   Step
		errno  unix.Errno
		want   string
	}{
		"program": {Config{Args: []string{"/no/such"}}, StepExec, unix.ENOENT, "exec: No such file or directory: /no/such"},
		"path":    {Config{Args: []string{"nosuchprogram"}}, StepExec, unix.ENOENT, "exec: No such file or directory: nosuchprogram (not found in PATH)"},
		"dir":     {Config{Args: []string{"/bin/true"}, Dir: "/no/such"}, StepCwd, unix.ENOENT, "cwd: No such file or directory: /no/such"},
		"file": {Config{Args: []string{"/bin/true"}, Files: []File{FromPath(3, "/no/such", 0, 0)}}, StepOpen, unix.ENOENT,
			"open: No such file or directory: /no/such for descriptor 3"},
		"descriptor": {Config{Args: []string{"/bin/true"}, Files: []File{HostFD(3, 999)}}, StepDescriptors, unix.EBADF,
			"descriptors: Bad file descriptor: host descriptor 999 as descriptor 3 (the host has closed it)"},
		"rlimit": {Config{Args: []string{"/bin/true"}, Rlimits: []Rlimit{{unix.RLIMIT_NOFILE, 1, math.MaxUint64}}}, StepRlimit, unix.EPERM,
			"rlimit: Operation not permitted: RLIMIT_NOFILE (above the host's hard limit; raising that needs CAP_SYS_RESOURCE)"},
	} {
		leaked(t, func() {
			r, err := Run(context.Background(), &test.config)
			if !errors.As(err, &failed) || r == nil || r.Status != StatusSetupFailed || r.Cause != CauseNone || r.ExitCode != -1 || r.Message != test.want ||
				failed.Code != CodeESETUP || failed.Step != test.step || failed.Errno != test.errno || r.Err != failed {
				t.Errorf("%s: %+v, %v\nwant %s", name, r, err, test.want)
			}
		})
	}
}

func TestLiveRunsInParallelLeaveNothing(t *testing.T) {
	config := shell("echo out; echo err >&2; cat", Bytes(0, []byte("in\n")), Capture(1, 100), Capture(2, 100))
	config.Limits = Limits{CPU: 10 * time.Second, Wall: 30 * time.Second, Memory: 1 << 30}
	within(t, 50*time.Second, func() {
		leaked(t, func() {
			var wait sync.WaitGroup
			for range 50 {
				wait.Go(func() {
					r, err := Run(context.Background(), config)
					if expect(t, r, err, StatusExited); r != nil && (string(r.Output[1]) != "out\nin\n" || string(r.Output[2]) != "err\n") {
						t.Errorf("output %q, %q", r.Output[1], r.Output[2])
					}
				})
			}
			wait.Wait()
		})
	})
}

func TestLiveRunsUnderConstantCollection(t *testing.T) {
	var over atomic.Bool
	var collector sync.WaitGroup
	collector.Go(func() {
		for !over.Load() {
			runtime.GC()
		}
	})
	within(t, 50*time.Second, func() {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for range 10 {
					config := shell("echo x; (exit 3)", Capture(1, 10))
					config.Limits = Limits{Wall: 20 * time.Second, Memory: 1 << 30}
					r, err := Run(context.Background(), config)
					if expect(t, r, err, StatusExited); r != nil && (r.ExitCode != 3 || string(r.Output[1]) != "x\n") {
						t.Errorf("%+v", r)
					}
				}
			})
		}
		wait.Wait()
	})
	over.Store(true)
	collector.Wait()
}

// A child that holds the captured pipe and writes on, and one outside of the run that does.
func TestLiveRunWithAWriterThatGoesOn(t *testing.T) {
	within(t, 30*time.Second, func() {
		result := make(chan *Result)
		go func() {
			r, err := Run(context.Background(), shell("yes & exit 4", Capture(1, 1000)))
			expect(t, r, err, StatusExited)
			result <- r
		}()
		if r := <-result; r != nil && (r.ExitCode != 4 || len(r.Output[1]) > 1000) {
			t.Errorf("exit code %d, %d bytes", r.ExitCode, len(r.Output[1]))
		}
		limit := uint64(100000)
		config := shell("yes", Capture(1, 1000))
		config.Limits.Output = &limit
		r, err := Run(context.Background(), config)
		if expect(t, r, err, StatusOutputLimit); r != nil && (r.OutputBytes <= limit || len(r.Output[1]) != 1000 || r.Cause != CauseOutput) {
			t.Errorf("%d bytes, %d kept, cause %v", r.OutputBytes, len(r.Output[1]), r.Cause)
		}
	})
}

// A run whose CPU limit is as good as none must not keep the watch from the others.
func TestLiveHugeLimitDoesNotStarveOthers(t *testing.T) {
	within(t, 20*time.Second, func() {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		endless := shell("exec sleep 3")
		endless.Limits.CPU = math.MaxInt64
		task, err := Start(endless)
		if err != nil {
			t.Fatal(err)
		}
		defer task.Close()
		time.Sleep(50 * time.Millisecond)
		var before, after unix.Rusage
		unix.Getrusage(unix.RUSAGE_SELF, &before)
		short := shell("exec sleep 10")
		short.Limits.Wall = 200 * time.Millisecond
		r, err := Run(ctx, short)
		unix.Getrusage(unix.RUSAGE_SELF, &after)
		if expect(t, r, err, StatusWallLimit); r != nil && r.Wall > 2*time.Second {
			t.Errorf("a wall limit of 200 ms acted after %v", r.Wall)
		}
		used := unix.TimevalToNsec(after.Utime) + unix.TimevalToNsec(after.Stime) - unix.TimevalToNsec(before.Utime) - unix.TimevalToNsec(before.Stime)
		if used > 100e6 {
			t.Errorf("the library used %v of CPU time during 200 ms of waiting", time.Duration(used))
		}
	})
}

func TestLiveMissingDescriptorsAreNull(t *testing.T) {
	r, err := Run(context.Background(), shell("x=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); echo \"$x\" >&3", Capture(3, 1000)))
	if expect(t, r, err, StatusExited); r != nil && string(r.Output[3]) != "/dev/null\n/dev/null\n/dev/null\n" {
		t.Errorf("%q", r.Output[3])
	}
}
