package cgroup

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Error tells what failed, at which file, and what to do about it.
type Error struct {
	Op     string // "make", "write 100 to", ...
	Path   string
	Errno  unix.Errno
	Remedy string
}

func (e *Error) Error() string {
	text := fmt.Sprintf("cgroup: %s %s: %v", e.Op, e.Path, e.Errno)
	if e.Remedy != "" {
		text += " (" + e.Remedy + ")"
	}
	return text
}

// Unwrap makes errors.Is(err, unix.EROFS) work.
func (e *Error) Unwrap() error { return e.Errno }

// Remedies, each for a situation that people are in.
const (
	remedyDelegate = "run as root, or under a delegated group: systemd-run --user --scope -p Delegate=yes COMMAND"
	remedyReadOnly = "the cgroup file system is read-only, as in a container: start it with --privileged, or with a writable cgroup mount and a group of its own given as the parent"
	remedyInside   = "the group has processes of its own, so it cannot have groups with controllers: give a parent without processes, or move the host into a group below it"
	remedyMount    = "mount the cgroup file system: mount -t cgroup2 cgroup2 /sys/fs/cgroup"
	remedyHidden   = "the host's own group lies outside of the mounted cgroup file system: give a parent that is visible"
	remedyThreaded = "the group is threaded: give a parent whose cgroup.type is domain"
	remedyParent   = "make the group first, in every hierarchy that is used"
	remedyEnable   = "enable it from the top down: write the controller's name with a + to cgroup.subtree_control of each group above"
	remedyLeaf     = "end the processes that are left in it"
)

// failure makes an *Error with the remedy that fits the errno, unless one is given.
func failure(op, path string, err error, remedy string) *Error {
	e := &Error{Op: op, Path: path, Errno: unix.EIO, Remedy: remedy}
	errors.As(err, &e.Errno)
	if remedy != "" {
		return e
	}
	switch e.Errno {
	case unix.EACCES, unix.EPERM:
		e.Remedy = remedyDelegate
	case unix.EROFS:
		e.Remedy = remedyReadOnly
	case unix.ENOENT:
		e.Remedy = remedyParent
	case unix.EAGAIN:
		e.Remedy = "cgroup.max.descendants or cgroup.max.depth of a group above is reached"
	case unix.EOPNOTSUPP:
		e.Remedy = remedyThreaded
	}
	return e
}
