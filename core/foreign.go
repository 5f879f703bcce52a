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
