package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// The kernel lets a process change limits, priorities and processors of others of its user, the host's among them, and Landlock has no
// word about that. In a pid namespace it cannot name them. Elsewhere the supervisor looks whether a call that names another task
// names one of the run.

// strangers are the rules for these calls. Those about the calling task itself, which is what programs make, cost nothing.
func (k filterKey) strangers() (rules []seccomp.Rule) {
	if !k.amongOthers {
		return nil
	}
	add := func(name string, when ...seccomp.Cmp) {
		nr, _ := seccomp.Number(seccomp.Native(), name)
		rules = append(rules, seccomp.Rule{Nr: nr, Action: seccomp.Trace(tracer.AskOther), When: when})
	}
	other := func(arg uint32) seccomp.Cmp { return seccomp.Cmp{Arg: arg, Op: seccomp.NE32} }
	const process = 1 // IOPRIO_WHO_PROCESS
	add("prlimit64", other(0), seccomp.Cmp{Arg: 2, Op: seccomp.NE})
	add("sched_setaffinity", other(0), seccomp.Cmp{Arg: 5, Op: seccomp.NE, A: sys.Cookie()}) // the supervising thread may carry the filter
	add("sched_setscheduler", other(0))
	add("sched_setparam", other(0))
	add("sched_setattr", other(0))
	add("setpriority", other(1))
	add("setpriority", seccomp.Cmp{Arg: 0, Op: seccomp.NE32, A: unix.PRIO_PROCESS})
	add("ioprio_set", other(1))
	add("ioprio_set", seccomp.Cmp{Arg: 0, Op: seccomp.NE32, A: process})
	return rules
}

// tcpWalled are rules for what Landlock's walls for TCP do not see: connections of another protocol's socket, that a first datagram makes, that
// come to a socket which was never bound, and calls through a ring, which no filter sees.
func (k filterKey) tcpWalled() (rules []seccomp.Rule) {
	if k.tcp == 0 {
		return nil
	}
	const multipath, smc, smcProtocol, fastOpen = 262, 43, 256, 0x20000000 // IPPROTO_MPTCP, AF_SMC, IPPROTO_SMC, MSG_FASTOPEN
	for _, name := range socketCalls {
		rules = append(rules, refused(name, unix.EPROTONOSUPPORT, seccomp.Cmp{Arg: 2, Op: seccomp.EQ32, A: multipath}),
			refused(name, unix.EPROTONOSUPPORT, seccomp.Cmp{Arg: 2, Op: seccomp.EQ32, A: smcProtocol}),
			refused(name, unix.EAFNOSUPPORT, seccomp.Cmp{Arg: 0, Op: seccomp.EQ32, A: smc}))
	}
	// A layer above TCP can be SMC as well; ENOENT is what a kernel says that has none of that name.
	rules = append(rules, refused("setsockopt", unix.ENOENT, seccomp.Cmp{Arg: 1, Op: seccomp.EQ32, A: unix.IPPROTO_TCP},
		seccomp.Cmp{Arg: 2, Op: seccomp.EQ32, A: unix.TCP_ULP}))
	rules = append(rules, refused("io_uring_setup", unix.ENOSYS))
	if k.tcp&WallTcpConnect != 0 {
		for _, call := range []struct {
			name  string
			flags uint32
		}{{"sendto", 3}, {"sendmsg", 2}, {"sendmmsg", 3}} {
			rules = append(rules, refused(call.name, unix.EACCES, seccomp.Cmp{Arg: call.flags, Op: seccomp.MaskedEQ32, A: fastOpen, B: fastOpen}))
		}
	}
	if k.tcp&WallTcpBind != 0 && !k.anyPort {
		rules = append(rules, refused("listen", unix.EACCES))
	}
	return rules
}
