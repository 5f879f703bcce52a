package sys

import (
	"math"
	"testing"
)

func TestSimLater(t *testing.T) {
	for _, c := range []struct{ time, duration, want int64 }{
		{0, 0, 0}, {5, 7, 12}, {5, 0, 5},
		{math.MaxInt64, 0, math.MaxInt64}, {math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{1, math.MaxInt64 - 1, math.MaxInt64}, {1, math.MaxInt64, math.MaxInt64}, {math.MaxInt64 - 3, 2, math.MaxInt64 - 1},
	} {
		if got := Later(c.time, c.duration); got != c.want {
			t.Errorf("Later(%d, %d) = %d, want %d", c.time, c.duration, got, c.want)
		}
	}
}

func TestLiveAfter(t *testing.T) {
	if left := Until(After(1e15)); left <= 0 || left > 1e15 {
		t.Errorf("%d ns are left of 1e15", left)
	}
	if Until(Monotonic()) > 0 {
		t.Error("now is not over")
	}
	if After(math.MaxInt64) != Never {
		t.Error("a time is beyond never")
	}
}
