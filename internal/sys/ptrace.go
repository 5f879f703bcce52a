package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ptrace requests run raw: they never block, and must run on the thread that attached.
func ptrace(request, tid int32, data uintptr) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), 0, data, 0, 0)
	return fail(errno)
}

// ptraceInto is a request that reads or writes memory of ours.
func ptraceInto(request, tid int32, address uintptr, data unsafe.Pointer) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), address, uintptr(data), 0, 0)
	return fail(errno)
}

// TraceOptions make every fork, vfork, clone, exec and exit of the tree stop, attach what it makes, and kill the
// tree when the tracer dies.
const TraceOptions = unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE |
	unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACEEXIT | unix.PTRACE_O_TRACESECCOMP |
	unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL

// Seize attaches to a task without stopping it.
func Seize(tid int32) error { return ptrace(unix.PTRACE_SEIZE, tid, TraceOptions) }

// Resume continues a stopped task, delivering signal unless it is 0. ESRCH means that the task was killed meanwhile.
func Resume(tid, signal int32) error { return ptrace(unix.PTRACE_CONT, tid, uintptr(signal)) }

// ResumeToExit continues a stopped task until the system call it is in returns.
func ResumeToExit(tid int32) error { return ptrace(unix.PTRACE_SYSCALL, tid, 0) }

// DeliverToExit continues a task with a signal, until it next enters or leaves a system call.
func DeliverToExit(tid, signal int32) error { return ptrace(unix.PTRACE_SYSCALL, tid, uintptr(signal)) }

// Listen leaves a task in group-stop, as it would be without a tracer.
func Listen(tid int32) error { return ptrace(unix.PTRACE_LISTEN, tid, 0) }

// EventMessage is the value that comes with a stop: a new task's id, an exit status, a filter's data.
func EventMessage(tid int32) (uint64, error) {
	var message uintptr
	err := ptraceInto(unix.PTRACE_GETEVENTMSG, tid, 0, unsafe.Pointer(&message))
	return uint64(message), err
}

// SyscallInfo is struct ptrace_syscall_info in a seccomp stop, entry stop or exit stop.
type SyscallInfo struct {
	Op   uint8
	_    [3]byte
	Arch uint32
	IP   uint64
	SP   uint64
	// Entry and seccomp: number and six arguments, then the filter's data. Exit: return value, then is-error.
	Body [8]uint64
}

// Operations of SyscallInfo.
const (
	SyscallInfoNone    = 0
	SyscallInfoEntry   = 1
	SyscallInfoExit    = 2
	SyscallInfoSeccomp = 3
)

// GetSyscallInfo tells which call a stopped task is in; cheaper than its registers, and it names the architecture.
func GetSyscallInfo(tid int32) (info SyscallInfo, err error) {
	const ptraceGetSyscallInfo = 0x420e
	return info, ptraceInto(ptraceGetSyscallInfo, tid, unsafe.Sizeof(info), unsafe.Pointer(&info))
}

// StopStatus tells the status of the stop that a task is in, as WaitAny would have; ESRCH: it is not in one, or is no tracee.
// For a stop before a signal, a program that sent itself the signal has chosen the code.
func StopStatus(tid int32) (int32, error) {
	var si struct {
		signo, errno, code int32
		_                  [116]byte
	}
	if err := ptraceInto(unix.PTRACE_GETSIGINFO, tid, 0, unsafe.Pointer(&si)); err != nil {
		return 0, err
	}
	if si.code&0xff == si.signo&0xff|si.code&0x80 && si.code > 0xff || si.code == int32(unix.SIGTRAP)|0x80 {
		return si.code, nil
	}
	return si.signo, nil
}
