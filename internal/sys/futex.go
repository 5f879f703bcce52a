package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	futexWaitBitset  = 9
	futexWake        = 1
	futexPrivateFlag = 128
	futexAll         = 0xffffffff
)

// FutexWait sleeps while *word is value, at most until the monotonic time deadline in ns (0: for ever). It may return
// early; the caller looks at the word again.
func FutexWait(word *uint32, value uint32, deadline int64) {
	var ts unix.Timespec
	var timeout unsafe.Pointer
	if deadline != 0 {
		ts = unix.NsecToTimespec(deadline)
		timeout = unsafe.Pointer(&ts)
	}
	unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWaitBitset|futexPrivateFlag, uintptr(value), uintptr(timeout), 0, futexAll)
}

// FutexWake wakes at most n sleepers on word.
func FutexWake(word *uint32, n int) {
	unix.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake|futexPrivateFlag, uintptr(n), 0, 0, 0)
}
