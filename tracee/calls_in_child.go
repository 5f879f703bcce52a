package tracee

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// call is one system call of a list that the child makes from first to last. A descriptor that one call gives goes into a slot,
// from where others take it.
type call struct {
	nr      uintptr
	args    [6]uintptr
	from    [6]int16 // slot to take an argument from, 0: none
	into    int16    // slot for the result, 0: none
	step    Step
	index   int
	forgive syscall.Errno // this failure is no failure
	pardon  int           // calls to leave out after that failure
	leave   int           // calls to leave out after success
	whole   bool          // a result other than the third argument is a failure
}

// What is no system call, but leaves out calls.
const (
	leaveAlways = ^uintptr(0)
	leaveIfDir  = ^uintptr(1) // when the last stat was of a directory
)

// callsInChild makes a list of calls of a root.
//
//go:nosplit
//go:norace
func (p *plan) callsInChild(list []call, root *planRoot) {
	for i := 0; i < len(list); i++ {
		c := &list[i]
		p.beginInChild(c.step)
		if c.nr == leaveAlways || c.nr == leaveIfDir && root.stat.Mode&unix.S_IFMT == unix.S_IFDIR {
			i += c.leave
		}
		if c.nr == leaveAlways || c.nr == leaveIfDir {
			continue
		}
		for a := range c.from {
			if c.from[a] != 0 {
				c.args[a] = root.slots[c.from[a]]
			}
		}
		result, _, errno := syscall.RawSyscall6(c.nr, c.args[0], c.args[1], c.args[2], c.args[3], c.args[4], c.args[5])
		if errno != 0 && errno == c.forgive {
			i += c.pardon
			continue
		}
		if errno == 0 && c.whole && result != c.args[2] {
			errno = unix.ENOSPC
		}
		p.checkInChild(c.index, errno)
		if c.into != 0 {
			root.slots[c.into] = result
		}
		i += c.leave
	}
}
