package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// growth is the fastest that one thread can fill memory, in bytes a ns: the kernel clears huge pages at about 10 GB/s.
const growth = 10

// sampleLocked notes what every live process uses now. A process that is killed leaves no high-water mark.
func (r *Run) sampleLocked() {
	const enough = 64
	for _, pid := range r.live[:min(len(r.live), enough)] {
		if m, err := sys.ReadMemory(pid); err == nil {
			r.noteLocked(pid, m)
		}
	}
}

func (r *Run) noteLocked(pid int32, m sys.Memory) {
	if !r.executed {
		return // still the host's memory
	}
	if r.Record != nil && r.Record.Processes > 0 {
		r.Record.note(pid, m.Used())
	}
	r.used = max(r.used, m.Used())
	r.fileBytes = max(r.fileBytes, m.File)
	r.peak = max(r.peak, m.Peak)
}

// largestLocked is the most memory that one process uses now. A process that is gone uses none; for any other reason not to see
// it the limit cannot be kept, which is an error.
func (r *Run) largestLocked() (used uint64, err error) {
	if r.Group != nil {
		r.Group.Sample()
	}
	for _, pid := range r.live {
		m, failed := sys.ReadMemory(pid)
		if failed == nil {
			r.noteLocked(pid, m)
			used = max(used, m.Used())
		} else if unseen(failed) {
			err = failed
		}
	}
	return used, err
}

// unseen tells a failure to read from a process that is gone or a zombie.
func unseen(err error) bool { return err != unix.ENOENT && err != unix.ESRCH && err != unix.ENODATA }

// BlindError tells that the memory of the program could not be read, so that its limit could not be kept.
type BlindError struct{ Err error }

func (e *BlindError) Error() string {
	return "the memory of the program cannot be read: " + e.Err.Error()
}

// Unwrap gives the errno.
func (e *BlindError) Unwrap() error { return e.Err }

// noteExit reads the high-water mark of a process whose last task is about to end. The mark counts file pages; the most that were
// seen of those are taken off. That is good for the program's own and its libraries', which stay; of a big file that was mapped for a
// moment nobody has seen all.
func (s *supervisor) noteExit(tid int32, p *process) {
	r := s.run
	m, err := sys.ReadMemory(tid)
	if err != nil {
		if r.Limits.Memory > 0 && unseen(err) {
			s.fail(&BlindError{err})
		}
		return
	}
	r.mu.Lock()
	r.noteLocked(tid, m)
	file := max(r.fileBytes, m.File)
	r.mu.Unlock()
	own := m.Used()
	if peak := m.Peak - min(m.Peak, file) + m.Beside(); !p.mapped {
		own = max(own, peak)
	} else if peak > own {
		s.sampled = true
	}
	p.memory = own
	if own > s.atExit {
		s.atExit = own
	}
	// An allocation that was refused leaves no trace but this: hardly any room was left below the kernel's limit.
	if d := r.Limits.DataLimit; d != 0 && m.Data+BigAllocation > d || r.Limits.AddressLimit && m.Size+BigAllocation > r.Limits.AddressSpace {
		s.refused(tid)
	}
}

// BigAllocation is the size above which a mapping is watched for being refused, in bytes.
const BigAllocation = 16 << 20

// memoryPeak is the figure for the result and where it comes from.
func (s *supervisor) memoryPeak(maxrss uint64) (uint64, MemorySource) {
	if s.atExit > 0 && s.atExit >= s.run.used && !s.sampled {
		return s.atExit, MemoryAtExit
	}
	if used := max(s.run.used, s.atExit); used > 0 {
		return used, MemorySampled
	}
	// The program's maxrss starts at that of the host, whose memory it left at exec; above that it is the program's own.
	if m, err := sys.ReadMemory(sys.Self()); err == nil && maxrss > m.Peak {
		return maxrss, MemoryRusage
	}
	return 0, MemoryUnknown
}
