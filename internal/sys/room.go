package sys

import "golang.org/x/sys/unix"

// Room tells whether the address space has room for so many bytes more. Go ends the process where its heap cannot grow, which is what a
// host near its RLIMIT_AS would get. The heap grows by whole arenas.
func Room(bytes int) bool {
	const arena = 64 << 20
	at, _, errno := unix.RawSyscall6(unix.SYS_MMAP, 0, uintptr(bytes)+arena, unix.PROT_NONE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uintptr(0), 0)
	if errno != 0 {
		return false
	}
	unix.RawSyscall6(unix.SYS_MUNMAP, at, uintptr(bytes)+arena, 0, 0, 0, 0)
	return true
}
