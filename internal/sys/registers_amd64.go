package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// RefuseSyscall makes the call that a task is about to execute fail with errno instead.
func RefuseSyscall(tid int32, errno unix.Errno) error {
	var regs unix.PtraceRegs
	if err := ptraceInto(unix.PTRACE_GETREGS, tid, 0, unsafe.Pointer(&regs)); err != nil {
		return err
	}
	regs.Orig_rax = ^uint64(0) // no call
	regs.Rax = uint64(-int64(errno))
	return ptraceInto(unix.PTRACE_SETREGS, tid, 0, unsafe.Pointer(&regs))
}

// CurrentSyscall is the number of the call that a stopped task is returning from, or -1.
func CurrentSyscall(tid int32) int64 {
	var regs unix.PtraceRegs
	if err := ptraceInto(unix.PTRACE_GETREGS, tid, 0, unsafe.Pointer(&regs)); err != nil {
		return -1
	}
	return int64(regs.Orig_rax)
}

// SetArguments changes the arguments of the call that a task is about to execute.
func SetArguments(tid int32, args *[6]uint64) error {
	var regs unix.PtraceRegs
	if err := ptraceInto(unix.PTRACE_GETREGS, tid, 0, unsafe.Pointer(&regs)); err != nil {
		return err
	}
	regs.Rdi, regs.Rsi, regs.Rdx, regs.R10, regs.R8, regs.R9 = args[0], args[1], args[2], args[3], args[4], args[5]
	return ptraceInto(unix.PTRACE_SETREGS, tid, 0, unsafe.Pointer(&regs))
}

// SetReturn changes what a call that a task has executed returns.
func SetReturn(tid int32, value int64) error {
	var regs unix.PtraceRegs
	if err := ptraceInto(unix.PTRACE_GETREGS, tid, 0, unsafe.Pointer(&regs)); err != nil {
		return err
	}
	regs.Rax = uint64(value)
	return ptraceInto(unix.PTRACE_SETREGS, tid, 0, unsafe.Pointer(&regs))
}
