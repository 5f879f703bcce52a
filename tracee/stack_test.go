package tracee

import (
	"testing"
	"unsafe"
)

func TestLiveStacks(t *testing.T) {
	var taken [][]byte
	seen := map[*byte]bool{}
	for range keptStacks + 3 {
		stack, err := takeStack()
		if err != nil {
			t.Fatal(err)
		}
		if seen[&stack[0]] || len(stack) != guardSize+stackSize {
			t.Fatalf("a stack of %d bytes, taken before: %v", len(stack), seen[&stack[0]])
		}
		seen[&stack[0]] = true
		stack[guardSize], stack[len(stack)-1] = 1, 1
		end := uintptr(unsafe.Pointer(&stack[0])) + uintptr(len(stack))
		if p := top(stack); p%16 != 0 || p >= end || end-p > 256 {
			t.Errorf("top is %d below the end", end-p)
		}
		taken = append(taken, stack)
	}
	for _, stack := range taken {
		returnStack(stack)
	}
	if n := len(stacks.free); n != keptStacks {
		t.Errorf("%d stacks are kept, want %d", n, keptStacks)
	}
	stack, err := takeStack()
	if err != nil || !seen[&stack[0]] {
		t.Errorf("%v, or a stack that was not in the pool", err)
	}
	returnStack(stack)
}
