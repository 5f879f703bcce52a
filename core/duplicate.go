package core

import (
	"math"

	"golang.org/x/sys/unix"
)

// duplicate makes the run independent of the host's own descriptors, which the host may close as soon as it has the task. One that is
// not open stays one that is not open, for the child to report: by a number that no other thread can open meanwhile.
func (e *execution) duplicate() error {
	spec := &e.lowered.spec
	for i := range spec.Files {
		f := &spec.Files[i]
		if from := lastFor(e.config.Files, f.Target); from == nil || from.source != sourceHost {
			continue
		}
		if err := e.own(&f.From); err != nil {
			return err
		}
	}
	if spec.ExecFD >= 0 {
		return e.own(&spec.ExecFD)
	}
	return nil
}

// own replaces a descriptor by a duplicate.
func (e *execution) own(fd *int) error {
	made, err := unix.FcntlInt(uintptr(*fd), unix.F_DUPFD_CLOEXEC, 0)
	switch err {
	case nil:
		*fd = made
		e.ours = append(e.ours, made)
	case unix.EBADF:
		*fd = math.MaxInt32
	default:
		return exhausted("a duplicate of a descriptor", err)
	}
	return nil
}
