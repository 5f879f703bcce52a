package tracee

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// gateInChild looks at the gate and, when it is closed, says that the child waits before it. Atomics on a plain word are
// compiled to instructions, so the child may use them.
//
//go:nosplit
//go:norace
func gateInChild(gate *uint32) uint32 {
	if *gate == gateClosed {
		cas(gate, gateClosed, gateAwaited)
	}
	return *gate
}

// openGate lets the child go on. Only a child that already waits needs a wake-up.
func openGate(gate *uint32) {
	if atomic.SwapUint32(gate, gateOpen) == gateAwaited {
		unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(gate)), 1 /* FUTEX_WAKE */, 1, 0, 0, 0)
	}
}
