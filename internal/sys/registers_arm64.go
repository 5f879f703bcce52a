package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	noteRegisters = 1     // NT_PRSTATUS
	noteSyscall   = 0x404 // NT_ARM_SYSTEM_CALL
)

func regset(request, tid int32, note uintptr, p unsafe.Pointer, n uint64) error {
	iov := unix.Iovec{Base: (*byte)(p), Len: n}
	return ptraceInto(request, tid, note, unsafe.Pointer(&iov))
}

// RefuseSyscall makes the call that a task is about to execute fail with errno instead.
func RefuseSyscall(tid int32, errno unix.Errno) error {
	var regs unix.PtraceRegs
	if err := regset(unix.PTRACE_GETREGSET, tid, noteRegisters, unsafe.Pointer(&regs), uint64(unsafe.Sizeof(regs))); err != nil {
		return err
	}
	regs.Regs[0] = uint64(-int64(errno))
	if err := regset(unix.PTRACE_SETREGSET, tid, noteRegisters, unsafe.Pointer(&regs), uint64(unsafe.Sizeof(regs))); err != nil {
		return err
	}
	none := int32(-1)
	return regset(unix.PTRACE_SETREGSET, tid, noteSyscall, unsafe.Pointer(&none), 4)
}

// CurrentSyscall is the number of the call that a stopped task is returning from, or -1.
func CurrentSyscall(tid int32) int64 {
	var nr int32
	if err := regset(unix.PTRACE_GETREGSET, tid, noteSyscall, unsafe.Pointer(&nr), 4); err != nil {
		return -1
	}
	return int64(nr)
}

// SetArguments changes the arguments of the call that a task is about to execute.
func SetArguments(tid int32, args *[6]uint64) error {
	var regs unix.PtraceRegs
	if err := regset(unix.PTRACE_GETREGSET, tid, noteRegisters, unsafe.Pointer(&regs), uint64(unsafe.Sizeof(regs))); err != nil {
		return err
	}
	copy(regs.Regs[:6], args[:])
	return regset(unix.PTRACE_SETREGSET, tid, noteRegisters, unsafe.Pointer(&regs), uint64(unsafe.Sizeof(regs)))
}

// SetReturn changes what a call that a task has executed returns.
func SetReturn(tid int32, value int64) error {
	var regs unix.PtraceRegs
	if err := regset(unix.PTRACE_GETREGSET, tid, noteRegisters, unsafe.Pointer(&regs), uint64(unsafe.Sizeof(regs))); err != nil {
		return err
	}
	regs.Regs[0] = uint64(value)
	return regset(unix.PTRACE_SETREGSET, tid, noteRegisters, unsafe.Pointer(&regs), uint64(unsafe.Sizeof(regs)))
}
