package core

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/tracer"
)

func newPolicy(t *testing.T, fallback Action) *Policy {
	t.Helper()
	p, err := NewPolicy("permissive", fallback)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func add(t *testing.T, p *Policy, name string, action Action, when ...Cmp) {
	t.Helper()
	if err := p.Add(ArchNative, name, action, when...); err != nil {
		t.Fatal(err)
	}
}

// asked is what the kernel would answer for a call.
func asked(t *testing.T, p *Policy, key filterKey, d seccomp.Data) seccomp.Action {
	t.Helper()
	filter, err := p.filter(key)
	if err != nil {
		t.Fatal(err)
	}
	action, err := seccomp.Evaluate(filter, &d)
	if err != nil {
		t.Fatal(err)
	}
	return action
}

func call(t *testing.T, name string, args ...uint64) (d seccomp.Data) {
	t.Helper()
	nr, ok := seccomp.Number(seccomp.Native(), name)
	if !ok {
		t.Skipf("no %s here", name)
	}
	d = seccomp.Data{Nr: int32(nr), Arch: uint32(seccomp.Native())}
	copy(d.Args[:], args)
	return d
}

func TestSimNewPolicy(t *testing.T) {
	for _, test := range []struct {
		profile string
		action  Action
		want    string
	}{
		{"", ActionAllow, `unknown profile ""; use compiler, dotnet, haskell, jvm, lua, mono, native, node, ocaml, perl, permissive, php, python, ruby, runtime`},
		{"strict", ActionAllow, `unknown profile "strict"; use compiler, dotnet, haskell, jvm, lua, mono, native, node, ocaml, perl, permissive, php, python, ruby, runtime`},
		{"permissive", 7, "unknown action 0x7; use KILL, ERRNO(1..4095) or ALLOW"},
		{"permissive", ActionErrno(0), "unknown action 0x10000; use KILL, ERRNO(1..4095) or ALLOW"},
		{"permissive", ActionErrno(4096), "unknown action 0x11000; use KILL, ERRNO(1..4095) or ALLOW"},
		{"permissive", ActionAllow + 1, "unknown action 0x7fff0001; use KILL, ERRNO(1..4095) or ALLOW"},
	} {
		if p, err := NewPolicy(test.profile, test.action); err == nil || err.Error() != test.want || p != nil {
			t.Errorf("%q, %#x: %v, want %s", test.profile, test.action, err, test.want)
		}
	}
	for _, action := range []Action{ActionAllow, ActionKill, ActionErrno(1), ActionErrno(4095)} {
		newPolicy(t, action)
	}
}

func TestSimAddRefuses(t *testing.T) {
	for _, test := range []struct {
		arch   uint32
		name   string
		action Action
		when   []Cmp
		want   string
	}{
		{ArchNative, "nosuchcall", ActionAllow, nil, `unknown system call "nosuchcall"`},
		{ArchNative, "", ActionAllow, nil, `unknown system call ""`},
		{ArchI386, "read", ActionAllow, nil, "architecture 0x40000003: only calls of the machine's own architecture can be allowed, all others kill"},
		{99, "read", ActionAllow, nil, "architecture 0x63: only calls of"},
		{ArchNative, "read", 5, nil, "unknown action 0x5; use KILL"},
		{ArchNative, "read", ActionAllow, []Cmp{{Arg: 6, Op: CmpEQ}}, "rule for read: "},
		{ArchNative, "read", ActionAllow, []Cmp{{Op: 0}}, "rule for read: "},
		{ArchNative, "read", ActionAllow, []Cmp{{Op: 99}}, "rule for read: "},
		{ArchNative, "read", ActionAllow, []Cmp{{Op: CmpMaskedEQ, A: 1, B: 2}}, "rule for read: "},
		{ArchNative, "execve", ActionKill, nil, "a rule that stops every execve would stop the start of the program"},
		{ArchNative, "execve", ActionErrno(1), nil, "a rule that stops every execve would stop the start of the program"},
	} {
		p := newPolicy(t, ActionAllow)
		if err := p.Add(test.arch, test.name, test.action, test.when...); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %s", test, err, test.want)
		}
		if !p.plain() {
			t.Errorf("%s: a refused rule was added", test.name)
		}
	}
	p := newPolicy(t, ActionAllow)
	if err := p.Add(uint32(seccomp.Native()), "read", ActionKill); err != nil || p.plain() {
		t.Errorf("the machine's own architecture by its number: %v", err)
	}
	add(t, p, "execve", ActionAllow)
}

func TestSimLaterRuleWins(t *testing.T) {
	p := newPolicy(t, ActionAllow)
	add(t, p, "socket", ActionKill)
	add(t, p, "socket", ActionErrno(13), Cmp{Arg: 0, Op: CmpEQ32, A: unix.AF_UNIX})
	add(t, p, "socket", ActionAllow, Cmp{Arg: 0, Op: CmpEQ32, A: unix.AF_UNIX}, Cmp{Arg: 1, Op: CmpEQ32, A: unix.SOCK_STREAM})
	for _, test := range []struct {
		domain, kind uint64
		want         seccomp.Action
	}{
		{unix.AF_INET, unix.SOCK_STREAM, seccomp.Trace(tracer.AskKill)},
		{unix.AF_UNIX, unix.SOCK_DGRAM, seccomp.Errno(13)},
		{unix.AF_UNIX, unix.SOCK_STREAM, seccomp.Allow},
		{unix.AF_UNIX | 1<<32, unix.SOCK_STREAM, seccomp.Allow},
	} {
		if got := asked(t, p, filterKey{}, call(t, "socket", test.domain, test.kind)); got != test.want {
			t.Errorf("socket(%d, %d): %v, want %v", test.domain, test.kind, got, test.want)
		}
	}
	add(t, p, "socket", ActionErrno(1)) // drops what was compiled
	if got := asked(t, p, filterKey{}, call(t, "socket", unix.AF_UNIX, unix.SOCK_STREAM)); got != seccomp.Errno(1) {
		t.Errorf("after one more rule: %v", got)
	}
}

func TestSimFallback(t *testing.T) {
	for action, want := range map[Action]seccomp.Action{
		ActionKill: seccomp.Trace(tracer.AskKill), ActionErrno(38): seccomp.Errno(38), ActionAllow: seccomp.Allow,
	} {
		p := newPolicy(t, action)
		add(t, p, "execve", ActionAllow)
		if got := asked(t, p, filterKey{}, call(t, "read")); got != want {
			t.Errorf("%#x: %v, want %v", action, got, want)
		}
		if got := asked(t, p, filterKey{}, call(t, "execve")); got != seccomp.Allow {
			t.Errorf("execve: %v", got)
		}
	}
}

func TestSimExecMustBeAllowed(t *testing.T) {
	p := newPolicy(t, ActionKill)
	add(t, p, "read", ActionAllow)
	for key, want := range map[filterKey]string{
		{}:                   "policy: execve must be allowed, or the program cannot be started",
		{byDescriptor: true}: "policy: execveat must be allowed, or the program cannot be started",
	} {
		if _, err := p.filter(key); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	add(t, p, "execve", ActionAllow)
	if _, err := p.filter(filterKey{}); err != nil {
		t.Error(err)
	}
	if _, err := p.filter(filterKey{byDescriptor: true}); err == nil {
		t.Error("execve stands in for execveat")
	}
}

func TestSimFilterIsCompiledOnce(t *testing.T) {
	p := newPolicy(t, ActionAllow)
	add(t, p, "socket", ActionKill)
	one, err := p.filter(filterKey{allocations: true})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := p.filter(filterKey{allocations: true})
	other, _ := p.filter(filterKey{processes: 2, forkErrno: unix.EAGAIN})
	if &one[0] != &again[0] || &one[0] == &other[0] {
		t.Error("a filter is compiled for each run, or is the same for all")
	}
	for i := range 40 {
		if _, err := p.filter(filterKey{processes: 1, forkErrno: unix.Errno(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.compiled); n > 16 {
		t.Errorf("%d filters are kept", n)
	}
	clone := p.Clone()
	add(t, clone, "socket", ActionAllow)
	if asked(t, p, filterKey{}, call(t, "socket")) != seccomp.Trace(tracer.AskKill) || asked(t, clone, filterKey{}, call(t, "socket")) != seccomp.Allow {
		t.Error("a clone shares its rules")
	}
}

func TestSimGuards(t *testing.T) {
	user := newPolicy(t, ActionAllow)
	add(t, user, "clone", ActionAllow)
	add(t, user, "clone", ActionAllow, Cmp{Arg: 0, Op: CmpMaskedEQ, A: unix.CLONE_UNTRACED, B: unix.CLONE_UNTRACED})
	named := newPolicy(t, ActionAllow)
	if err := named.Add(ArchNative, "clone3", ActionAllow); err == nil {
		t.Error("clone3 was allowed")
	}
	add(t, named, "seccomp", ActionAllow)
	kill := seccomp.Trace(tracer.AskKill)
	keys := []filterKey{{}, {allocations: true}, {processes: 1, forkErrno: unix.EAGAIN}, {processes: 2, forkErrno: unix.EAGAIN}, {byDescriptor: true}}
	for _, key := range keys {
		for _, p := range []*Policy{permissive, user, named} {
			for _, flags := range []uint64{unix.CLONE_UNTRACED, unix.CLONE_UNTRACED | unix.CLONE_THREAD | unix.CLONE_VM, unix.CLONE_UNTRACED | 1<<32} {
				if got := asked(t, p, key, call(t, "clone", flags)); got != seccomp.Errno(uint16(unix.EPERM)) {
					t.Errorf("%+v: untraced clone %#x: %v", key, flags, got)
				}
			}
			if got := asked(t, p, key, call(t, "clone3", 1, 2)); got != seccomp.Errno(uint16(unix.ENOSYS)) {
				t.Errorf("%+v: clone3: %v", key, got)
			}
			if got := asked(t, p, key, call(t, "seccomp", 1, 8|1<<32)); got != seccomp.Errno(uint16(unix.EBUSY)) {
				t.Errorf("%+v: a listener: %v", key, got)
			}
			for _, arch := range []uint32{ArchI386, ArchAarch64, 0, 77} {
				d := call(t, "read")
				if d.Arch = arch; arch == uint32(seccomp.Native()) {
					continue
				}
				if got := asked(t, p, key, d); got != kill {
					t.Errorf("%+v: architecture %#x: %v", key, arch, got)
				}
			}
			if seccomp.Native() == seccomp.AMD64 {
				d := call(t, "read")
				d.Nr |= seccomp.X32Bit
				if got := asked(t, p, key, d); got != kill {
					t.Errorf("%+v: x32: %v", key, got)
				}
			}
			if got := asked(t, p, key, call(t, "read")); got != seccomp.Allow {
				t.Errorf("%+v: read: %v", key, got)
			}
		}
	}
}

func TestSimForkGate(t *testing.T) {
	const thread = unix.CLONE_VM | unix.CLONE_THREAD | unix.CLONE_SIGHAND
	for processes, want := range map[int]seccomp.Action{0: seccomp.Allow, 1: seccomp.Errno(uint16(unix.EAGAIN)), 2: seccomp.Trace(tracer.AskFork)} {
		key := filterKey{processes: processes, forkErrno: unix.EAGAIN}
		for _, name := range []string{"fork", "vfork"} {
			if nr, ok := seccomp.Number(seccomp.Native(), name); ok {
				d := seccomp.Data{Nr: int32(nr), Arch: uint32(seccomp.Native())}
				if got := asked(t, permissive, key, d); got != want {
					t.Errorf("%d: %s: %v, want %v", processes, name, got, want)
				}
			}
		}
		for flags, want := range map[uint64]seccomp.Action{
			uint64(unix.SIGCHLD): want, unix.CLONE_VM | unix.CLONE_VFORK: want, 0: want, thread: seccomp.Allow,
		} {
			if got := asked(t, permissive, key, call(t, "clone", flags)); got != want {
				t.Errorf("%d: clone(%#x): %v, want %v", processes, flags, got, want)
			}
		}
		// What the policy refuses is not let through to the tracer.
		p := newPolicy(t, ActionAllow)
		add(t, p, "clone", ActionKill)
		if got := asked(t, p, key, call(t, "clone", uint64(unix.SIGCHLD))); got != seccomp.Trace(tracer.AskKill) {
			t.Errorf("%d: a clone that the policy kills for: %v", processes, got)
		}
	}
}

func TestSimForkGateOfConfig(t *testing.T) {
	for _, test := range []struct {
		processes int
		errno     unix.Errno
		want      seccomp.Action
	}{
		{0, 0, seccomp.Allow}, {0, unix.EAGAIN, seccomp.Allow}, {1, 0, seccomp.Allow}, {5, 0, seccomp.Allow},
		{1, unix.EPERM, seccomp.Errno(uint16(unix.EPERM))},
		{2, unix.EPERM, seccomp.Trace(tracer.AskFork)}, {500, unix.EPERM, seccomp.Trace(tracer.AskFork)},
	} {
		l, err := lower(&Config{Args: []string{"x"}, Limits: Limits{Processes: test.processes, ForkErrno: test.errno}})
		if err != nil {
			t.Fatal(err)
		}
		d := call(t, "clone", uint64(unix.SIGCHLD))
		if got, err := seccomp.Evaluate(l.filterProgram, &d); err != nil || got != test.want {
			t.Errorf("%d, %v: %v, want %v", test.processes, test.errno, got, test.want)
		}
		if gated := test.want != seccomp.Allow; l.inherit == gated || (l.spec.Filter != nil) != gated {
			t.Errorf("%d, %v: inherit %v, filter of its own %v", test.processes, test.errno, l.inherit, l.spec.Filter != nil)
		}
	}
}

func TestSimBigMappings(t *testing.T) {
	const rw, private = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS
	const big = tracer.BigAllocation
	alloc := seccomp.Trace(tracer.AskAlloc)
	for _, test := range []struct {
		length, protection, flags uint64
		want                      seccomp.Action
	}{
		{big + 1, rw, private, alloc}, {1 << 40, rw, private, alloc}, {1 << 63, unix.PROT_WRITE, unix.MAP_SHARED, alloc},
		{big, rw, private, seccomp.Allow}, {4096, rw, private, seccomp.Allow}, {0, rw, private, seccomp.Allow},
		{1 << 40, unix.PROT_NONE, private, seccomp.Allow}, {1 << 40, unix.PROT_READ, private, seccomp.Allow},
		{1 << 40, rw, private | unix.MAP_FIXED, seccomp.Allow},
	} {
		d := call(t, "mmap", 0, test.length, test.protection, test.flags|unix.MAP_ANONYMOUS)
		if got := asked(t, permissive, filterKey{allocations: true}, d); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
		if got := asked(t, permissive, filterKey{}, d); got != seccomp.Allow {
			t.Errorf("%+v, not watched: %v", test, got)
		}
	}
}

// Of files, the big ones are noted, whatever they are mapped for; what is written besides may also be refused.
func TestSimBigFiles(t *testing.T) {
	file, alloc := seccomp.Trace(tracer.AskFile), seccomp.Trace(tracer.AskAlloc)
	for _, test := range []struct {
		length, protection, flags uint64
		want                      seccomp.Action
	}{
		{tracer.BigFile + 1, unix.PROT_READ, unix.MAP_PRIVATE, file}, {1 << 40, unix.PROT_NONE, unix.MAP_SHARED, file},
		{1 << 40, unix.PROT_READ | unix.PROT_WRITE, unix.MAP_SHARED, alloc},
		{tracer.BigFile, unix.PROT_READ, unix.MAP_PRIVATE, seccomp.Allow},
		{1 << 40, unix.PROT_READ, unix.MAP_PRIVATE | unix.MAP_FIXED, seccomp.Allow},
		{1 << 40, unix.PROT_READ, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, seccomp.Allow},
	} {
		if got := asked(t, permissive, filterKey{allocations: true}, call(t, "mmap", 0, test.length, test.protection, test.flags)); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// What a wall for TCP refuses because Landlock does not see it; this machine may have no SMC to try it with.
func TestSimTCPWalls(t *testing.T) {
	key := filterKey{tcp: WallTcpConnect}
	for _, test := range []struct {
		call seccomp.Data
		want unix.Errno
	}{
		{call(t, "socket", unix.AF_INET, unix.SOCK_STREAM, 256), unix.EPROTONOSUPPORT},
		{call(t, "socket", unix.AF_INET6, unix.SOCK_STREAM, 1<<32|262), unix.EPROTONOSUPPORT},
		{call(t, "socket", 43, unix.SOCK_STREAM, 0), unix.EAFNOSUPPORT},
		{call(t, "setsockopt", 3, unix.IPPROTO_TCP, unix.TCP_ULP), unix.ENOENT},
		{call(t, "setsockopt", 3, unix.IPPROTO_TCP, unix.TCP_NODELAY), 0},
		{call(t, "setsockopt", 3, unix.SOL_SOCKET, unix.TCP_ULP), 0},
		{call(t, "socket", unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_TCP), 0},
	} {
		want := seccomp.Action(seccomp.Allow)
		if test.want != 0 {
			want = seccomp.Errno(uint16(test.want))
		}
		if got := asked(t, permissive, key, test.call); got != want {
			t.Errorf("%+v: %v, want %v", test.call, got, want)
		}
	}
}

// What goes through an io_uring passes no filter: a policy with rules shuts it, unless a rule says otherwise.
func TestSimRing(t *testing.T) {
	nr, _ := seccomp.Number(seccomp.Native(), "io_uring_setup")
	call := Call{Nr: int64(nr)}
	for name, test := range map[string]struct {
		fallback Action
		add      func(*Policy) error
		want     Action
	}{
		"no rules":        {ActionAllow, func(*Policy) error { return nil }, ActionAllow},
		"a rule":          {ActionAllow, func(p *Policy) error { return p.Add(ArchNative, "socket", ActionKill) }, ActionErrno(uint32(unix.ENOSYS))},
		"allowed by rule": {ActionAllow, func(p *Policy) error { return p.Add(ArchNative, "io_uring_setup", ActionAllow) }, ActionAllow},
		"denied anyway":   {ActionKill, func(p *Policy) error { return p.Add(ArchNative, "execve", ActionAllow) }, ActionKill},
	} {
		p, err := NewPolicy("permissive", test.fallback)
		if err == nil {
			err = test.add(p)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		if got := p.Decide(call); got != test.want {
			t.Errorf("%s: %#x, want %#x", name, uint32(got), uint32(test.want))
		}
	}
}
