package core

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/tracer"
)

// Dump shows the policy for review: the rules in words and the filter that a run without limits of its own would load.
func (p *Policy) Dump() (string, error) { return (&Config{Policy: p}).DumpPolicy() }

// DumpPolicy shows the policy of a config for review: the rules in words and the filter that its runs load.
func (c *Config) DumpPolicy() (string, error) {
	p := c.policy()
	filter, err := p.filter(c.filterKey())
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	if p.Comment != "" {
		fmt.Fprintf(&b, "%s\n\n", oneLine(p.Comment))
	}
	fmt.Fprintf(&b, "profile %s, default %s\n\n", p.profile.title(), actionText(raiseAction(p.fallback)))
	p.profile.dump(&b)
	b.WriteString("rules, of which the last that fits decides:\n")
	for i := range p.rules {
		fmt.Fprintf(&b, "%4d  %s\n", i, p.rules[i].words())
	}
	if len(p.rules) == 0 {
		b.WriteString("      none\n")
	}
	b.WriteString("\nalways in force:\n      a call of another architecture, or of x32: KILL\n")
	for i := range guards {
		fmt.Fprintf(&b, "      %s\n", (&rule{Rule: guards[i], arch: seccomp.Native()}).words())
	}
	if len(p.Paths) > 0 {
		action := ActionErrno(uint32(unix.EACCES))
		if p.PathAction != nil {
			action = *p.PathAction
		}
		fmt.Fprintf(&b, "\npaths, all others %s:\n", actionText(action))
		for _, r := range p.Paths {
			fmt.Fprintf(&b, "      %-20q %s\n", r.Path, r.words())
		}
	}
	fmt.Fprintf(&b, "\nfilter, %d instructions:\n%s", len(filter), seccomp.Annotate(filter, meaning))
	return b.String(), nil
}

// words is the rule as a line of text.
func (r *rule) words() string {
	text := fmt.Sprintf("%-20s %s", callName(r.arch, int64(r.Nr)), actionText(raiseAction(r.Action)))
	if !r.here() {
		text += ", on " + seccomp.ArchName(r.arch) + " only"
	}
	for i := range r.When {
		word := " and "
		if i == 0 {
			word = " when "
		}
		text += word + conditionWords(&r.When[i])
	}
	if r.reason != "" {
		text += "  -- " + oneLine(r.reason)
	}
	return text
}

func conditionWords(c *seccomp.Cmp) string {
	op, bits := uint32(c.Op), ""
	if op >= CmpEQ32 {
		op, bits = op-CmpEQ32+CmpEQ, " (32 bits)"
	}
	if op == CmpMaskedEQ {
		return fmt.Sprintf("(arg%d & %#x) == %#x%s", c.Arg, c.A, c.B, bits)
	}
	return fmt.Sprintf("arg%d %s %#x%s", c.Arg, comparisonSigns[op-CmpEQ], c.A, bits)
}

func (r *PathRule) words() string {
	var access []string
	for i, name := range accessNames {
		if r.Access&(1<<i) != 0 {
			access = append(access, name)
		}
	}
	return strings.Join(access, ", ")
}

// meaning says what an action of the filter does, in terms of the policy.
func meaning(a seccomp.Action) string {
	switch a {
	case seccomp.Trace(tracer.AskKill):
		return "KILL"
	case seccomp.Trace(tracer.AskAlloc):
		return "ALLOW, and see whether memory is refused"
	case seccomp.Trace(tracer.AskFile):
		return "ALLOW, and note that a big file is mapped"
	case seccomp.Trace(tracer.AskFork):
		return "ALLOW below the process limit"
	case seccomp.Notify:
		return "NOTIFY"
	case seccomp.Allow:
		return "ALLOW"
	}
	if a >= seccomp.Errno(1) && a <= seccomp.Errno(4095) {
		return actionText(raiseAction(a))
	}
	return ""
}

// oneLine shows a text without line ends and other control characters.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x2028 && r <= 0x202e {
			return ' '
		}
		return r
	}, text)
}
