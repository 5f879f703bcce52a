package core

import (
	"fmt"
	"strconv"
	"time"

	"gosandbox/internal/calls"
)

// message is the result in one sentence.
func (r *Result) message(l *Limits) string {
	switch r.Status {
	case StatusExited:
		return fmt.Sprintf("exited with code %d", r.ExitCode)
	case StatusSignaled:
		text := fmt.Sprintf("killed by %s (signal %d)", signalName(int(r.Signal)), int(r.Signal))
		if r.Detail == DetailStackOverflow {
			text += ": the stack overflowed"
		}
		return text
	case StatusCPULimit:
		return fmt.Sprintf("used %s of CPU time, limit %s", seconds(r.CPU), seconds(l.CPU))
	case StatusWallLimit:
		return fmt.Sprintf("still running after %s, limit %s", seconds(r.Wall), seconds(l.Wall))
	case StatusMemoryLimit:
		if l.Memory == 0 {
			return fmt.Sprintf("was refused memory, limit of the address space %s", size(l.AddressSpace))
		}
		if r.MemoryPeak > l.Memory {
			return fmt.Sprintf("used %s of memory, limit %s", size(r.MemoryPeak), size(l.Memory))
		}
		return fmt.Sprintf("was refused memory, limit %s", size(l.Memory))
	case StatusOutputLimit:
		return fmt.Sprintf("wrote more than %s", size(*l.Output))
	case StatusProcessLimit:
		return fmt.Sprintf("made more than %s", plural(l.Processes, "process", "processes"))
	case StatusViolation:
		if r.Violation == nil {
			return "killed: a system call that is not allowed"
		}
		return string(r.Violation.decoded().AppendSentence(nil))
	case StatusCancelled:
		return "cancelled by the caller"
	}
	if r.Err != nil {
		return r.Err.Message
	}
	return r.Status.String()
}

// Call shows the call with its arguments: openat(AT_FDCWD, "/etc/passwd", O_RDONLY).
func (v *Violation) Call() string { return string(v.decoded().Append(nil)) }

// decoded is the call for package calls. Its memory is gone with the program: what is known of it is the path.
func (v *Violation) decoded() *calls.Call {
	return &calls.Call{Arch: v.Arch, Nr: v.Nr, Args: v.Args, PID: v.PID, TID: v.TID, Path: v.Path}
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Round(time.Millisecond).Seconds(), 'f', -1, 64) + " s"
}

func size(n uint64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return plural(int(n), "byte", "bytes")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
