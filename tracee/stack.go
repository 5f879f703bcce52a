package tracee

import (
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	stackSize  = 64 << 10
	guardSize  = 64 << 10 // covers every page size that Linux has on these machines
	keptStacks = 8
	partStack  = 16 << 10 // for each of the processes that make a pid namespace; nosplit chains need less than 1 KiB
)

// stacks are the stacks of children, below each of them a page that cannot be touched. Pooled: mapping one costs more
// than a clone.
var stacks struct {
	sync.Mutex
	free [][]byte
}

func takeStack() ([]byte, error) {
	stacks.Lock()
	defer stacks.Unlock()
	if n := len(stacks.free); n > 0 {
		stack := stacks.free[n-1]
		stacks.free = stacks.free[:n-1]
		return stack, nil
	}
	stack, err := unix.Mmap(-1, 0, guardSize+stackSize, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE|unix.MAP_STACK)
	if err != nil {
		return nil, err
	}
	if err := unix.Mprotect(stack[:guardSize], unix.PROT_NONE); err != nil {
		unix.Munmap(stack)
		return nil, err
	}
	return stack, nil
}

// returnStack takes a stack back. Only after its child has executed its program or has died.
func returnStack(stack []byte) {
	stacks.Lock()
	defer stacks.Unlock()
	if len(stacks.free) < keptStacks {
		stacks.free = append(stacks.free, stack)
		return
	}
	unix.Munmap(stack)
}

// top is where the child's stack pointer starts: aligned, with room for the argument of runInChild.
func top(stack []byte) uintptr {
	return uintptr(unsafe.Pointer(&stack[0])) + uintptr(len(stack)) - 64
}
