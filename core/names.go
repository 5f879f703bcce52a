package core

import (
	"fmt"
	"math"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// errnoText is the message of C's strerror for the common errors of a start, with their capitals, and Go's for others.
func errnoText(e unix.Errno) string {
	text := e.Error()
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		text = string(text[0]-'a'+'A') + text[1:]
	}
	return text
}

var rlimitNames = [...]string{
	unix.RLIMIT_CPU: "RLIMIT_CPU", unix.RLIMIT_FSIZE: "RLIMIT_FSIZE", unix.RLIMIT_DATA: "RLIMIT_DATA",
	unix.RLIMIT_STACK: "RLIMIT_STACK", unix.RLIMIT_CORE: "RLIMIT_CORE", unix.RLIMIT_RSS: "RLIMIT_RSS",
	unix.RLIMIT_NPROC: "RLIMIT_NPROC", unix.RLIMIT_NOFILE: "RLIMIT_NOFILE", unix.RLIMIT_MEMLOCK: "RLIMIT_MEMLOCK",
	unix.RLIMIT_AS: "RLIMIT_AS", unix.RLIMIT_LOCKS: "RLIMIT_LOCKS", unix.RLIMIT_SIGPENDING: "RLIMIT_SIGPENDING",
	unix.RLIMIT_MSGQUEUE: "RLIMIT_MSGQUEUE", unix.RLIMIT_NICE: "RLIMIT_NICE", unix.RLIMIT_RTPRIO: "RLIMIT_RTPRIO",
	unix.RLIMIT_RTTIME: "RLIMIT_RTTIME",
}

func rlimitName(resource int) string {
	if resource >= 0 && resource < len(rlimitNames) {
		return rlimitNames[resource]
	}
	return fmt.Sprintf("rlimit %d", resource)
}

// signalName is "SIGSEGV", or "signal 40" for one without a name.
func signalName(signal int) string {
	if name := unix.SignalName(unix.Signal(signal)); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", signal)
}

// SyscallName is the name of a call in an architecture (ArchNative: the machine's), "" when it has none.
func SyscallName(arch uint32, nr int64) string {
	a := seccomp.Arch(arch)
	if arch == ArchNative {
		a = seccomp.Native()
	}
	if nr < 0 || nr > math.MaxInt32 {
		return ""
	}
	return seccomp.Name(a, int(nr))
}

// Known tells whether there is such a feature.
func (f Feature) Known() bool { return f.String() != "?" }
