package core

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// MaxRules is the largest number of rules in a policy.
const MaxRules = 4096

// rule is a rule of the caller's.
type rule struct {
	seccomp.Rule
	arch   seccomp.Arch
	reason string // for those who read the policy
}

// here tells whether the rule is about calls of this machine; no others can be made on it.
func (r *rule) here() bool { return r.arch == seccomp.Native() }

// Add appends a rule for a call: where several fit, the last decides. A rule for the other architecture that the library
// runs on is checked and kept, but is not in force.
func (p *Policy) Add(arch uint32, name string, action Action, when ...Cmp) error {
	a, err := ruleArch(arch)
	if err != nil {
		return err
	}
	nr, ok := seccomp.Number(a, name)
	if !ok {
		return unknownCall(a, name)
	}
	return p.append(a, int64(nr), action, when, "")
}

// AddNumber is Add for a call by its number, which need not have a name.
func (p *Policy) AddNumber(arch uint32, nr int64, action Action, when ...Cmp) error {
	a, err := ruleArch(arch)
	if err != nil {
		return err
	}
	return p.append(a, nr, action, when, "")
}

func ruleArch(arch uint32) (seccomp.Arch, error) {
	switch a := seccomp.Arch(arch); {
	case arch == ArchNative:
		return seccomp.Native(), nil
	case a == seccomp.AMD64 || a == seccomp.ARM64:
		return a, nil
	}
	return 0, invalid("architecture %#x: only calls of the machine's own architecture can be allowed, all others kill", arch)
}

func unknownCall(a seccomp.Arch, name string) error {
	return invalid("unknown system call %q%s", brief(name), nearest(name, seccomp.Names(a)))
}

// nearest is the end of a sentence about an unknown name.
func nearest(name string, known []string) string {
	if n := seccomp.Nearest(name, known); n != "" {
		return "; did you mean \"" + n + "\"?"
	}
	return ""
}

// makeRule checks a rule by itself.
func makeRule(arch seccomp.Arch, nr int64, action Action, when []Cmp, reason string) (rule, error) {
	lowered, err := lowerAction(action)
	if err != nil {
		return rule{}, err
	}
	r := rule{Rule: seccomp.Rule{Action: lowered}, arch: arch, reason: reason}
	name := callName(arch, nr)
	if r.Nr = int(nr); int64(r.Nr) != nr {
		r.Nr = -1
	}
	for _, c := range when {
		r.When = append(r.When, plainCmp(c))
	}
	alone := seccomp.Policy{Arch: arch, Default: seccomp.Allow, Rules: []seccomp.Rule{r.Rule}}
	if err := alone.Check(); err != nil {
		var at *seccomp.RuleError
		if errors.As(err, &at) && at.Condition >= 0 {
			return rule{}, invalid("rule for %s: condition %d: %v", name, at.Condition, at.Err)
		}
		return rule{}, invalid("rule for %s: %v", name, errors.Unwrap(err))
	}
	if _, arg, ok := seccomp.Witness(r.When); !ok {
		return rule{}, invalid("rule for %s: its conditions on argument %d can never hold: no call would fit", name, arg)
	}
	switch {
	case name == "clone3" && (lowered == seccomp.Allow || lowered == seccomp.Notify):
		return rule{}, invalid("clone3 cannot be allowed: its flags, in memory, could say CLONE_UNTRACED; C libraries fall back to clone")
	case name == "execve" && stops(lowered) && len(when) == 0:
		return rule{}, invalid("a rule that stops every execve would stop the start of the program")
	case name == "execve" && stops(lowered):
		return rule{}, invalid("a rule that stops some execve could stop the start of the program, whose arguments are not known before")
	}
	return r, nil
}

// plainCmp gives conditions that mean the same the same form.
func plainCmp(c Cmp) seccomp.Cmp {
	lowered := seccomp.Cmp{Arg: c.Arg, Op: seccomp.Op(c.Op), A: c.A, B: c.B}
	if c.Op >= CmpEQ32 {
		lowered.A, lowered.B = lowered.A&0xffffffff, lowered.B&0xffffffff
	}
	if c.Op != CmpMaskedEQ && c.Op != CmpMaskedEQ32 {
		lowered.B = 0
	}
	return lowered
}

func (p *Policy) append(arch seccomp.Arch, nr int64, action Action, when []Cmp, reason string) error {
	r, err := makeRule(arch, nr, action, when, reason)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	rules := p.rules
	if slices.ContainsFunc(rules, func(earlier rule) bool { return hides(&r, &earlier) }) {
		rules = slices.DeleteFunc(slices.Clone(rules), func(earlier rule) bool { return hides(&r, &earlier) })
	}
	if len(rules) >= MaxRules {
		return invalid("more than %d rules", MaxRules)
	}
	enlarged := Policy{profile: p.profile, fallback: p.fallback, rules: append(rules, r), fits: p.fits}
	if err := enlarged.checkLength(); err != nil {
		return err
	}
	p.rules, p.fits, p.compiled = enlarged.rules, enlarged.fits, nil
	return nil
}

// hides tells whether the earlier rule can never decide because of the later one: whatever fits it fits that, too.
func hides(later, earlier *rule) bool {
	if later.Nr != earlier.Nr || later.arch != earlier.arch {
		return false
	}
	for _, c := range later.When {
		if !slices.Contains(earlier.When, c) {
			return false
		}
	}
	return true
}

// checkLength tells early that the filter would be too long for the kernel, for any run. Compiling costs time, so that is
// done only for policies that might be.
func (p *Policy) checkLength() error {
	const perRule, perCondition, others = 10, 16, 200 // more than the compiler makes of each
	most := others
	for _, list := range [][]rule{p.profile.all(), p.rules} {
		for i := range list {
			most += perRule + perCondition*len(list[i].When)
		}
	}
	if most <= max(p.fits, seccomp.MaxLength) {
		return nil
	}
	program, err := seccomp.Compile(p.lower(largestKey))
	if err != nil {
		return invalid("policy: %v", err)
	}
	p.fits = most + seccomp.MaxLength - len(program)
	return nil
}

// largestKey is that of the runs with the longest filters.
var largestKey = filterKey{allocations: true, processes: 2, forkErrno: unix.EAGAIN, amongOthers: true, tcp: tcpWalls}

// stops tells whether a call with that action is not executed, or asked about.
func stops(a seccomp.Action) bool { return a != seccomp.Allow && a != seccomp.Notify }

// mayStop tells whether the policy stops the call with that name for some arguments.
func (p *Policy) mayStop(name string) bool {
	nr, _ := seccomp.Number(seccomp.Native(), name)
	for _, r := range slices.Backward(slices.Concat(p.profile.all(), p.rules)) {
		if r.Nr != nr || !r.here() {
			continue
		}
		if stops(r.Action) {
			return true
		}
		if len(r.When) == 0 {
			return false
		}
	}
	return stops(p.fallback)
}

// callName is the call's name, or "call 600".
func callName(arch seccomp.Arch, nr int64) string {
	if name := SyscallName(uint32(arch), nr); name != "" {
		return name
	}
	return fmt.Sprintf("call %d", nr)
}
