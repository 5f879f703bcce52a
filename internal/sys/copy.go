package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// CopyIn reads memory of a task into buffer, as much as there is: fewer bytes where a page is missing, then an error only when
// there are none. It may block as long as the task lives: on a page of a userfaultfd or of a FUSE file.
func CopyIn(tid int32, address uint64, buffer []byte) (int, error) {
	return copyMemory(unix.SYS_PROCESS_VM_READV, tid, address, buffer)
}

// CopyOut writes memory of a task, like CopyIn.
func CopyOut(tid int32, address uint64, content []byte) (int, error) {
	return copyMemory(unix.SYS_PROCESS_VM_WRITEV, tid, address, content)
}

func copyMemory(call uintptr, tid int32, address uint64, buffer []byte) (int, error) {
	if len(buffer) == 0 {
		return 0, nil
	}
	local := unix.Iovec{Base: &buffer[0], Len: uint64(len(buffer))}
	remote := unix.RemoteIovec{Base: uintptr(address), Len: len(buffer)}
	n, _, errno := unix.Syscall6(call, uintptr(tid), uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
