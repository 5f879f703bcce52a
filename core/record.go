package core

import (
	"bytes"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// Record is what a result tells beyond its figures, on request because it costs something.
type Record struct {
	// Samples is how many samples the timeline holds at most, 2 to MaxRecord; 0: there is none. When there are more, neighbours are
	// joined and the interval is doubled.
	Samples int
	// Interval is the time between two samples, 100 us to 1000 s; 0: 1 ms. A look takes 10 us a process.
	Interval time.Duration
	// Processes is how many rows the table of processes holds at most, up to MaxRecord; 0: there is none.
	Processes int
	// Bytes asks for what was read and written.
	Bytes bool
	// Counter is what is counted of all processes; CounterNone: nothing.
	Counter Counter
}

var counters = map[Counter]*sys.Counter{CounterInstructions: &sys.Instructions, CounterTaskClock: &sys.TaskClock}

// MaxRecord is the largest Record.Samples and Record.Processes.
const MaxRecord = 65536

// Sample is a look at a running tree; At is the time since the start of the program.
type Sample struct {
	At, CPU            time.Duration
	Memory             uint64 // bytes in use: with a control group by the tree, else by the largest process
	Processes, Threads int
}

// Process is a row of the table of processes.
type Process struct {
	PID, InnerPID int // as the host and as the program number it; InnerPID 0: not known
	Parent        int // PID of the process that made it; 0: not known, or the first one
	ExitCode      int // -1: it was killed
	Signal        unix.Signal
	Threads       int // that it has had
	Start, End    time.Duration
	// CPU is its own time since the start of the program, without its children's.
	CPU, User, System       time.Duration
	MemoryPeak              uint64
	ContextSwitches, Faults uint64
	BytesRead, BytesWritten uint64 // with Record.Bytes
	Name                    string // of its last program, at most 15 bytes; the program's choice
}

// Check says what is wrong with what is asked for, nil when nothing is.
func (r *Record) Check() error {
	const shortest, longest = 100 * time.Microsecond, 1000 * time.Second
	switch {
	case r.Samples < 0 || r.Samples == 1 || r.Samples > MaxRecord:
		return invalid("a timeline of %d samples; 2 to %d are possible", r.Samples, MaxRecord)
	case r.Samples == 0 && r.Interval != 0:
		return invalid("an interval, but no samples")
	case r.Interval != 0 && (r.Interval < shortest || r.Interval > longest):
		return invalid("an interval of %v; %v to %v are possible", r.Interval, shortest, longest)
	case r.Counter != CounterNone && counters[r.Counter] == nil:
		return invalid("unknown counter %d", uint32(r.Counter))
	case r.Processes < 0 || r.Processes > MaxRecord:
		return invalid("a table of %d processes; up to %d are possible", r.Processes, MaxRecord)
	}
	return nil
}

// lower is what the tracer has to do; nil when that is nothing.
func (r *Record) lower() *tracer.Record {
	if r == nil || *r == (Record{}) {
		return nil
	}
	t := &tracer.Record{Samples: r.Samples, Interval: int64(r.Interval), Processes: r.Processes, Bytes: r.Bytes,
		Counter: counters[r.Counter]}
	if t.Interval == 0 {
		t.Interval = int64(time.Millisecond)
	}
	return t
}

// recorded puts what a run has recorded into the result.
func (r *Result) recorded(t *tracer.Record) {
	if t == nil || r.Sources[FigureCPU] == SourceNone {
		return
	}
	for _, s := range t.Timeline {
		r.Timeline = append(r.Timeline, Sample{
			At: time.Duration(s.At), CPU: time.Duration(s.CPU), Memory: s.Memory, Processes: s.Processes, Threads: s.Threads,
		})
	}
	for i := range t.Rows {
		row := &t.Rows[i]
		name, _, _ := bytes.Cut(row.Name[:], []byte{0})
		r.Processes = append(r.Processes, Process{
			PID: int(row.PID), InnerPID: int(row.Inner), Parent: int(row.Parent), ExitCode: int(row.Code), Signal: unix.Signal(row.Signal),
			Threads: row.Threads, Start: time.Duration(row.Start), End: time.Duration(row.End),
			CPU: time.Duration(row.CPU), User: time.Duration(row.User), System: time.Duration(row.System),
			MemoryPeak: row.Memory, ContextSwitches: row.Switches, Faults: row.Faults, BytesRead: row.Read, BytesWritten: row.Written,
			Name: string(name),
		})
	}
	if r.CounterEnabled, r.CounterRunning = t.Count.Enabled, t.Count.Running; t.Count.Exact() {
		r.Counter = t.Count.Value
		r.Sources[FigureCounter] = SourcePerfEvent
	}
	if t.Bytes && !t.Lost {
		r.BytesRead, r.BytesWritten = t.Sum.Read, t.Sum.Written
		r.Sources[FigureBytesRead], r.Sources[FigureBytesWritten] = SourceProcIo, SourceProcIo
	}
}

// counting tells whether instructions can be counted. The calling thread is as good as a child: what the kernel forbids, it forbids for both.
func counting() error {
	fd, err := sys.OpenCounter(0, sys.Instructions)
	if err == nil {
		unix.Close(fd)
		return nil
	}
	return missing(FeatureInstructions, err.(unix.Errno), counterRemedy(err.(unix.Errno)))
}

func counterRemedy(errno unix.Errno) string {
	switch errno {
	case unix.ENOENT, unix.EOPNOTSUPP, unix.ENODEV:
		return "the processor gives no counters, or the hypervisor keeps them: run on hardware or have it pass them on, or count COUNTER_TASK_CLOCK"
	case unix.EACCES, unix.EPERM:
		return "kernel.perf_event_paranoid must be 2 or less, or the host have CAP_PERFMON; and a container's seccomp profile must permit perf_event_open"
	case unix.ENOSYS:
		return "the kernel was built without CONFIG_PERF_EVENTS, or a container's seccomp profile does not permit perf_event_open"
	}
	return "the host is at its limits"
}
