//go:build fault

package fault

import (
	"fmt"
	"sync/atomic"
)

var armed [places]atomic.Int32

// Arm makes the place panic that many times.
func Arm(place Place, times int32) { armed[place].Store(times) }

// Left is how often the place will still panic.
func Left(place Place) int32 { return armed[place].Load() }

func due(place Place) bool {
	for {
		n := armed[place].Load()
		if n <= 0 {
			return false
		}
		if armed[place].CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// At panics when the place is armed.
func At(place Place) {
	if due(place) {
		panic(fmt.Sprintf("fault at place %d", place))
	}
}

// Thread tells whether making a thread is to fail now.
func Thread() bool { return due(Threads) }
