package sys

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// StartTime is when a process was started, in clock ticks since the machine was, from /proc: with its number it names a process
// for good. A zombie is ESRCH.
func StartTime(pid int32) (uint64, error) {
	var page [1024]byte
	text, err := readProc(pid, "/stat", page[:])
	if err != nil {
		return 0, err
	}
	i := bytes.LastIndexByte(text, ')') // the name before it may contain anything
	fields := bytes.Fields(text[i+1:])
	if i < 0 || len(fields) < 20 {
		return 0, unix.ENODATA
	}
	return number(fields[19]), nil
}

// Exists tells whether there is a process of this number, whoever owns it.
func Exists(pid int32) bool {
	_, _, errno := unix.RawSyscall6(unix.SYS_KILL, uintptr(pid), 0, 0, 0, 0, 0)
	return errno != unix.ESRCH
}

// PIDNamespace is a number that names the pid namespace of this process; 0: unknown.
func PIDNamespace() uint64 {
	var st unix.Stat_t
	if unix.Stat("/proc/self/ns/pid", &st) != nil {
		return 0
	}
	return st.Ino
}

// Sleep blocks the calling thread for some ns.
func Sleep(duration int64) {
	var word uint32
	for deadline := Monotonic() + duration; Monotonic() < deadline; {
		FutexWait(&word, 0, deadline)
	}
}
