package tracer

import (
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/calls"
	"gosandbox/internal/sys"
)

// patience is how long the path of a violation is waited for, in ns: once in a run, also on a busy machine.
const patience = 100_000_000

// pathOf reads the first path argument of a call of the machine's own architecture, for a report: it can change under us. The page it
// lies in may never arrive (userfaultfd, FUSE), so a thread apart does the reading; the death of the program ends that.
func pathOf(v Violation) string {
	paths := calls.PathArguments(v.Arch, v.Nr)
	if len(paths) == 0 {
		return ""
	}
	var read struct {
		path string
		done uint32
	}
	err := sys.StartThread(func() {
		var buffer [unix.PathMax]byte
		path, _ := sys.ReadString(v.TID, v.Args[paths[0].Index], buffer[:])
		read.path = string(path)
		atomic.StoreUint32(&read.done, 1)
		sys.FutexWake(&read.done, 1)
	})
	if err != nil {
		return ""
	}
	for deadline := sys.Monotonic() + patience; atomic.LoadUint32(&read.done) == 0; {
		if sys.Monotonic() >= deadline {
			return ""
		}
		sys.FutexWait(&read.done, 0, deadline)
	}
	return read.path
}
