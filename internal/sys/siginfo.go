package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// SignalInfo is what siginfo_t tells of a signal that is about to be delivered.
type SignalInfo struct {
	Signal, Errno, Code, _ int32
	first                  uint64 // an address, or a process and a user
	second                 uint64 // of SIGCHLD a status
	_                      [96]byte
}

// Address is the one that a fault is about.
func (i *SignalInfo) Address() uint64 { return i.first }

// Sender is the process and the user that a signal comes from.
func (i *SignalInfo) Sender() (pid int32, uid uint32) { return int32(i.first), uint32(i.first >> 32) }

// Status is that of the child that SIGCHLD is about.
func (i *SignalInfo) Status() int32 { return int32(i.second) }

// GetSignalInfo tells of the signal that a task has stopped for.
func GetSignalInfo(tid int32) (info SignalInfo, err error) {
	return info, ptraceInto(unix.PTRACE_GETSIGINFO, tid, 0, unsafe.Pointer(&info))
}
