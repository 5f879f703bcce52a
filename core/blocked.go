package core

import (
	"math"
	"math/bits"
	"runtime"

	"gosandbox/internal/sys"
)

// Blocked is a run whose caller waits until it is over. The caller does the waiting itself, on Word or, with captures, on FDs,
// and calls Step whenever that ends: package capi waits in C, because a signal handler of the host must not run on the
// stack of a goroutine. All calls come from one thread.
type Blocked struct {
	execution *execution
	mine      sys.CPUSet
	pinned    bool
	until     int64 // monotonic ns, while pinned
}

// shortly is how long a caller stays on the CPU where its run was started. Waking a thread on another CPU can cost as much
// as a whole short run; after this time that does not matter any more.
const shortly = 2_000_000 // ns

// Begin starts a run on behalf of a caller that waits for it. The calling thread may be kept on its CPU for a moment: the
// caller must call Step until it tells that the run is over, then Result, all on this thread. Where nothing was started, Blocked is
// nil and the rest is what Run returns.
func Begin(config *Config) (*Blocked, *Result, error) {
	e, err := prepare(config, now())
	if err != nil {
		r, err := failedResult(err)
		return nil, r, err
	}
	return begin(e), nil, nil
}

// After is the monotonic time in ns that is so many ns from now; Until is the inverse.
func After(duration int64) int64 {
	t := now()
	return t + min(duration, math.MaxInt64-t)
}

// Until is how many ns there are until a monotonic time.
func Until(deadline int64) int64 { return deadline - now() }

func begin(e *execution) *Blocked {
	b := &Blocked{execution: e}
	e.run.Blocking = true
	cpu := sys.CPU()
	var err error
	if b.mine, err = sys.Affinity(0); err == nil && !single(&b.mine) {
		here := sys.Only(cpu)
		b.pinned = sys.SetAffinity(0, &here) == nil
		b.until = now() + shortly
	}
	e.launch(cpu, &b.mine)
	return b
}

// Word is a futex that is not 0 when the run is over; for waiting without captures.
func (b *Blocked) Word() *uint32 { return b.execution.run.Done() }

// FDs appends the descriptors of which one becomes readable when a step is due; none without captures. -1 stands for one
// that is closed.
func (b *Blocked) FDs(list []int32) []int32 {
	if b.execution.pump == nil {
		return list
	}
	return b.execution.pump.fds(list)
}

// Step takes captured bytes without blocking. It tells whether the run is over, and otherwise how long to wait at most before the
// next step, in ns; negative: for ever.
func (b *Blocked) Step() (over bool, timeout int64) {
	if pump := b.execution.pump; pump != nil {
		over = pump.step()
	} else {
		over = b.execution.run.Wait(1)
	}
	left := b.until - now()
	if b.pinned && (over || left <= 0) {
		b.pinned = false
		sys.SetAffinity(0, &b.mine)
	}
	if b.pinned {
		return over, left
	}
	return over, -1
}

// Result is what Run returns; once, after the last step.
func (b *Blocked) Result() (*Result, error) {
	defer b.execution.release()
	return b.execution.result()
}

// wait steps until the run is over.
func (b *Blocked) wait() {
	var room [8]int32
	for {
		over, timeout := b.Step()
		if over {
			return
		}
		if list := b.FDs(room[:0]); len(list) > 0 {
			poll(list, timeout)
		} else if timeout < 0 {
			b.execution.run.Wait(0)
		} else {
			b.execution.run.Wait(now() + timeout)
		}
	}
}

// runHere runs to the end on the calling thread.
func (e *execution) runHere() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begin(e).wait()
}

func single(set *sys.CPUSet) bool {
	n := 0
	for _, word := range set {
		n += bits.OnesCount64(word)
	}
	return n == 1
}
