package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Group is what a run's control groups do for its supervision.
type Group interface {
	// Sample looks at the memory in use, from any thread, while the run is under watch. false: it cannot be told.
	Sample() (bytes uint64, ok bool)
	// Kill kills all that is in them at once. By the supervising thread.
	Kill()
	// OutOfMemory tells whether the kernel has killed a process in them at their memory limit. By the supervising
	// thread.
	OutOfMemory() bool
}

// killGroup kills a tree of several processes at once, before the supervisor does it one by one: that cannot be outrun.
func (s *supervisor) killGroup() {
	if s.run.Group != nil && (s.alive > 1 || s.over && s.alive > 0) {
		s.run.Group.Kill()
	}
}

// starved looks whether a process died because the tree was at its memory limit. In version 1 the kernel kills one process only,
// and the others would go on with a part of the program missing.
func (s *supervisor) starved(pid int32, event sys.Event) {
	if s.run.Group == nil || s.killing || event.Code != sys.Killed || event.Status != int32(unix.SIGKILL) || !s.run.Group.OutOfMemory() {
		return
	}
	s.run.outcome.OutOfMemory = true
	if pid != s.root {
		s.kill(CauseMemory)
	}
}

// Split divides exact CPU time in the proportion of a coarser measurement of user and system time.
func Split(cpu, user, system int64) (int64, int64) { return split(cpu, user, system) }
