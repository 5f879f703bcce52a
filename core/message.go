package core

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gosandbox/internal/seccomp"
)

// message is the result in one sentence.
func (r *Result) message(l *Limits) string {
	switch r.Status {
	case StatusExited:
		return fmt.Sprintf("exited with code %d", r.ExitCode)
	case StatusSignaled:
		return fmt.Sprintf("killed by %s (signal %d)", signalName(int(r.Signal)), int(r.Signal))
	case StatusCPULimit:
		return fmt.Sprintf("used %s of CPU time, limit %s", seconds(r.CPU), seconds(l.CPU))
	case StatusWallLimit:
		return fmt.Sprintf("still running after %s, limit %s", seconds(r.Wall), seconds(l.Wall))
	case StatusMemoryLimit:
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
		return fmt.Sprintf("killed: %s is not allowed", r.Violation.Call())
	case StatusCancelled:
		return "cancelled by the caller"
	}
	if r.Err != nil {
		return r.Err.Message
	}
	return r.Status.String()
}

// Call shows the call with its arguments: openat(0xffffff9c, "/etc/passwd", ...).
func (v *Violation) Call() string {
	name := v.Name
	if name == "" {
		name = "call " + strconv.FormatInt(v.Nr, 10)
	}
	args := make([]string, len(v.Args))
	for i, a := range v.Args {
		args[i] = fmt.Sprintf("%#x", a)
	}
	text := name + "(" + strings.Join(args, ", ") + ")"
	if v.Path != "" {
		text += " of " + strconv.QuoteToASCII(v.Path)
	}
	if v.Arch != uint32(seccomp.Native()) {
		text += " of architecture " + archName(v.Arch)
	} else if v.Nr&seccomp.X32Bit != 0 && v.Nr > 0 {
		text += " of the x32 interface"
	}
	return text
}

func archName(arch uint32) string {
	switch seccomp.Arch(arch) {
	case seccomp.AMD64:
		return "x86_64"
	case seccomp.I386:
		return "i386"
	case seccomp.ARM64:
		return "aarch64"
	}
	return fmt.Sprintf("%#x", arch)
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
