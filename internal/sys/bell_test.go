package sys

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestLiveBell(t *testing.T) {
	fd, err := NewBell()
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	readable := func() bool {
		n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n == 1
	}
	if readable() {
		t.Error("readable before it was rung")
	}
	Ring(fd)
	Ring(fd)
	if !readable() {
		t.Error("not readable after it was rung")
	}
}
