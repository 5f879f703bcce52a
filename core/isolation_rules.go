package core

import (
	"slices"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// What namespaces leave open is closed by rules. Some are for good; others come before the caller's, so that one of those can undo them.

// secluded refuses what would go round an isolation of any kind: a user namespace, in which the program would have all
// capabilities again, and so every other namespace; and putting words into a terminal that others read from.
func (k filterKey) secluded() (rules []seccomp.Rule) {
	if !k.isolated {
		return nil
	}
	for _, name := range []string{"clone", "unshare"} {
		rules = append(rules, refused(name, unix.EPERM, seccomp.Cmp{
			Arg: 0, Op: seccomp.MaskedEQ32, A: unix.CLONE_NEWUSER, B: unix.CLONE_NEWUSER,
		}))
	}
	const linux = 0x541c // TIOCLINUX, whose paste is the same by another name
	for _, request := range []uint64{unix.TIOCSTI, linux} {
		rules = append(rules, refused("ioctl", unix.EPERM, seccomp.Cmp{Arg: 1, Op: seccomp.EQ32, A: request}))
	}
	return rules
}

// keyCalls are the calls about keys, which belong to a user in a user namespace.
var keyCalls = []string{"add_key", "request_key", "keyctl"}

// unshared refuses what programs of one user, or of files that they all see, tell each other through no namespace: keys, and
// watches of files. Both fail as on a kernel without them, unless a rule of the caller's says otherwise.
func (k filterKey) unshared() (rules []seccomp.Rule) {
	if !k.exchange {
		return nil
	}
	for _, name := range slices.Concat(keyCalls, []string{"inotify_init", "inotify_init1", "fanotify_init"}) {
		if _, ok := seccomp.Number(seccomp.Native(), name); ok { // arm64 has no inotify_init
			rules = append(rules, refused(name, unix.ENOSYS))
		}
	}
	return rules
}

// socketCalls are those that make sockets.
var socketCalls = []string{"socket", "socketpair"}

// sockets refuses the kinds of sockets that reach beyond a network namespace: that of virtual machines to their host, those of the
// kernel's cryptography, of radios and others. And rings, which make sockets where no filter sees it.
func (k filterKey) sockets() (rules []seccomp.Rule) {
	if !k.network {
		return nil
	}
	var others []seccomp.Cmp
	for _, family := range []uint64{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK} {
		others = append(others, seccomp.Cmp{Arg: 0, Op: seccomp.NE32, A: family})
	}
	for _, name := range socketCalls {
		rules = append(rules, refused(name, unix.EAFNOSUPPORT, others...))
	}
	return append(rules, refused("io_uring_setup", unix.ENOSYS))
}

// refused is a rule that lets a call fail.
func refused(name string, errno unix.Errno, when ...seccomp.Cmp) seccomp.Rule {
	nr, _ := seccomp.Number(seccomp.Native(), name)
	return seccomp.Rule{Nr: nr, Action: seccomp.Errno(uint16(errno)), When: when}
}

// keys refuses the calls about keys as a kernel without them does.
func (k filterKey) keys() (rules []seccomp.Rule) {
	if !k.keyless {
		return nil
	}
	for _, name := range keyCalls {
		rules = append(rules, refused(name, unix.ENOSYS))
	}
	return rules
}
