package sys

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// dumpable guards the dumpable flag of this process: a thread of it, or a child that still shares its memory, which changes
// its ids clears it.
var dumpable struct {
	sync.Mutex
	sharers int
	before  int
}

// KeepDumpable notes that ids of a task with this process's memory will change; the function it returns, which may be
// called again, puts the flag back when all such changes are over.
func KeepDumpable() (over func()) {
	dumpable.Lock()
	defer dumpable.Unlock()
	if dumpable.sharers == 0 {
		dumpable.before, _ = unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	}
	dumpable.sharers++
	var once atomic.Bool
	return func() {
		if !once.CompareAndSwap(false, true) {
			return
		}
		dumpable.Lock()
		defer dumpable.Unlock()
		dumpable.sharers--
		if dumpable.sharers == 0 && dumpable.before == 1 {
			unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
		}
	}
}
