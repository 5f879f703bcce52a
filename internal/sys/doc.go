// Package sys holds the raw kernel calls that the library shares: waiting, ptrace, clocks, futexes, descriptors and
// /proc. It decides nothing. Nothing here uses the os or time packages: both open an epoll descriptor behind the
// host's back on first use.
package sys

import "golang.org/x/sys/unix"

// fail turns an errno into an error without allocating for success.
func fail(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
