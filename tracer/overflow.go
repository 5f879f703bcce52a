package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// A stack that has run out shows as a fault next to the stack pointer, just below a mapping that is a stack's.

const (
	reach     = 4096    // how far below its stack pointer a thread writes: pushes, and the area below it that leaf functions use
	farthest  = 4 << 30 // the largest frame that is believed
	mostLooks = 64      // at mappings in a run: a program can have many, and fault at will
)

// faulted looks at a signal that is about to be delivered: whether it tells of a stack that has run out.
func (s *supervisor) faulted(tid int32, t *task, signal int32) {
	if signal != int32(unix.SIGSEGV) {
		t.overflown = false
		return
	}
	const byKernel = 0x80 // SI_KERNEL: no room for the frame of a handler, among others, after the fault itself
	info, err := sys.GetSignalInfo(tid)
	if err == nil && info.Code == byKernel && t.overflown {
		return
	}
	t.overflown = false
	if err != nil || info.Code <= 0 || info.Code == byKernel || s.looks >= mostLooks {
		return
	}
	call, err := sys.GetSyscallInfo(tid)
	if address := info.Address(); err == nil && address+reach >= call.SP && address-min(address, call.SP) < farthest {
		s.looks++
		t.overflown = overflow(sys.MappingAbove(tid, address), sys.MappingAbove(tid, call.SP), address, call.SP)
	}
}

// overflow decides, given the first accessible mappings that end above the address and above the stack pointer. They are the same
// one, the stack: the address lies below it, or the stack pointer lies in what the kernel shows as one mapping with its guard.
func overflow(above, stack sys.Mapping, address, sp uint64) bool {
	if above != stack || !above.Stack {
		return false
	}
	const near = 64 << 10
	if address >= above.Start {
		return sp >= above.Start && address < sp+near // a guard within the mapping (MADV_GUARD_INSTALL)
	}
	return true
}

// overflowed notes at a thread's end that the first process dies of it.
func (s *supervisor) overflowed(tid int32, t *task) {
	if !t.overflown || t.process != s.root {
		return
	}
	if status, err := sys.EventMessage(tid); err == nil && unix.WaitStatus(status).Signal() == unix.SIGSEGV {
		s.run.outcome.StackOverflow = true
	}
}
