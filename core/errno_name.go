package core

import (
	"sync"

	"golang.org/x/sys/unix"
)

// errnoNumbers are the numbers of all names, those included that stand for the number of another name.
var errnoNumbers = sync.OnceValue(func() map[string]uint32 {
	numbers := map[string]uint32{
		"EWOULDBLOCK": uint32(unix.EWOULDBLOCK), "EDEADLOCK": uint32(unix.EDEADLOCK),
		"EOPNOTSUPP": uint32(unix.EOPNOTSUPP), "ENOTSUP": uint32(unix.ENOTSUP),
	}
	for n := uint32(1); n < 200; n++ {
		if name := unix.ErrnoName(unix.Errno(n)); name != "" {
			numbers[name] = n
		}
	}
	return numbers
})

// actionText is an action as the header writes it: "ALLOW", "ERRNO(EACCES)", "ERRNO(4000)".
func actionText(a Action) string {
	switch {
	case a == ActionKill:
		return "KILL"
	case a == ActionAllow:
		return "ALLOW"
	case a == ActionNotify:
		return "NOTIFY"
	}
	return "ERRNO(" + errnoName(uint32(a-ActionErrno(0))) + ")"
}

// errnoName is "EACCES", or the number where there is no name.
func errnoName(n uint32) string {
	if name := unix.ErrnoName(unix.Errno(n)); name != "" {
		return name
	}
	return decimal(uint64(n))
}
