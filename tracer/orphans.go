package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// orphans are dead processes of the tree that may end up as zombies of the host: when the host is PID 1 of its namespace or a
// child subreaper, the kernel gives it the children of processes that died before them. The host knows nothing of them.
type orphans struct {
	inherited bool
	held      []int // pidfds
}

// mostOrphans bounds the descriptors that are held for this.
const mostOrphans = 64

// note takes care of a process that its tracer has just reaped: if the host is its parent already, it is released now; if
// its own parent still lives, that may die without waiting for it, so it is looked at again when all are dead.
func (o *orphans) note(pid, root int32) {
	if !o.inherited || pid == root || sys.ReapChild(pid) || len(o.held) >= mostOrphans {
		return
	}
	if fd, err := unix.PidfdOpen(int(pid), 0); err == nil { // ESRCH: its parent has waited for it
		o.held = append(o.held, fd)
	}
}

func (o *orphans) reap() {
	for _, fd := range o.held {
		sys.ReapDescriptor(fd)
		unix.Close(fd)
	}
	o.held = nil
}
