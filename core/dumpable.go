package core

import (
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// dumpable guards the host's dumpable flag: a child that changes its ids while it still shares the host's memory clears it.
var dumpable struct {
	sync.Mutex
	children int
	before   int
}

// sharing notes a child that will change its ids; the function it returns puts the flag back when the last such child has
// memory of its own.
func sharing() (apart func()) {
	dumpable.Lock()
	defer dumpable.Unlock()
	if dumpable.children == 0 {
		dumpable.before, _ = unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	}
	dumpable.children++
	var once atomic.Bool
	return func() {
		if !once.CompareAndSwap(false, true) {
			return
		}
		dumpable.Lock()
		defer dumpable.Unlock()
		dumpable.children--
		if dumpable.children == 0 && dumpable.before == 1 {
			unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
		}
	}
}
