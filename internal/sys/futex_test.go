package sys

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestLiveFutex(t *testing.T) {
	word := new(uint32)
	begin := Monotonic()
	early := -1 // a signal to the thread, such as the runtime's own, ends a sleep before its time
	for ; Monotonic() < begin+20e6 && early < 10; early++ {
		FutexWait(word, 0, begin+20e6)
	}
	if d := Monotonic() - begin; d < 20e6 || d > 5e9 {
		t.Errorf("waited %d ns of 20 ms, with %d early returns", d, early)
	}
	FutexWait(word, 1, 0) // another value: returns at once
	FutexWait(word, 0, 1) // the past
	go func() {
		time.Sleep(10 * time.Millisecond)
		atomic.StoreUint32(word, 1)
		FutexWake(word, 1)
	}()
	for atomic.LoadUint32(word) == 0 {
		FutexWait(word, 0, 0)
	}
}
