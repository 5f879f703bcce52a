package tracee

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestSimGate(t *testing.T) {
	gate := new(uint32)
	if got := gateInChild(gate); got != gateAwaited {
		t.Errorf("a closed gate is %d to a child", got)
	}
	if got := gateInChild(gate); got != gateAwaited {
		t.Errorf("an awaited gate is %d", got)
	}
	openGate(gate)
	if got := gateInChild(gate); got != gateOpen {
		t.Errorf("an opened gate is %d", got)
	}
	early := new(uint32)
	openGate(early)
	if got := gateInChild(early); got != gateOpen {
		t.Errorf("a gate that was opened before the child came is %d", got)
	}
}

func TestSimCas(t *testing.T) {
	word := uint32(5)
	if cas(&word, 4, 9) || word != 5 || !cas(&word, 5, 9) || word != 9 {
		t.Errorf("word is %d", word)
	}
}

// Whoever comes first, the child or the tracer: the program starts.
func TestLiveGate(t *testing.T) {
	for _, pause := range []time.Duration{0, 50 * time.Microsecond, 5 * time.Millisecond} {
		for range 20 {
			lockedRun(t, pause)
		}
	}
}

func lockedRun(t *testing.T, pause time.Duration) {
	t.Helper()
	done := make(chan error)
	go func() {
		done <- func() error {
			c, err := Prepare(&Spec{Paths: []string{"/nosuchdir/x"}, ExecFD: -1})
			if err != nil {
				return err
			}
			defer c.Close()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			if err := c.Start(); err != nil {
				return err
			}
			time.Sleep(pause)
			c.Release()
			if _, err := unix.Wait4(int(c.PID), nil, unix.WALL, nil); err != nil {
				return err
			}
			if f := c.Failure(); f.Step != StepExec || f.Errno != unix.ENOENT {
				return f
			}
			return nil
		}()
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the child never passed the gate")
	}
}
