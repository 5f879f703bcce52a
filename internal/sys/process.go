package sys

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kill sends a signal to a process. Only for processes that a tracer holds: they cannot be reaped under it.
func Kill(pid int32, signal unix.Signal) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_KILL, uintptr(pid), uintptr(signal), 0, 0, 0, 0)
	return fail(errno)
}

// KillDescriptor sends a signal to the process behind a pidfd, which cannot be taken for another one.
func KillDescriptor(pidfd int, signal unix.Signal) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_PIDFD_SEND_SIGNAL, uintptr(pidfd), uintptr(signal), 0, 0, 0, 0)
	return fail(errno)
}

// SameProcess tells whether the thread tid belongs to process pid.
func SameProcess(pid, tid int32) bool {
	_, _, errno := unix.RawSyscall6(unix.SYS_TGKILL, uintptr(pid), uintptr(tid), 0, 0, 0, 0)
	return errno == 0 || errno == unix.EPERM // EPERM: it is there, but not ours to signal
}

// ThreadID is the calling thread's.
func ThreadID() int32 {
	tid, _, _ := unix.RawSyscall6(unix.SYS_GETTID, 0, 0, 0, 0, 0, 0)
	return int32(tid)
}

// Self is the host's process id.
func Self() int32 {
	pid, _, _ := unix.RawSyscall6(unix.SYS_GETPID, 0, 0, 0, 0, 0, 0)
	return int32(pid)
}

// Interrupt asks a running tracee of the calling thread to stop. ESRCH: it is not one, whatever its number says.
func Interrupt(tid int32) error { return ptrace(unix.PTRACE_INTERRUPT, tid, 0) }

// ThreadGroup is the process that a task belongs to.
func ThreadGroup(tid int32) (int32, error) {
	var page [1024]byte
	text, err := readProc(tid, "/status", page[:])
	if err != nil {
		return 0, err
	}
	i := bytes.Index(text, []byte("\nTgid:"))
	if i < 0 {
		return 0, unix.ENODATA
	}
	return int32(number(text[i+6:])), nil
}

// Names of limits in /proc/PID/limits.
const (
	FileSizeLimit     = "\nMax file size"
	DataLimit         = "\nMax data size"
	AddressSpaceLimit = "\nMax address space"
)

// SoftLimit is a soft resource limit of a task, from /proc: asking prlimit takes more rights.
func SoftLimit(tid int32, name string) (uint64, error) {
	var page [2048]byte
	text, err := readProc(tid, "/limits", page[:])
	if err != nil {
		return 0, err
	}
	_, line, found := bytes.Cut(text, []byte(name))
	line = bytes.TrimLeft(line, " ")
	if !found || len(line) == 0 || line[0] < '0' || line[0] > '9' {
		return 1<<64 - 1, nil // unlimited
	}
	return number(line), nil
}

// SignalThread sends a signal to one thread of a process.
func SignalThread(pid, tid int32, signal unix.Signal) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_TGKILL, uintptr(pid), uintptr(tid), uintptr(signal), 0, 0, 0)
	return fail(errno)
}

// ReadLink reads a symbolic link; the path ends with a NUL.
func ReadLink(path, buffer []byte) (int, error) {
	if len(buffer) == 0 {
		return 0, unix.EINVAL
	}
	const atFDCWD = ^uintptr(99)
	n, _, errno := unix.Syscall6(unix.SYS_READLINKAT, atFDCWD, uintptr(unsafe.Pointer(&path[0])),
		uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
