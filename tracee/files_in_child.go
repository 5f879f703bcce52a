package tracee

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// filesInChild puts every descriptor in its place and closes all others. A source that lies where a target will be is
// first moved out of the way, so any permutation of the host's numbers works.
//
//go:nosplit
//go:norace
func (p *plan) filesInChild() {
	p.beginInChild(StepOpen)
	beyond := 0
	if n := len(p.files); n > 0 {
		beyond = p.files[n-1].target + 1
	}
	for i := range p.files {
		f := &p.files[i]
		if f.path != nil {
			fd, _, errno := syscall.RawSyscall6(unix.SYS_OPENAT, atFDCWD, uintptr(unsafe.Pointer(f.path)),
				uintptr(f.flags|unix.O_NOCTTY|unix.O_CLOEXEC), uintptr(f.mode), 0, 0)
			p.checkInChild(f.target, errno)
			f.from = int(fd)
		}
	}
	p.beginInChild(StepDescriptors)
	for i := range p.files {
		f := &p.files[i]
		if f.same >= 0 {
			continue
		}
		f.aside = f.from
		if f.from < beyond {
			fd, _, errno := syscall.RawSyscall6(unix.SYS_FCNTL, uintptr(f.from), unix.F_DUPFD_CLOEXEC, uintptr(beyond), 0, 0, 0)
			p.checkInChild(f.target, errno)
			f.aside = int(fd)
		}
	}
	for i := range p.files {
		f := &p.files[i]
		if f.same < 0 {
			_, _, errno := syscall.RawSyscall6(unix.SYS_DUP3, uintptr(f.aside), uintptr(f.target), f.onExec, 0, 0, 0)
			p.checkInChild(f.target, errno)
		}
	}
	for i := range p.files {
		f := &p.files[i]
		if f.same >= 0 {
			_, _, errno := syscall.RawSyscall6(unix.SYS_DUP3, uintptr(f.same), uintptr(f.target), 0, 0, 0, 0)
			p.checkInChild(f.target, errno)
		}
	}
	for i := range p.gaps {
		_, _, errno := syscall.RawSyscall6(unix.SYS_CLOSE_RANGE, p.gaps[i].first, p.gaps[i].last, 0, 0, 0, 0)
		p.checkInChild(-1, errno)
	}
}
