package core

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/tracer"
)

var machines = []seccomp.Arch{seccomp.AMD64, seccomp.ARM64}

// decided is what a profile says of a call on a machine, without what is always in force.
func decided(t *testing.T, name string, machine seccomp.Arch, nr int, args ...uint64) Action {
	t.Helper()
	p, err := readProfile(name, machine)
	if err != nil {
		t.Fatal(err)
	}
	policy := seccomp.Policy{Arch: machine, Default: p.fallback, Foreign: seccomp.Trace(tracer.AskKill)}
	for _, r := range p.all() {
		policy.Rules = append(policy.Rules, r.Rule)
	}
	data := seccomp.Data{Nr: int32(nr), Arch: uint32(machine)}
	copy(data.Args[:], args)
	return raiseAction(seccomp.Decide(&policy, &data))
}

func decidedByName(t *testing.T, name string, machine seccomp.Arch, call string, args ...uint64) Action {
	t.Helper()
	nr, ok := seccomp.Number(machine, call)
	if !ok {
		t.Fatalf("%s is unknown on %s", call, seccomp.ArchName(machine))
	}
	return decided(t, name, machine, nr, args...)
}

// Every profile can be read for every machine, by schema too, and gives a reason for every line.
func TestSimProfilesAreComplete(t *testing.T) {
	s := policySchema(t)
	if names := ProfileNames(); !slices.IsSorted(names) || !slices.Contains(names, "native") || !slices.Contains(names, "permissive") {
		t.Fatalf("%q", names)
	}
	for _, name := range ProfileNames() {
		text, err := profileFiles.ReadFile("profiles/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if !s.accepts(text) {
			t.Errorf("%s does not fit the schema", name)
		}
		var file struct {
			Rules []struct{ Reason string }
		}
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		for i, r := range file.Rules {
			if r.Reason == "" {
				t.Errorf("%s: rules[%d] has no reason", name, i)
			}
		}
		for _, machine := range machines {
			p, err := readProfile(name, machine)
			if err != nil {
				t.Fatalf("%s on %s: %v", name, seccomp.ArchName(machine), err)
			}
			if p.comment == "" {
				t.Errorf("%s has no comment", name)
			}
			if fallback := raiseAction(p.fallback); name != "permissive" && fallback != ActionErrno(uint32(unix.ENOSYS)) {
				t.Errorf("%s: default %s", name, actionText(fallback))
			}
		}
	}
}

// What has a name was thought about: it stands in the profile that all others build upon.
func TestSimNativeNamesEveryCall(t *testing.T) {
	// Without an effect on any kernel that the library runs on, or made by no program.
	unnamed := []string{"_sysctl", "afs_syscall", "epoll_ctl_old", "epoll_wait_old", "getpmsg", "putpmsg", "security", "tuxcall", "vserver",
		"uretprobe", "uprobe", "clone3", "lsm_get_self_attr", "lsm_list_modules"}
	for _, machine := range machines {
		p, err := readProfile("native", machine)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range seccomp.Names(machine) {
			nr, _ := seccomp.Number(machine, name)
			if machine == seccomp.ARM64 && (nr >= 403 && nr <= 423 || name == "arch_specific_syscall") {
				continue // of machines with 32 bits
			}
			named := slices.ContainsFunc(p.rules, func(r rule) bool { return r.Nr == nr })
			if named == slices.Contains(unnamed, name) {
				t.Errorf("%s on %s: named %v", name, seccomp.ArchName(machine), named)
			}
		}
	}
}

func TestSimProfilesDecide(t *testing.T) {
	errno := func(e unix.Errno) Action { return ActionErrno(uint32(e)) }
	const everybody = 1<<32 - 1
	for _, test := range []struct {
		want  Action
		calls string // on both machines
		args  []uint64
	}{
		{ActionAllow, "execve execveat exit_group read write openat close mmap mprotect brk futex rt_sigaction rt_sigreturn tgkill", nil},
		{ActionAllow, "newfstatat statx faccessat faccessat2 readlinkat getdents64 unlinkat renameat2 mkdirat ftruncate fchdir lseek", nil},
		{ActionAllow, "ppoll pselect6 epoll_create1 epoll_ctl epoll_pwait eventfd2 pipe2 dup3 timerfd_create signalfd4", nil},
		{ActionAllow, "set_robust_list rseq set_tid_address getrandom clock_gettime clock_nanosleep prctl sched_getaffinity wait4", nil},
		{ActionAllow, "clone", []uint64{unix.CLONE_VM | unix.CLONE_THREAD | unix.CLONE_SIGHAND}},
		{ActionAllow, "clone", []uint64{uint64(unix.SIGCHLD)}},
		{ActionKill, "clone", []uint64{unix.CLONE_NEWUSER | uint64(unix.SIGCHLD)}},
		{ActionKill, "clone", []uint64{unix.CLONE_NEWNET}},
		{ActionKill, "ptrace process_vm_writev bpf perf_event_open userfaultfd keyctl add_key unshare setns mount umount2 pivot_root", nil},
		{ActionKill, "chroot init_module finit_module kexec_load open_by_handle_at reboot clock_settime swapon fsopen open_tree quotactl", nil},
		{errno(unix.ENOSYS), "io_uring_setup memfd_create mseal futex_waitv shmget mq_open seccomp pidfd_getfd get_mempolicy cachestat", nil},
		{errno(unix.EACCES), "socket connect bind sendmsg accept4", nil},
		{errno(unix.EPERM), "sched_setaffinity setpriority personality mknodat process_vm_readv", nil},
		{ActionAllow, "kill", []uint64{1234}},
		{errno(unix.EPERM), "kill", []uint64{everybody}},
		{errno(unix.EPERM), "kill", []uint64{1<<64 - 1}},
		{ActionAllow, "prlimit64", []uint64{0, unix.RLIMIT_NOFILE}},
		{ActionAllow, "prlimit64", []uint64{1 << 32, unix.RLIMIT_NOFILE}}, // the kernel reads an int
		{errno(unix.EPERM), "prlimit64", []uint64{4321, unix.RLIMIT_CPU}},
		{ActionAllow, "ioctl", []uint64{1, unix.TCGETS}},
		{ActionAllow, "ioctl", []uint64{1, 1<<32 | unix.TCGETS}},
		{errno(unix.ENOTTY), "ioctl", []uint64{0, unix.TIOCSTI}},
		{errno(unix.ENOTTY), "ioctl", []uint64{0, 1<<32 | unix.TIOCSTI}},
	} {
		for _, machine := range machines {
			for call := range strings.FieldsSeq(test.calls) {
				for _, profile := range []string{"native", "python", "jvm", "compiler"} {
					if profile != "native" && strings.HasPrefix(call, "s") {
						continue // what these add has a table of its own
					}
					if got := decidedByName(t, profile, machine, call, test.args...); got != test.want {
						t.Errorf("%s, %s: %s %#x: %s, want %s", profile, seccomp.ArchName(machine), call, test.args, actionText(got), actionText(test.want))
					}
				}
			}
		}
	}
	for _, machine := range machines {
		for _, nr := range []int{460 + 300, 1000} { // the kernel's next calls
			if got := decided(t, "python", machine, nr); got != errno(unix.ENOSYS) {
				t.Errorf("call %d: %s", nr, actionText(got))
			}
		}
	}
}

// A pair of streams leads nowhere; a datagram by a pair reaches what its address says.
func TestSimRuntimesMayHavePairs(t *testing.T) {
	refused := ActionErrno(uint32(unix.EACCES))
	for _, test := range []struct {
		want Action
		call string
		args []uint64
	}{
		{ActionAllow, "socketpair", []uint64{unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK}},
		{refused, "socketpair", []uint64{unix.AF_UNIX, unix.SOCK_DGRAM}},
		{refused, "socketpair", []uint64{unix.AF_UNIX, unix.SOCK_SEQPACKET}},
		{refused, "socketpair", []uint64{unix.AF_NETLINK, unix.SOCK_STREAM}},
		{ActionAllow, "sendto", []uint64{3, 1, 1, 0, 0, 0}},
		{refused, "sendto", []uint64{3, 1, 1, 0, 0x7fff0000, 16}},
		{refused, "sendmsg", []uint64{3, 1}},
		{refused, "socket", []uint64{unix.AF_UNIX, unix.SOCK_STREAM}},
	} {
		for _, profile := range []string{"runtime", "python", "node", "ruby"} {
			for _, machine := range machines {
				if got := decidedByName(t, profile, machine, test.call, test.args...); got != test.want {
					t.Errorf("%s: %s %#x: %s, want %s", profile, test.call, test.args, actionText(got), actionText(test.want))
				}
			}
		}
	}
	if got := decidedByName(t, "native", seccomp.AMD64, "socketpair", unix.AF_UNIX, unix.SOCK_STREAM); got != refused {
		t.Errorf("native: %s", actionText(got))
	}
}

// Rules of the caller's come after the profile's, a default of the caller's replaces it, and the text form keeps both.
func TestSimPolicyBuildsUponProfile(t *testing.T) {
	number := func(name string) int64 {
		nr, _ := seccomp.Number(seccomp.Native(), name)
		return int64(nr)
	}
	p, err := NewPolicy("python", ActionDefer)
	if err != nil {
		t.Fatal(err)
	}
	q := p.Clone()
	if err := q.Add(ArchNative, "ptrace", ActionErrno(uint32(unix.EPERM))); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Policy{q, parsed(t, string(q.JSON())), parsed(t, `{"profile": "python", "rules": [{"call": ["ptrace"], "action": {"errno": "EPERM"}}]}`)} {
		if got := r.Decide(Call{Nr: number("ptrace")}); got != ActionErrno(uint32(unix.EPERM)) {
			t.Errorf("ptrace: %s", actionText(got))
		}
		if got := r.Decide(Call{Nr: number("bpf")}); got != ActionKill {
			t.Errorf("bpf: %s", actionText(got))
		}
		if got := r.Decide(Call{Nr: 1000}); got != ActionErrno(uint32(unix.ENOSYS)) {
			t.Errorf("unknown: %s", actionText(got))
		}
	}
	if got := p.Decide(Call{Nr: number("ptrace")}); got != ActionKill {
		t.Errorf("the original: %s", actionText(got))
	}
	if text := string(q.JSON()); !strings.Contains(text, `"profile": "python"`) || strings.Contains(text, "default") || strings.Contains(text, "bpf") {
		t.Errorf("%s", text)
	}
	strict := parsed(t, `{"profile": "native", "default": "KILL"}`)
	if got := strict.Decide(Call{Nr: 1000}); got != ActionKill || !strings.Contains(string(strict.JSON()), `"default": "KILL"`) {
		t.Errorf("%s\n%s", actionText(got), strict.JSON())
	}
	open, _ := NewPolicy("native", ActionAllow)
	if got := open.Decide(Call{Nr: 1000}); got != ActionAllow || open.plain() {
		t.Errorf("%s, plain %v", actionText(got), open.plain())
	}
	plain, _ := NewPolicy("permissive", ActionDefer)
	if got := plain.Decide(Call{Nr: 1000}); got != ActionAllow || !plain.plain() {
		t.Errorf("%s, plain %v", actionText(got), plain.plain())
	}
}

// A config is often made anew for each run: the filter of a profile is compiled once for all of them.
func TestSimProfileFiltersAreShared(t *testing.T) {
	filter := func(fallback Action) []unix.SockFilter {
		p, err := NewPolicy("native", fallback)
		if err != nil {
			t.Fatal(err)
		}
		f, err := p.filter((&Config{}).filterKey())
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	one, other, third := filter(ActionDefer), filter(ActionDefer), filter(ActionKill)
	if &one[0] != &other[0] || &one[0] == &third[0] || slices.Equal(one, third) {
		t.Error("two filters for one policy, or one for two")
	}
	// The kernel goes through a filter at every start: a profile is worth keeping short.
	for _, name := range ProfileNames() {
		p, _ := NewPolicy(name, ActionDefer)
		f, err := p.filter((&Config{}).filterKey())
		if err != nil || len(f) > 170 {
			t.Errorf("%s: %d instructions, %v", name, len(f), err)
		}
	}
}

func TestSimProfileDump(t *testing.T) {
	p, err := NewPolicy("node", ActionDefer)
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.Dump()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"profile node, default ERRNO(ENOSYS)", "rules of the profile native: ", "rules of the profile runtime: ",
		"ptrace process_vm_writev KILL  -- writes to other processes", "socketpair           ALLOW when arg0 == 0x1 (32 bits)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
