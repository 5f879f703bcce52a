package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracee"
	"gosandbox/tracer"
)

func now() int64 { return sys.Monotonic() }

// execution is one run of a config, from its preparation to its result.
type execution struct {
	config  *Config
	lowered *lowered
	child   *tracee.Child
	run     *tracer.Run
	pump    *pump    // nil without captures
	ours    []int    // the host's ends for the child, closed once it has its own
	hand    int      // socket by which the listener comes, -1 where it is taken
	bell    int      // eventfd at the end of the tracing, -1 unless somebody polls it
	apart   func()   // undoes KeepDumpable, nil without
	groups  *groups  // nil without
	cell    *cell    // nil without a template
	parcels *parcels // nil without files that go in or out

	line *startLine // of the group that the run is a member of; nil without
}

// prepare makes everything that a run needs; what can fail before a process exists fails here.
func prepare(c *Config, begin int64) (*execution, error) { return prepareFor(c, begin, false) }

// prepareFor is prepare, with a run that is independent of a caller that does not wait for it: it has its own of what the caller
// may close.
func prepareFor(c *Config, begin int64, independent bool) (*execution, error) {
	if c.Learner != nil {
		c = c.learning()
	}
	c, err := c.inTemplate()
	if err != nil {
		return nil, err
	}
	c, parcels, err := c.pack()
	if err != nil {
		return nil, err
	}
	l, err := lower(c)
	if err == nil {
		err = c.available()
	}
	if err != nil {
		if l != nil && l.paths != nil {
			l.paths.close()
		}
		parcels.close()
		return nil, err
	}
	l.independent = independent
	return assemble(c, l, parcels, begin)
}

// assemble makes an execution of a config that was lowered.
func assemble(c *Config, l *lowered, parcels *parcels, begin int64) (_ *execution, err error) {
	e := &execution{config: c, lowered: l, bell: -1, hand: -1, parcels: parcels}
	defer func() {
		if err != nil {
			e.release()
		}
	}()
	if err := e.descriptors(); err != nil {
		return nil, err
	}
	if err := e.domain(); err != nil {
		return nil, err
	}
	if l.independent {
		if err := e.duplicate(); err != nil {
			return nil, err
		}
	}
	if c.Template != nil {
		if err := e.enterCell(); err != nil {
			return nil, err
		}
	}
	if err := e.parcels.lower(e); err != nil {
		return nil, err
	}
	if e.child, err = tracee.Prepare(&l.spec); err != nil {
		return nil, startError(err, c, l.spec.Paths)
	}
	e.run = tracer.NewRun(e.bell)
	e.run.Program = e
	e.run.Limits = l.limits
	e.run.Filter, e.run.Inherit = l.filterProgram, l.inherit
	e.run.Begin = begin
	e.run.Trace = c.Trace.lower()
	e.run.Record = c.Record.lower()
	if l.decider != nil {
		e.run.Decider = l.decider
	}
	if l.paths != nil {
		e.run.Server, l.paths.run = l.paths, e.run
	}
	if e.pump != nil {
		e.pump.run = e.run
	}
	if err := e.group(c); err != nil {
		return nil, err
	}
	return e, nil
}

// descriptors makes the pipes of captures and the files of bytes.
func (e *execution) descriptors() error {
	for i := range e.lowered.spec.Files {
		to := &e.lowered.spec.Files[i]
		from := lastFor(e.config.Files, to.Target)
		if from == nil {
			continue
		}
		switch from.source {
		case sourceBytes:
			fd, err := sys.SealedFile(from.bytes)
			if err != nil {
				return exhausted("a memory file for bytes", err)
			}
			to.From = fd
			e.ours = append(e.ours, fd)
		case sourceCapture:
			var ends [2]int
			if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
				return exhausted("a pipe for a capture", err)
			}
			to.From = ends[1]
			e.ours = append(e.ours, ends[1])
			if e.pump == nil {
				e.pump = &pump{limit: e.lowered.output}
			}
			e.pump.captures = append(e.pump.captures, &capture{child: to.Target, read: ends[0], max: from.max})
			if err := unix.SetNonblock(ends[0], true); err != nil {
				return exhausted("a pipe for a capture", err)
			}
		}
	}
	if e.lowered.handed {
		ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return exhausted("a pair of sockets", err)
		}
		e.hand = ends[0]
		e.ours = append(e.ours, ends[1])
		e.lowered.spec.Hand = &ends[1]
	}
	if e.pump != nil || e.lowered.decider != nil || e.config.Interruptible {
		bell, err := sys.NewBell()
		if err != nil {
			return exhausted("an eventfd", err)
		}
		e.bell = bell
	}
	return nil
}

func lastFor(files []File, child int) (last *File) {
	for i := range files {
		if files[i].Child == child {
			last = &files[i]
		}
	}
	return last
}

// Start is called by the supervising thread.
func (e *execution) Start() (int32, error) {
	if e.lowered.spec.IDs != nil {
		e.apart = sys.KeepDumpable()
	}
	var err error
	if e.groups != nil {
		err = e.groups.enter(e.child)
	} else {
		err = e.child.Start()
	}
	e.closeOurs()
	return e.child.PID, err
}

// Release is called by the supervising thread when it traces the child.
func (e *execution) Release() { e.child.Release() }

// Executed is called by the supervising thread when the program is in place.
func (e *execution) Executed() {
	if e.apart != nil {
		e.apart()
	}
	if e.groups != nil {
		e.groups.executed()
	}
	if e.line != nil {
		e.line.await(e.run)
	}
}

// Ended is called by the supervising thread when the program is dead.
func (e *execution) Ended() {
	e.child.Ended()
	if e.cell != nil && e.run.Alive() {
		e.cell.end() // at once, with all that is in it
	}
}

// PIDFD is the child's.
func (e *execution) PIDFD() int { return e.child.PIDFD() }

// Listener is called by the supervising thread when the child is about to execute the program.
func (e *execution) Listener() (int, error) {
	if e.hand >= 0 {
		return sys.ReceiveFD(e.hand)
	}
	return e.child.Listener()
}

func (e *execution) closeOurs() {
	for _, fd := range e.ours {
		unix.Close(fd)
	}
	e.ours = nil
}

// release frees all but what the result keeps.
func (e *execution) release() {
	e.closeOurs()
	if e.apart != nil {
		e.apart()
	}
	if e.child != nil {
		e.child.Close()
	}
	if e.groups != nil && !e.leaveGroups() {
		e.groups.Remove() // one that stays busy is tried again by the next run
	}
	e.groups = nil
	if e.cell != nil {
		e.cell.leave(e.usedNetwork())
		e.cell = nil
	}
	if e.pump != nil {
		for _, c := range e.pump.captures {
			if c.read >= 0 {
				unix.Close(c.read)
				c.read = -1
			}
		}
	}
	if e.run != nil {
		e.run.Unlisten()
	}
	if e.lowered.paths != nil {
		e.lowered.paths.close()
	}
	if e.hand >= 0 {
		unix.Close(e.hand)
		e.hand = -1
	}
	e.parcels.close()
	e.parcels = nil
	if e.bell >= 0 {
		unix.Close(e.bell)
		e.bell = -1
	}
}

// launch starts the supervision; on an error there is none, and e is to be released. The child gets the caller's CPUs, unless the config says others.
func (e *execution) launch(cpu int, cpus *sys.CPUSet) error {
	if e.lowered.spec.CPUs == nil {
		e.run.CPUs = cpus
	}
	if err := tracer.Supervise(e.run, cpu); err != nil {
		return exhausted("a thread", err)
	}
	return nil
}
