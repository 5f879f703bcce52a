package paths

import (
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// inKernel are opens that an exact Landlock ruleset decides: those that neither make a file nor only point at one.
const inKernel = unix.O_PATH | unix.O_CREAT | tmpfile

// NeedsNotify is what a filter must say so that the rules hold: which calls go to the server (seccomp.Notify) and which are
// refused at once (seccomp.Errno). It belongs behind all rules that allow: where one of a policy's own is stricter, that wins
// (Policy.Watch). landlocked tells that the program is in an exact ruleset of package landlock.
func NeedsNotify(landlocked bool) []seccomp.Rule {
	var rules []seccomp.Rule
	add := func(name string, action seccomp.Action, when ...seccomp.Cmp) {
		if nr, ok := seccomp.Number(seccomp.Native(), name); ok {
			rules = append(rules, seccomp.Rule{Nr: nr, Action: action, When: when})
		}
	}
	for _, r := range table {
		if landlocked && (r.name == "open" || r.name == "openat") {
			for bit := uint64(1); bit <= inKernel; bit <<= 1 {
				if bit&inKernel != 0 {
					add(r.name, seccomp.Notify, seccomp.Cmp{Arg: uint32(r.flags), Op: seccomp.MaskedEQ32, A: bit, B: bit})
				}
			}
			continue
		}
		add(r.name, seccomp.Notify)
	}
	for _, refusal := range refusals {
		for name := range strings.FieldsSeq(refusal.names) {
			add(name, seccomp.Errno(uint16(refusal.errno)))
		}
	}
	for _, m := range modifying {
		add("ioctl", seccomp.Errno(uint16(unix.EPERM)), seccomp.Cmp{Arg: 1, Op: seccomp.MaskedEQ32, A: uint64(m.mask), B: uint64(m.request)})
	}
	// A namespace of one's own brings the right to mount.
	for _, bit := range []uint64{unix.CLONE_NEWNS, unix.CLONE_NEWUSER} {
		for _, name := range []string{"unshare", "clone"} {
			add(name, seccomp.Errno(uint16(unix.EPERM)), seccomp.Cmp{Arg: 0, Op: seccomp.MaskedEQ32, A: bit, B: bit})
		}
	}
	// Each message of a UNIX datagram socket can name another path, in memory.
	for _, kind := range []uint64{unix.SOCK_DGRAM, unix.SOCK_RAW} {
		for _, name := range []string{"socket", "socketpair"} {
			add(name, seccomp.Errno(uint16(unix.EACCES)), seccomp.Cmp{Arg: 0, Op: seccomp.EQ32, A: unix.AF_UNIX},
				seccomp.Cmp{Arg: 1, Op: seccomp.MaskedEQ32, A: 0xf, B: kind})
		}
	}
	return rules
}
