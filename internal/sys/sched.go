package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// CPUSet is a mask of up to 4096 CPUs, as the kernel takes it.
type CPUSet [64]uint64

// Only is the set of one CPU.
func Only(cpu int) (set CPUSet) {
	set[cpu/64] |= 1 << (cpu % 64)
	return set
}

// Affinity is the set of CPUs of a thread; 0 is the calling one.
func Affinity(tid int32) (set CPUSet, err error) {
	_, _, errno := unix.RawSyscall6(unix.SYS_SCHED_GETAFFINITY, uintptr(tid), uintptr(len(set)*8), uintptr(unsafe.Pointer(&set)), 0, 0, 0)
	return set, fail(errno)
}

// SetAffinity moves a thread to a set of CPUs; 0 is the calling one.
func SetAffinity(tid int32, set *CPUSet) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_SCHED_SETAFFINITY, uintptr(tid), uintptr(len(set)*8), uintptr(unsafe.Pointer(set)), 0, 0, uintptr(Cookie()))
	return fail(errno)
}

// CPU is the processor that the calling thread runs on.
func CPU() int {
	var cpu uint32
	unix.RawSyscall6(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0, 0, 0, 0)
	return int(cpu)
}

// Hasten makes the calling thread of the library run soon after it wakes: a higher priority where that is allowed, else
// a short time slice, which needs no privilege (Linux 6.12), and no slack on its timers.
func Hasten() {
	ExactTimers()
	if _, _, errno := unix.RawSyscall6(unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, 0, ^uintptr(19), 0, 0, 0); errno == 0 {
		return
	}
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Runtime: 100_000}
	unix.RawSyscall6(unix.SYS_SCHED_SETATTR, 0, uintptr(unsafe.Pointer(&attr)), 0, 0, 0, 0)
}

// ExactTimers takes the slack, 50 us, off the timers of the calling thread.
func ExactTimers() { unix.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_TIMERSLACK, 1, 0, 0, 0, 0) }

// Yield lets other threads run that wait for this CPU.
func Yield() { unix.Syscall6(unix.SYS_SCHED_YIELD, 0, 0, 0, 0, 0, 0) }
