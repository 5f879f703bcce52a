package sys

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A count is exact when the counter was there all the time.
func TestSimCountExact(t *testing.T) {
	for _, test := range []struct {
		count Count
		exact bool
	}{
		{Count{100, 5000, 5000}, true},
		{Count{0, 5000, 5000}, true},
		{Count{100, 5000, 4999}, false}, // shared with another event
		{Count{0, 5000, 0}, false},      // there was never one free
		{Count{}, false},                // it never began
	} {
		if got := test.count.Exact(); got != test.exact {
			t.Errorf("%+v: %v", test.count, got)
		}
	}
}

// A counter that was opened counts nothing before an exec.
func TestLiveCounterIdle(t *testing.T) {
	fd, err := OpenCounter(0, TaskClock)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if c, err := ReadCounter(fd); err != nil || c != (Count{}) || c.Exact() {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := OpenCounter(0, Counter{99, 99}); err == nil {
		t.Error("an unknown counter")
	}
}
