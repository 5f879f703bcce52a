package seccomp

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Action is what a filter returns for a call: a SECCOMP_RET_ value of the kernel, with 16 bits of data.
type Action uint32

const (
	// KillProcess ends the process with SIGSYS.
	KillProcess Action = unix.SECCOMP_RET_KILL_PROCESS
	// Notify hands the call to the holder of the filter's listener; ENOSYS when there is none.
	Notify Action = unix.SECCOMP_RET_USER_NOTIF
	// Log executes the call and writes it to the kernel's audit log.
	Log Action = unix.SECCOMP_RET_LOG
	// Allow executes the call.
	Allow Action = unix.SECCOMP_RET_ALLOW
)

// Errno makes the call fail with e without executing it. The kernel turns an e above 4095 into 4095.
func Errno(e uint16) Action {
	return unix.SECCOMP_RET_ERRNO | Action(e)
}

// Trace stops the call for a ptrace tracer, which reads data with PTRACE_GETEVENTMSG. Without a tracer the call fails
// with ENOSYS.
func Trace(data uint16) Action {
	return unix.SECCOMP_RET_TRACE | Action(data)
}

// String is the action in words, such as "allow", "errno 13" or "trace 2".
func (a Action) String() string {
	data := uint32(a) & unix.SECCOMP_RET_DATA
	switch uint32(a) & unix.SECCOMP_RET_ACTION_FULL {
	case unix.SECCOMP_RET_ERRNO:
		return fmt.Sprintf("errno %d", data)
	case unix.SECCOMP_RET_TRACE:
		return fmt.Sprintf("trace %d", data)
	case unix.SECCOMP_RET_KILL_PROCESS:
		return withData("kill process", data)
	case unix.SECCOMP_RET_KILL_THREAD:
		return withData("kill thread", data)
	case unix.SECCOMP_RET_TRAP:
		return withData("trap", data)
	case unix.SECCOMP_RET_USER_NOTIF:
		return withData("notify", data)
	case unix.SECCOMP_RET_LOG:
		return withData("log", data)
	case unix.SECCOMP_RET_ALLOW:
		return withData("allow", data)
	}
	return fmt.Sprintf("%#x", uint32(a))
}

// withData shows the data of an action that normally carries none.
func withData(name string, data uint32) string {
	if data == 0 {
		return name
	}
	return fmt.Sprintf("%s (data %d)", name, data)
}
