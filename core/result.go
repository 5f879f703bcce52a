package core

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/tracee"
	"gosandbox/tracer"
)

// Result is what became of a run. It is never changed once it is handed out.
type Result struct {
	Status   Status
	Cause    Cause // why the library killed it
	Detail   Detail
	ExitCode int // 0..255 with StatusExited, else -1
	Signal   unix.Signal
	Message  string // one sentence

	CPU, User, System time.Duration // of the whole tree, since the program started
	Wall              time.Duration // from the program's start to its end
	Setup             time.Duration // from the call to the program's start
	MemoryPeak        uint64        // bytes, the largest process's peak
	ProcessesPeak     uint64
	OutputBytes       uint64 // written to captured descriptors, dropped ones included
	Notifications     uint64
	Stops             uint64
	ContextSwitches   uint64
	Faults            uint64
	ProcessesTotal    uint64              // that there were
	BytesRead         uint64              // with Record.Bytes
	BytesWritten      uint64              // likewise
	Counter           uint64              // with Record.Counter, unless the counter was shared
	CounterEnabled    uint64              // ns that it was to count
	CounterRunning    uint64              // ns that it has counted
	Sources           [FigureCount]Source // of each figure; SourceNone: not measured, the figure is 0

	Output    map[int][]byte // captured bytes, by descriptor; a NUL that does not count follows them
	Violation *Violation     // with StatusViolation
	Err       *Error         // with StatusSetupFailed and StatusInternal

	Timeline  []Sample  // with Record.Samples: from the start of the program to its end
	Processes []Process // with Record.Processes, in the order in which they were made

	Files []CollectedFile // in the order of Collects; then what is left of a workspace that could not be removed

	Membership *Membership // in the group that the run was a member of; nil without

	Syscalls     []CallCount // with Trace.Counts, the most frequent first
	Trace        []byte      // lines, with Trace.Text or Trace.JSON: the first ones that fit into Trace.Max; a NUL that does not count follows
	TraceDropped uint64      // how many lines did not
}

// Violation is the system call that a run was killed for.
type Violation struct {
	Name     string // "" for a call without one
	Arch     uint32
	Nr       int64
	Args     [6]uint64
	IP       uint64
	PID, TID int32
	Path     string // its path argument, where it has one; the program's bytes, not trusted
}

// result makes the result of a finished run.
func (e *execution) result() (*Result, error) {
	o := e.run.Outcome()
	r := &Result{ExitCode: -1, Output: map[int][]byte{}}
	var bytes uint64
	if e.pump != nil {
		for _, c := range e.pump.captures {
			r.Output[c.child] = append(c.kept, 0)[:len(c.kept):len(c.kept)]
			bytes += c.total
		}
		if e.pump.lost != nil && (o.Cause == tracer.CauseNone || o.Cause == tracer.CauseFault) {
			o.Cause, o.Err = tracer.CauseFault, e.pump.lost
		}
	}
	failure := e.child.Failure() // of a child that was never started: no step
	diedLoading := !o.Executed && o.Cause == tracer.CauseNone && o.Err == nil && !o.Exited &&
		failure.Step == tracee.StepExec && failure.Errno == 0
	peak, groupErr := e.groups.settle(o)
	if groupErr != nil {
		o.Err, o.Cause = groupErr, tracer.CauseFault
	}
	v := classify(o, &e.config.Limits, bytes, diedLoading)
	r.Status, r.Cause, r.Detail = v.status, v.cause, detail(v, o)
	r.fill(o, bytes, e.pump != nil)
	r.Notifications = e.run.Notifications()
	if o.Executed {
		r.Files = e.parcels.collect(e.config)
	}
	r.Files = append(r.Files, e.parcels.tidy()...)
	r.traced(e.run.Trace)
	r.recorded(e.run.Record)
	e.groups.fill(r, peak, e.config.Limits.Memory)
	switch r.Status {
	case StatusExited:
		r.ExitCode = int(o.Code)
	case StatusSignaled:
		r.Signal = unix.Signal(o.Signal)
	case StatusViolation:
		r.Violation = describe(o.Violation)
	case StatusSetupFailed:
		r.Cause = CauseNone
		err := o.Err
		if err == nil || failure.Errno != 0 {
			err = failure
		}
		if o.Cause == tracer.CauseWall {
			failure.Errno = unix.ETIMEDOUT
		}
		r.Err = startError(err, e.config, e.lowered.spec.Paths)
		if r.Err.Errno == 0 && o.Signal != 0 {
			r.Err.Message += fmt.Sprintf(" (by %s)", signalName(int(o.Signal)))
		}
		if r.Err.Step == StepClone && (r.Err.Errno == unix.EAGAIN || r.Err.Errno == unix.ENOMEM) {
			return nil, exhausted("a process", r.Err.Errno) // the host's trouble, not the config's
		}
		if e.pump != nil && e.pump.lost != nil && err == e.pump.lost {
			r.Err.Step, r.Err.Message = StepPrepare, "prepare: "+err.Error()
		}
	case StatusInternal:
		err := o.Err
		if err == nil {
			err = unix.EIO
		}
		r.Err = fault(err)
	}
	r.Message = r.message(&e.config.Limits)
	if r.Err != nil {
		return r, r.Err
	}
	return r, nil
}

func (r *Result) fill(o *tracer.Outcome, bytes uint64, captured bool) {
	r.Stops = o.Stops
	r.Sources[FigureStops] = SourceTracer
	r.Sources[FigureNotifications] = SourceTracer
	if captured {
		r.OutputBytes = bytes
		r.Sources[FigureOutputBytes] = SourceCapture
	}
	if !o.Executed {
		return
	}
	r.CPU, r.User, r.System = time.Duration(o.CPU), time.Duration(o.User), time.Duration(o.System)
	r.Wall, r.Setup = time.Duration(o.Wall), time.Duration(o.Setup)
	r.MemoryPeak = o.MemoryPeak
	r.ProcessesPeak = uint64(o.ProcessesPeak)
	r.ContextSwitches, r.Faults = o.Switches, o.Faults
	r.Sources[FigureCPU] = SourceTaskClock
	r.Sources[FigureUser], r.Sources[FigureSys] = SourceRusage, SourceRusage
	r.Sources[FigureWall], r.Sources[FigureSetup] = SourceMonotonic, SourceMonotonic
	r.Sources[FigureProcessesPeak] = SourceTracer
	r.ProcessesTotal = o.Processes
	r.Sources[FigureProcesses] = SourceTracer
	counts := map[tracer.CountSource]Source{
		tracer.CountUsage: SourceRusage, tracer.CountAtEnd: SourceProcStatus, tracer.CountPartly: SourceSampled,
	}[o.Counted]
	r.Sources[FigureContextSwitches], r.Sources[FigureFaults] = counts, counts
	r.Sources[FigureMemoryPeak] = map[tracer.MemorySource]Source{
		tracer.MemoryAtExit: SourceProcStatus, tracer.MemorySampled: SourceSampled, tracer.MemoryRusage: SourceRusage,
	}[o.MemorySource]
}

func describe(v *tracer.Violation) *Violation {
	if v == nil {
		return nil
	}
	return &Violation{
		Name: seccomp.Name(seccomp.Arch(v.Arch), int(v.Nr)), Arch: v.Arch, Nr: v.Nr, Args: v.Args, IP: v.IP,
		PID: v.PID, TID: v.TID, Path: v.Path,
	}
}
