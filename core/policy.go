package core

import (
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/internal/paths"
	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// Policy decides about system calls. Build it with NewPolicy and Add; then it is only read, by any number of runs.
type Policy struct {
	Comment string
	// Paths are the path rules; empty: no file is forbidden by name.
	Paths []PathRule
	// PathAction is what happens to a call that they forbid: ActionKill or ActionErrno; nil is ActionErrno(EACCES).
	PathAction *Action

	profile  *profile // what it starts from; nil adds nothing
	fallback seccomp.Action
	rules    []rule // in addition to those of the profile, which they override
	fits     int    // up to this estimate of its length the filter is known to fit

	mu       sync.Mutex
	compiled filters
}

// Cmp is a condition on an argument; Op is one of Cmp... in abi_gen.go.
type Cmp struct {
	Arg, Op uint32
	A, B    uint64
}

// NewPolicy starts from a profile, one of ProfileNames, and an action for calls that no rule names; ActionDefer is the profile's own.
func NewPolicy(name string, fallback Action) (*Policy, error) {
	profile, err := profileOf(name)
	if err != nil {
		return nil, err
	}
	if fallback == ActionDefer {
		return &Policy{profile: profile, fallback: profile.fallback}, nil
	}
	action, err := lowerAction(fallback)
	if err != nil {
		return nil, err
	}
	if fallback == ActionNotify {
		return nil, invalid("NOTIFY cannot be the default action: name the calls that the callback is to decide about")
	}
	return &Policy{profile: profile, fallback: action}, nil
}

// Clone is a copy that can be added to.
func (p *Policy) Clone() *Policy {
	return &Policy{
		Comment: p.Comment, Paths: slices.Clone(p.Paths), PathAction: p.PathAction,
		profile: p.profile, fallback: p.fallback, rules: slices.Clone(p.rules), fits: p.fits,
	}
}

// lowerAction turns an action of the API into one of the kernel. A kill becomes a stop, so that the call can be reported
// with its arguments before the program dies.
func lowerAction(a Action) (seccomp.Action, error) {
	switch {
	case a == ActionKill:
		return seccomp.Trace(tracer.AskKill), nil
	case a == ActionAllow:
		return seccomp.Allow, nil
	case a == ActionNotify:
		return seccomp.Notify, nil
	case a > 0x10000 && a <= 0x10000+4095:
		return seccomp.Errno(uint16(a - 0x10000)), nil
	}
	return 0, invalid("unknown action %#x; use KILL, ERRNO(1..4095) or ALLOW", uint32(a))
}

// raiseAction is the inverse of lowerAction.
func raiseAction(a seccomp.Action) Action {
	switch {
	case a == seccomp.Allow:
		return ActionAllow
	case a == seccomp.Notify:
		return ActionNotify
	case a >= seccomp.Errno(1) && a <= seccomp.Errno(4095):
		return ActionErrno(uint32(a - seccomp.Errno(0)))
	}
	return ActionKill
}

// filterKey is what of a run, beside the policy, goes into its filter.
type filterKey struct {
	allocations  bool       // big mappings are watched
	reservations bool       // of these also such as cannot be written: address space is limited
	processes    int        // forks are gated from this number; 0: not
	forkErrno    unix.Errno // what a refused fork gives
	byDescriptor bool       // the program is started with execveat
	listens      bool       // somebody answers notifications
	handed       bool       // to whom the child sends the listener
	files        fileMode   // who decides about files
	exposed      bool       // no Landlock domain keeps the program from the host's processes
	isolated     bool       // with namespaces of its own
	network      bool       // one of them for its network
	exchange     bool       // one of them for what programs tell each other
	keyless      bool       // there are no keys: runs of a template share a user namespace, which holds them
	amongOthers  bool       // it can name processes that are not of the run
	tcp          Wall       // those for TCP that stand
	anyPort      bool       // a port that the kernel chooses may be bound
	sparing      bool       // its network namespace is another's later, unless it makes a socket
}

// fileMode tells who enforces path rules.
type fileMode uint8

const (
	unruled    fileMode = iota // there are none
	landlocked                 // Landlock for plain opens, the server for all else
	supervised                 // the server
)

// plain tells whether the policy's rules say nothing but the guards.
func (p *Policy) plain() bool {
	return p.fallback == seccomp.Allow && len(p.rules) == 0 && len(p.profile.all()) == 0
}

// Notifies tells whether a rule asks the callback.
func (p *Policy) Notifies() bool {
	return slices.ContainsFunc(p.rules, func(r rule) bool { return r.here() && r.Action == seccomp.Notify })
}

// permissive is the policy of a config without one.
var permissive = &Policy{fallback: seccomp.Allow}

// filter is the seccomp program for a run, compiled once for each key.
func (p *Policy) filter(key filterKey) ([]unix.SockFilter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.rules) == 0 && p.profile != nil {
		return p.profile.filter(p, key)
	}
	return p.compiled.get(filterOf{p.fallback, key}, p.compile)
}

// filterOf tells apart the filters of one list of rules.
type filterOf struct {
	fallback seccomp.Action
	key      filterKey
}

// filters are compiled ones.
type filters map[filterOf][]unix.SockFilter

func (f *filters) get(of filterOf, compile func(filterKey) ([]unix.SockFilter, error)) ([]unix.SockFilter, error) {
	if program := (*f)[of]; program != nil {
		return program, nil
	}
	program, err := compile(of.key)
	if err != nil {
		return nil, invalid("policy: %v", err)
	}
	const enough = 16 // keys differ with the limits: few in practice
	if *f == nil || len(*f) >= enough {
		*f = filters{}
	}
	(*f)[of] = program
	return program, nil
}

func (p *Policy) compile(key filterKey) ([]unix.SockFilter, error) {
	filter, err := seccomp.Compile(p.lower(key))
	if err != nil {
		return nil, err
	}
	// The filter is in force when the program is executed: a policy that stops that stops everything.
	if p.mayStop(key.exec()) {
		return nil, fmt.Errorf("%s must be allowed, or the program cannot be started", key.exec())
	}
	return filter, nil
}

// lower is the policy with what is always in force, and with what a run wants to see.
func (p *Policy) lower(key filterKey) *seccomp.Policy {
	base := p.profile.all()
	rules := make([]seccomp.Rule, 0, 1+len(base)+len(p.rules)+len(guards))
	if p.fallback == seccomp.Allow && len(base)+len(p.rules) > 0 {
		rules = append(rules, ring)
	}
	if p.fallback == seccomp.Allow {
		rules = append(rules, key.unshared()...)
	}
	for _, list := range [][]rule{base, p.rules} {
		for i := range list {
			if list[i].here() {
				rules = append(rules, list[i].Rule)
			}
		}
	}
	return &seccomp.Policy{
		Arch:    seccomp.Native(),
		Default: p.fallback,
		Foreign: seccomp.Trace(tracer.AskKill),
		X32:     seccomp.Trace(tracer.AskKill),
		Rules:   slices.Concat(rules, guards, key.exposure(), key.sockets(), key.keys(), key.secluded(), key.tcpWalled(), key.start()),
		Watch:   key.watch(),
	}
}

// ring comes before the caller's rules, so that one of them can allow it: what a program has done through an io_uring passes no filter,
// so any rule could be walked around.
var ring = func() seccomp.Rule {
	nr, _ := seccomp.Number(seccomp.Native(), "io_uring_setup")
	return seccomp.Rule{Nr: nr, Action: seccomp.Errno(uint16(unix.ENOSYS))}
}()

// guards come after the caller's rules, so that nothing can undo them.
var guards = func() []seccomp.Rule {
	number := func(name string) int {
		nr, _ := seccomp.Number(seccomp.Native(), name)
		return nr
	}
	const newListener = 8 // SECCOMP_FILTER_FLAG_NEW_LISTENER
	return []seccomp.Rule{
		// clone3 has its flags in memory, where no filter can see them. Libraries fall back to clone.
		{Nr: number("clone3"), Action: seccomp.Errno(uint16(unix.ENOSYS))},
		// An untraced process would escape.
		{Nr: number("clone"), Action: seccomp.Errno(uint16(unix.EPERM)), When: []seccomp.Cmp{
			{Arg: 0, Op: seccomp.MaskedEQ32, A: unix.CLONE_UNTRACED, B: unix.CLONE_UNTRACED},
		}},
		// A program that listens to its own calls could let them pass: notifications outrank our stops. EBUSY is what it
		// would get below another supervisor.
		{Nr: number("seccomp"), Action: seccomp.Errno(uint16(unix.EBUSY)), When: []seccomp.Cmp{
			{Arg: 1, Op: seccomp.MaskedEQ32, A: newListener, B: newListener},
		}},
	}
}()

// start are the rules for the calls that hand over the listener and start the program, when there is a listener.
func (k filterKey) start() []seccomp.Rule {
	if !k.listens {
		return nil
	}
	known := []seccomp.Cmp{{Arg: 5, Op: seccomp.EQ, A: sys.Cookie()}}
	nr, _ := seccomp.Number(seccomp.Native(), k.exec())
	rules := []seccomp.Rule{{Nr: nr, Action: seccomp.Trace(tracer.AskStart), When: known}}
	if k.handed {
		nr, _ = seccomp.Number(seccomp.Native(), "sendmsg")
		rules = append(rules, seccomp.Rule{Nr: nr, Action: seccomp.Allow, When: known})
	}
	return rules
}

// exposure are guards for a machine without Landlock: a program that runs as the host's user could take the listener out of it, or
// write its memory. (Through /proc/PID/mem it still can: run it as another user there.)
func (k filterKey) exposure() (rules []seccomp.Rule) {
	if !k.exposed {
		return nil
	}
	rules = append(rules, refused("pidfd_getfd", unix.EPERM), refused("process_vm_writev", unix.EPERM))
	for _, request := range []uint64{unix.PTRACE_ATTACH, unix.PTRACE_SEIZE} {
		rules = append(rules, refused("ptrace", unix.EPERM, seccomp.Cmp{Arg: 0, Op: seccomp.EQ, A: request}))
	}
	return rules
}

// exec is the call that starts the program.
func (k filterKey) exec() string {
	if k.byDescriptor {
		return "execveat"
	}
	return "execve"
}

// watch are the allowed calls that the tracer wants to see.
func (k filterKey) watch() (rules []seccomp.Rule) {
	defer func() {
		if k.files != unruled {
			rules = append(rules, paths.NeedsNotify(k.files == landlocked)...)
		}
	}()
	if k.allocations {
		mmap, _ := seccomp.Number(seccomp.Native(), "mmap")
		// A big file; MAP_FIXED is for the parts of one.
		rules = append(rules, seccomp.Rule{Nr: mmap, Action: seccomp.Trace(tracer.AskFile), When: []seccomp.Cmp{
			{Arg: 1, Op: seccomp.GT, A: tracer.BigFile},
			{Arg: 3, Op: seccomp.MaskedEQ32, A: unix.MAP_FIXED | unix.MAP_ANONYMOUS, B: 0},
		}})
		when := []seccomp.Cmp{
			{Arg: 1, Op: seccomp.GT, A: tracer.BigAllocation},
			{Arg: 3, Op: seccomp.MaskedEQ32, A: unix.MAP_FIXED, B: 0}, // that is how Go's runtime, on a guarded thread, grows its heap
		}
		if !k.reservations {
			when = append(when, seccomp.Cmp{Arg: 2, Op: seccomp.MaskedEQ32, A: unix.PROT_WRITE, B: unix.PROT_WRITE})
		}
		rules = append(rules, seccomp.Rule{Nr: mmap, Action: seccomp.Trace(tracer.AskAlloc), When: when})
	}
	rules = append(rules, k.strangers()...)
	if k.sparing {
		for _, name := range socketCalls {
			nr, _ := seccomp.Number(seccomp.Native(), name)
			rules = append(rules, seccomp.Rule{Nr: nr, Action: seccomp.Trace(tracer.AskSocket)})
		}
	}
	if k.processes > 0 {
		action := seccomp.Trace(tracer.AskFork)
		if k.processes == 1 {
			action = seccomp.Errno(uint16(k.forkErrno))
		}
		for _, name := range []string{"fork", "vfork"} {
			if nr, ok := seccomp.Number(seccomp.Native(), name); ok {
				rules = append(rules, seccomp.Rule{Nr: nr, Action: action})
			}
		}
		clone, _ := seccomp.Number(seccomp.Native(), "clone")
		rules = append(rules, seccomp.Rule{Nr: clone, Action: action, When: []seccomp.Cmp{
			{Arg: 0, Op: seccomp.MaskedEQ32, A: unix.CLONE_THREAD, B: 0},
		}})
	}
	return rules
}
