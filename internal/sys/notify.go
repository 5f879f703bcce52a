package sys

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Notification is struct seccomp_notif: a system call that waits for an answer.
type Notification struct {
	ID    uint64
	TID   int32 // of the thread, in the namespace of the reader
	Flags uint32
	Nr    int32
	Arch  uint32
	IP    uint64
	Args  [6]uint64
}

// Reply is struct seccomp_notif_resp. With Flags ContinueCall the others are 0.
type Reply struct {
	ID    uint64
	Value int64
	Error int32 // negative errno
	Flags uint32
}

// ContinueCall lets the call be executed.
const ContinueCall = unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE

// NewFD is struct seccomp_notif_addfd: a descriptor for the thread that waits.
type NewFD struct {
	ID    uint64
	Flags uint32
	FD    int32 // of this process
	At    int32
	Bits  uint32 // O_CLOEXEC or 0
}

// ReceiveNotification takes a notification from a listener that is readable. ENOENT: the thread was killed meanwhile.
func ReceiveNotification(listener int, n *Notification) error {
	*n = Notification{}
	return listenerCall(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(n))
}

// SendReply answers. ENOENT: the thread was killed meanwhile.
func SendReply(listener int, r *Reply) error {
	return listenerCall(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(r))
}

// NotificationValid tells whether the thread still waits: what was read by its number before was its own.
func NotificationValid(listener int, id uint64) bool {
	return listenerCall(listener, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&id)) == nil
}

// AddFD gives the waiting thread a descriptor and answers its call with the number. EINPROGRESS never comes: one thread answers.
//
// The kernel takes the answer first and then waits until the thread has taken the descriptor. A signal in between withdraws the
// descriptor, but not the answer: the call would give 0, a file that the program did not ask for. So there are none but
// those that the thread itself causes, not even the runtime's own and those of setuid.
func AddFD(listener int, id uint64, fd int, bits uint32) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	held, before := ^synchronous, uint64(0)
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_BLOCK, uintptr(unsafe.Pointer(&held)), uintptr(unsafe.Pointer(&before)), 8, 0, 0)
	f := NewFD{ID: id, Flags: unix.SECCOMP_ADDFD_FLAG_SEND, FD: int32(fd), Bits: bits}
	err := listenerCall(listener, unix.SECCOMP_IOCTL_NOTIF_ADDFD, unsafe.Pointer(&f))
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&before)), 0, 8, 0, 0)
	return err
}

// WakeHere makes a listener wake its reader on the CPU of the caller, which costs a tenth. Linux 6.6; without it all else works.
func WakeHere(listener int) {
	unix.RawSyscall6(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SET_FLAGS, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, 0, 0, 0)
}

func listenerCall(listener int, request uintptr, argument unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall6(unix.SYS_IOCTL, uintptr(listener), request, uintptr(argument), 0, 0, 0)
		if errno != unix.EINTR {
			return fail(errno)
		}
	}
}

// CanStealFD tells whether StealFD is possible at all: filters of containers forbid the call to those who have not CAP_SYS_PTRACE.
func CanStealFD() bool {
	_, err := StealFD(-1, -1)
	return err != unix.EPERM && err != unix.EACCES && err != unix.ENOSYS
}

// StealFD duplicates a descriptor of the process behind a pidfd into this process.
func StealFD(pidfd, fd int) (int, error) {
	got, _, errno := unix.RawSyscall6(unix.SYS_PIDFD_GETFD, uintptr(pidfd), uintptr(fd), 0, 0, 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(got), nil
}
