package tracee

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// cloneStep is the step at which the clone of the first process fails.
func (c *Child) cloneStep() Step {
	if c.plan.namespaces.made()&^lateNamespaces != 0 {
		return StepNamespaces
	}
	return StepClone
}

// startApart completes the start of a child with namespaces. With a pid namespace the process that was cloned is not the
// program: it makes process 1 and the program, both children of this thread, and ends.
func (c *Child) startApart() error {
	var err error
	if c.plan.namespaces.flags&unix.CLONE_NEWPID != 0 {
		err = c.startInPIDNamespace()
	}
	if err == nil {
		err = writeMaps(c.PID, c.namespaces)
	}
	if err != nil {
		c.abandon()
	}
	return err
}

func (c *Child) startInPIDNamespace() error {
	parting := c.PID
	c.PID = 0
	sys.Await(parting)
	unix.Close(int(c.pidfd))
	c.pidfd = -1
	n := &c.plan.namespaces
	c.PID = n.program
	if n.init > 0 {
		fd, err := unix.PidfdOpen(int(n.init), 0)
		if err != nil {
			return &Error{StepPrepare, -1, err.(unix.Errno)}
		}
		c.init = fd
	}
	if n.init <= 0 && n.holder == 0 || n.program <= 0 || c.plan.report.errno != 0 && Step(c.plan.report.step) == StepNamespaces {
		return c.Failure()
	}
	fd, err := unix.PidfdOpen(int(n.program), 0)
	if err != nil {
		return &Error{StepPrepare, -1, err.(unix.Errno)}
	}
	c.pidfd = int32(fd)
	return nil
}

// abandon kills and reaps what a failed start has left.
func (c *Child) abandon() {
	for _, pid := range []int32{c.PID, c.plan.namespaces.init} {
		if pid > 0 {
			sys.Kill(pid, unix.SIGKILL)
			sys.Await(pid)
		}
	}
	if c.init >= 0 {
		unix.Close(c.init)
		c.init = -1
	}
	c.PID = 0
}

// Ended ends what has kept the program's namespaces alive: with process 1 of a pid namespace all others die. To be called
// when the program is dead, on any thread; the thread that started it reaps process 1.
func (c *Child) Ended() {
	if c.init >= 0 {
		// A filter of the host's may forbid that call; the number is as good while the process lives.
		if sys.KillDescriptor(c.init, unix.SIGKILL) != nil && !sys.Readable(c.init) {
			sys.Kill(c.plan.namespaces.init, unix.SIGKILL)
		}
		unix.Close(c.init)
		c.init = -1
	}
}
