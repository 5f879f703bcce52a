package tracer

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestSimIntentFirstClaimStands(t *testing.T) {
	for first := CauseCPU; first <= CauseFault; first++ {
		for second := CauseCPU; second <= CauseFault; second++ {
			var i intent
			if i.get() != CauseNone {
				t.Fatalf("a new intent is %d", i.get())
			}
			if !i.claim(first) || i.claim(second) || i.get() != first {
				t.Errorf("%d, then %d: %d", first, second, i.get())
			}
		}
	}
}

func TestSimIntentSealed(t *testing.T) {
	var i intent
	i.value.CompareAndSwap(uint32(CauseNone), uint32(sealed))
	if i.claim(CauseCPU) || i.get() != CauseNone {
		t.Errorf("claimed after the end: %d", i.get())
	}
	i = intent{}
	i.claim(CauseWall)
	if i.value.CompareAndSwap(uint32(CauseNone), uint32(sealed)); i.get() != CauseWall {
		t.Errorf("the end has wiped out the reason: %d", i.get())
	}
}

func TestSimIntentOneWinner(t *testing.T) {
	for range 200 {
		var i intent
		var winners atomic.Int32
		var winner atomic.Uint32
		var wait sync.WaitGroup
		for cause := CauseCPU; cause <= CauseFault; cause++ {
			wait.Go(func() {
				if i.claim(cause) {
					winners.Add(1)
					winner.Store(uint32(cause))
				}
			})
		}
		wait.Wait()
		if winners.Load() != 1 || i.get() != Cause(winner.Load()) {
			t.Fatalf("%d winners, %d told, %d won", winners.Load(), i.get(), winner.Load())
		}
	}
}
