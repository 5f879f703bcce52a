package main

import (
	"runtime/debug"
	"sync/atomic"

	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// Go's own pacing of the garbage collector is off. The exports count what they allocate, and memory goes back to the kernel at
// once, since the scavenger that would do it later is off too.

const (
	callBytes = 4 << 10  // what a call allocates at the most, apart from what it is given
	runBytes  = 64 << 10 // what a run allocates, apart from what it captures
	enough    = 32 << 20 // garbage that is worth a collection, which takes a few ms on a thread of its own
	backstop  = 1 << 30  // at which Go collects by itself, should the count be wrong
)

var (
	churn      atomic.Int64
	collecting atomic.Bool
)

func init() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(backstop)
}

// allocated counts n bytes, and collects when there is enough.
func allocated(n int) {
	if churn.Add(int64(n)) < enough || !collecting.CompareAndSwap(false, true) {
		return
	}
	churn.Store(0)
	err := newThread(func() {
		defer collecting.Store(false)
		defer quietly()
		sys.HoldSignals()
		fault.At(fault.Collect)
		debug.FreeOSMemory()
	})
	if err != nil {
		collecting.Store(false) // another time
	}
}
