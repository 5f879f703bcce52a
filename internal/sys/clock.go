package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Monotonic is CLOCK_MONOTONIC in nanoseconds.
func Monotonic() int64 {
	var ts unix.Timespec
	unix.RawSyscall6(unix.SYS_CLOCK_GETTIME, unix.CLOCK_MONOTONIC, uintptr(unsafe.Pointer(&ts)), 0, 0, 0, 0)
	return ts.Nano()
}

// ProcessCPU is the CPU time of all threads of a process since it was made, user and system, exact to the ns. It works
// for a zombie until that is reaped.
func ProcessCPU(pid int32) (int64, error) {
	const cpuclockSched = 2 // linux/posix-timers.h: the id is ~pid << 3 | which
	var ts unix.Timespec
	_, _, errno := unix.RawSyscall6(unix.SYS_CLOCK_GETTIME, uintptr(^int64(pid)<<3|cpuclockSched)&0xffffffff, uintptr(unsafe.Pointer(&ts)), 0, 0, 0, 0)
	return ts.Nano(), fail(errno)
}
