package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Record says what to tell of the tree beyond the outcome, and holds it once the run is over. The first fields are set before
// Supervise, the others are guarded by the run's lock until then.
type Record struct {
	Samples   int          // most samples of the timeline; 0: none
	Interval  int64        // ns between two
	Processes int          // most rows of the table; 0: none
	Bytes     bool         // count what is read and written
	Counter   *sys.Counter // nil: none

	Timeline []Sample
	Rows     []Row
	Sum      sys.Counts
	Lost     bool // the bytes of a task could not be read
	Count    sys.Count

	counter int // descriptor, when it is open
	opened  bool
	next    int64            // monotonic ns, of the next sample
	seen    map[int32]uint64 // most memory seen of a process in the table
}

// Sample is a look at the tree. Times are ns since the start of the program.
type Sample struct {
	At, CPU            int64
	Memory             uint64
	Processes, Threads int
}

// Row is a process of the tree. Times as for Sample.
type Row struct {
	PID, Parent       int32
	Code, Signal      int32
	Threads           int
	Start, End        int64
	CPU, User, System int64
	Memory            uint64
	sys.Counts
	sys.Identity
}

// CountSource tells where context switches and faults come from.
type CountSource uint8

// The sources.
const (
	CountUsage  CountSource = iota // wait's usage, of processes that have made no others
	CountAtEnd                     // and those of every task, when it had ended, of the others
	CountPartly                    // not of all: somebody else reaped one, or it ended before its process made another
)

// sampleTimeline takes a sample if one is due.
func (r *Run) sampleTimeline(now int64) {
	if r.Record == nil || r.Record.Samples == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended && r.executed && now >= r.Record.next {
		r.takeSampleLocked(now)
	}
}

// takeSampleLocked looks at the tree. When there is no more room, neighbours are joined, and samples are taken half as often.
func (r *Run) takeSampleLocked(now int64) {
	t := r.Record
	sample := Sample{At: now - r.begun, CPU: max(r.cpuLocked(), 0), Processes: len(r.live), Threads: r.threads}
	known := false
	if r.Group != nil {
		sample.Memory, known = r.Group.Sample()
	}
	if !known { // as the limit is kept: pages that processes share would count for each
		const enough = 256 // processes; a look takes 10 us at each
		for _, pid := range r.live[:min(len(r.live), enough)] {
			if m, err := sys.ReadMemory(pid); err == nil {
				r.noteLocked(pid, m)
				sample.Memory = max(sample.Memory, m.Used())
			}
		}
	}
	t.add(sample)
	t.next = sys.Later(now, t.Interval)
}

// add appends a sample.
func (t *Record) add(sample Sample) {
	if len(t.Timeline) >= t.Samples {
		joined := t.Timeline[:0]
		for i := 0; i < len(t.Timeline); i += 2 {
			a, b := t.Timeline[i], t.Timeline[min(i+1, len(t.Timeline)-1)]
			b.Memory, b.Processes, b.Threads = max(a.Memory, b.Memory), max(a.Processes, b.Processes), max(a.Threads, b.Threads)
			if i == 0 {
				b.At, b.CPU = a.At, a.CPU // the start stays where it is
			}
			joined = append(joined, b)
		}
		t.Timeline = joined
		t.Interval *= 2
	}
	t.Timeline = append(t.Timeline, sample)
}

// enlist enters a process into the table, if there is room.
func (s *supervisor) enlist(pid int32, p *process) {
	t := s.run.Record
	s.run.outcome.Processes++
	if t == nil || len(t.Rows) >= t.Processes {
		return
	}
	s.run.mu.Lock()
	delete(t.seen, pid) // of another process with the same number
	s.run.mu.Unlock()
	row := Row{PID: pid, Code: -1}
	if s.run.outcome.Executed {
		row.Start = sys.Monotonic() - s.begun
	}
	t.Rows = append(t.Rows, row)
	p.row = len(t.Rows)
}

// row is a process's entry in the table; nil: it has none.
func (s *supervisor) row(p *process) *Row {
	if p == nil || p.row == 0 {
		return nil
	}
	return &s.run.Record.Rows[p.row-1]
}

// note remembers the most memory that was seen of a process, of as many as the table has room for.
func (t *Record) note(pid int32, used uint64) {
	if t.seen == nil {
		t.seen = map[int32]uint64{}
	}
	if used > t.seen[pid] && (len(t.seen) < t.Processes || t.seen[pid] > 0) {
		t.seen[pid] = used
	}
}

// made notes who made a process.
func (s *supervisor) made(parent, child int32) {
	if p := s.processes.get(parent); p != nil && parent != child {
		p.parent = true
	}
	if row := s.row(s.processes.get(child)); row != nil && parent != child {
		row.Parent = parent
	}
}

// tally reads the counts of a task that has ended. The usage that wait tells of a process contains the children that were waited for,
// so it serves only for one that has made none.
func (s *supervisor) tally(tid int32, t *task) {
	p, record := s.processes.get(t.process), s.run.Record
	if p == nil || !s.run.outcome.Executed {
		return
	}
	transfers := record != nil && record.Bytes
	row := s.row(p)
	if !p.parent && row == nil && !transfers {
		p.unread = p.unread || tid != t.process
		return
	}
	c, id, err := sys.ReadCounts(t.process, tid)
	p.unread = p.unread || err != nil
	if transfers {
		s.transferred(tid, t)
		c.Read, c.Written = t.read, t.written
		record.Lost = record.Lost || !t.told
	}
	p.counts.Add(c)
	if row != nil {
		row.Threads++
		if id.Inner != 0 {
			row.Inner = id.Inner
		}
		if tid == t.process || row.Name[0] == 0 {
			row.Name = id.Name
		}
	}
}

// transferred reads what a task has read and written: at its exit stop, or as late as it is a zombie.
func (s *supervisor) transferred(tid int32, t *task) {
	if r := s.run.Record; r == nil || !r.Bytes || t.told || !s.run.outcome.Executed {
		return
	}
	var err error
	t.read, t.written, err = sys.ReadTransfers(t.process, tid)
	t.told = err == nil
}

// count adds up a process that has ended.
func (s *supervisor) count(p *process, status unix.WaitStatus, usage *unix.Rusage, robbed bool, cpu int64) {
	o := &s.run.outcome
	if !o.Executed {
		return
	}
	if !p.parent && !robbed {
		p.counts.Switches, p.counts.Faults = uint64(usage.Nvcsw+usage.Nivcsw), uint64(usage.Minflt+usage.Majflt)
	} else if p.unread || robbed {
		o.Counted = CountPartly
	} else {
		o.Counted = max(o.Counted, CountAtEnd)
	}
	o.Switches += p.counts.Switches
	o.Faults += p.counts.Faults
	if t := s.run.Record; t != nil {
		t.Sum.Add(p.counts)
		t.Lost = t.Lost || t.Bytes && robbed
	}
	row := s.row(p)
	if row == nil {
		return
	}
	row.Counts, row.Memory = p.counts, p.memory
	if p.memory == 0 {
		s.run.mu.Lock()
		row.Memory = s.run.Record.seen[row.PID]
		s.run.mu.Unlock()
	}
	row.End = sys.Monotonic() - s.begun
	row.CPU = max(cpu, 0)
	row.User, row.System = split(row.CPU, unix.TimevalToNsec(usage.Utime), unix.TimevalToNsec(usage.Stime))
	if status.Exited() {
		row.Code = int32(status.ExitStatus())
	} else {
		row.Signal = int32(status.Signal())
	}
}

// openCounter begins to count, as soon as the program is executed.
func (s *supervisor) openCounter(pid int32) error {
	t := s.run.Record
	if t == nil || t.Counter == nil {
		return nil
	}
	fd, err := sys.OpenCounter(pid, *t.Counter)
	if err != nil {
		return &CounterError{err}
	}
	t.counter, t.opened = fd, true
	return nil
}

// closeCounter reads what was counted when nothing is alive.
func (s *supervisor) closeCounter() {
	t := s.run.Record
	if t == nil || !t.opened {
		return
	}
	if c, err := sys.ReadCounter(t.counter); err == nil {
		t.Count = c
	}
	unix.Close(t.counter)
	t.opened = false
}

// CounterError tells that a performance counter could not be had.
type CounterError struct{ Err error }

func (e *CounterError) Error() string { return "a performance counter: " + e.Err.Error() }

// Unwrap gives the errno.
func (e *CounterError) Unwrap() error { return e.Err }

// concludeRecord ends the timeline when nothing is alive.
func (s *supervisor) concludeRecord() {
	r := s.run
	s.closeCounter()
	if t := r.Record; t != nil && t.Samples > 0 && r.outcome.Executed {
		r.mu.Lock()
		t.add(Sample{At: sys.Monotonic() - s.begun, CPU: max(r.spent, 0)})
		r.mu.Unlock()
	}
}
