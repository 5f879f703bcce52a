package tracer

import "golang.org/x/sys/unix"

// stopKind is what a ptrace stop means.
type stopKind uint8

const (
	stopSignal  stopKind = iota // a signal is about to be delivered
	stopGroup                   // the process stops, as with Ctrl-Z
	stopBirth                   // first stop of a new task, or the end of a group-stop
	stopFork                    // a task made another one
	stopExec                    // a new program is in place, before its first instruction
	stopExit                    // a task is about to die, its memory is still there
	stopSeccomp                 // a filter asks
	stopSyscall                 // a call returns, asked for by ResumeToExit
	stopOther                   // an event that was not asked for
)

const eventStop = 128 // PTRACE_EVENT_STOP

// decodeStop reads the status of a stop: a signal in the low byte, an event above it.
func decodeStop(status int32) (kind stopKind, signal int32) {
	signal = status & 0xff
	switch status >> 8 {
	case 0:
		if signal == int32(unix.SIGTRAP)|0x80 {
			return stopSyscall, signal
		}
		return stopSignal, signal
	case unix.PTRACE_EVENT_FORK, unix.PTRACE_EVENT_VFORK, unix.PTRACE_EVENT_CLONE:
		return stopFork, signal
	case unix.PTRACE_EVENT_EXEC:
		return stopExec, signal
	case unix.PTRACE_EVENT_EXIT:
		return stopExit, signal
	case unix.PTRACE_EVENT_SECCOMP:
		return stopSeccomp, signal
	case eventStop:
		if signal == int32(unix.SIGTRAP) {
			return stopBirth, signal
		}
		return stopGroup, signal
	}
	return stopOther, signal
}
