package seccomp

import "math"

// Rule gives an action to the calls with number Nr for which all conditions in When hold.
type Rule struct {
	Nr     int
	Action Action
	When   []Cmp
}

// Policy decides about every call that can be made.
//
// A call of an architecture other than Arch gets Foreign and, on AMD64, a number with X32Bit gets X32: nothing below can
// change that. Otherwise the last of Rules that fits decides, and Default where none does. Where that decision is Allow,
// the last of Watch that fits replaces it; a Watch rule can so never permit what Rules refuse.
//
// The number -1, which a tracer writes to skip a call, is nobody's call: it gets Default, on AMD64 also, where it
// carries X32Bit.
type Policy struct {
	Arch    Arch
	Default Action
	Rules   []Rule
	Watch   []Rule
	Foreign Action
	X32     Action
}

// Data is a call as a filter sees it (struct seccomp_data of the kernel).
type Data struct {
	Nr   int32
	Arch uint32
	IP   uint64
	Args [6]uint64
}

// Decide says what the policy, which must be valid, does with a call, straight from the rules: the meaning that a
// compiled filter is tested against.
func Decide(p *Policy, d *Data) Action {
	if d.Arch != uint32(p.Arch) {
		return p.Foreign
	}
	if d.Nr == -1 {
		return p.Default
	}
	if p.Arch == AMD64 && d.Nr&X32Bit != 0 {
		return p.X32
	}
	action, fits := last(p.Rules, d)
	if !fits {
		action = p.Default
	}
	if action == Allow {
		if watch, fits := last(p.Watch, d); fits {
			return watch
		}
	}
	return action
}

// last is the action of the last rule that fits.
func last(rules []Rule, d *Data) (Action, bool) {
	for i := len(rules) - 1; i >= 0; i-- {
		if rules[i].fits(d) {
			return rules[i].Action, true
		}
	}
	return 0, false
}

func (r *Rule) fits(d *Data) bool {
	if r.Nr != int(d.Nr) {
		return false
	}
	for i := range r.When {
		if !r.When[i].holds(&d.Args) {
			return false
		}
	}
	return true
}

// Check says what is wrong with the policy's numbers, nil when nothing is.
func (p *Policy) Check() error {
	if table(p.Arch) == nil {
		return ErrArch
	}
	if err := p.checkRules(p.Rules, false); err != nil {
		return err
	}
	return p.checkRules(p.Watch, true)
}

func (p *Policy) checkRules(rules []Rule, watch bool) error {
	limit := math.MaxInt32
	if p.Arch == AMD64 {
		limit = X32Bit - 1
	}
	for i := range rules {
		r := &rules[i]
		if r.Nr < 0 || r.Nr > limit {
			return &RuleError{Watch: watch, Index: i, Condition: -1, Err: ErrNumber}
		}
		if len(r.When) > MaxConditions {
			return &RuleError{Watch: watch, Index: i, Condition: -1, Err: ErrConditions}
		}
		for j := range r.When {
			if err := r.When[j].check(); err != nil {
				return &RuleError{Watch: watch, Index: i, Condition: j, Err: err}
			}
		}
	}
	return nil
}
