package core

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/document"
	"gosandbox/internal/seccomp"
)

// JSON is the policy in the form that ParsePolicy reads, and reads back as the same policy.
func (p *Policy) JSON() []byte {
	p.mu.Lock()
	rules := slices.Clone(p.rules)
	p.mu.Unlock()
	var b strings.Builder
	b.WriteString("{\n")
	if p.Comment != "" {
		fmt.Fprintf(&b, "  \"comment\": %s,\n", document.Quote(p.Comment))
	}
	fmt.Fprintf(&b, "  \"profile\": %s", document.Quote(p.profile.title()))
	if p.profile.title() == "permissive" || p.fallback != p.profile.fallback {
		fmt.Fprintf(&b, ",\n  \"default\": %s", actionJSON(raiseAction(p.fallback)))
	}
	if len(rules) > 0 {
		lines := make([]string, len(rules))
		for i := range rules {
			lines[i] = rules[i].json()
		}
		b.WriteString(",\n  \"rules\": [\n    " + strings.Join(lines, ",\n    ") + "\n  ]")
	}
	if len(p.Paths) > 0 {
		lines := make([]string, len(p.Paths))
		for i := range p.Paths {
			lines[i] = p.Paths[i].json()
		}
		b.WriteString(",\n  \"paths\": [\n    " + strings.Join(lines, ",\n    ") + "\n  ]")
	}
	if p.PathAction != nil {
		fmt.Fprintf(&b, ",\n  \"path_action\": %s", actionJSON(*p.PathAction))
	}
	b.WriteString("\n}\n")
	return []byte(b.String())
}

func (r *rule) json() string {
	call := seccomp.Name(r.arch, r.Nr)
	if nr, ok := seccomp.Number(r.arch, call); ok && nr == r.Nr {
		call = document.Quote(call)
	} else {
		call = decimal(uint64(r.Nr))
	}
	fields := []string{"\"call\": " + call}
	if !r.here() {
		fields = append(fields, "\"arch\": "+document.Quote(seccomp.ArchName(r.arch)))
	}
	fields = append(fields, "\"action\": "+actionJSON(raiseAction(r.Action)))
	if len(r.When) > 0 {
		conditions := make([]string, len(r.When))
		for i := range r.When {
			conditions[i] = conditionJSON(&r.When[i])
		}
		fields = append(fields, "\"when\": ["+strings.Join(conditions, ", ")+"]")
	}
	if r.reason != "" {
		fields = append(fields, "\"reason\": "+document.Quote(r.reason))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func conditionJSON(c *seccomp.Cmp) string {
	op := uint32(c.Op)
	b := ""
	if op == CmpMaskedEQ || op == CmpMaskedEQ32 {
		b = ", \"b\": " + operandJSON(c.B)
	}
	name := comparisonNames[slices.Index(comparisons, op)]
	return fmt.Sprintf("{\"arg\": %d, \"op\": \"%s\", \"a\": %s%s}", c.Arg, name, operandJSON(c.A), b)
}

// operandJSON is a string for what other readers of JSON would round.
func operandJSON(n uint64) string {
	if n < 1<<53 {
		return decimal(n)
	}
	return fmt.Sprintf("\"%#x\"", n)
}

func actionJSON(a Action) string {
	switch a {
	case ActionKill, ActionAllow, ActionNotify:
		return document.Quote(actionText(a))
	}
	n := uint32(a - ActionErrno(0))
	if name := unix.ErrnoName(unix.Errno(n)); errnoNumbers()[name] == n {
		return "{\"errno\": " + document.Quote(name) + "}"
	}
	return fmt.Sprintf("{\"errno\": %d}", n)
}

func (r *PathRule) json() string {
	var access []string
	for i, name := range accessNames {
		if r.Access&(1<<i) != 0 {
			access = append(access, document.Quote(name))
		}
	}
	return "{\"path\": " + document.Quote(r.Path) + ", \"access\": [" + strings.Join(access, ", ") + "]}"
}
