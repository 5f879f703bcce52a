package core

import (
	"errors"
	"maps"
	"slices"
	"unicode/utf8"

	"gosandbox/internal/document"
	"gosandbox/internal/seccomp"
)

// Bounds of the text form of a policy.
const (
	MaxPolicyText = 1 << 20 // bytes
	maxRemark     = 1000    // bytes of a comment or reason
	maxDepth      = 8
)

// ParsePolicy reads a policy in the form of docs/policy.schema.json. The errors name line, column and field.
func ParsePolicy(text []byte) (*Policy, error) {
	if len(text) > MaxPolicyText {
		return nil, invalid("a policy of %d bytes: at most %d are read", len(text), MaxPolicyText)
	}
	root, err := document.Parse(text, maxDepth)
	if err == nil {
		r := policyReader{text: text}
		var p *Policy
		if p, err = r.policy(root); err == nil {
			return p, nil
		}
	}
	var at *document.Error
	if errors.As(err, &at) {
		return nil, invalid("%v", at)
	}
	return nil, err
}

// policyReader turns a document into a policy.
type policyReader struct {
	text    []byte
	machine seccomp.Arch // of a profile, which is one text for all machines; 0: a caller's policy
}

func (r *policyReader) fail(v *document.Value, path, format string, args ...any) error {
	return document.Mistake(r.text, v.At, path, format, args...)
}

func (r *policyReader) policy(v *document.Value) (*Policy, error) {
	if err := r.object(v, "", policyFields); err != nil {
		return nil, err
	}
	profile, err := r.word(v, "", "profile", "profile", ProfileNames(), "permissive")
	if err != nil {
		return nil, err
	}
	fallback, at := ActionDefer, v.Member("default")
	switch {
	case at != nil:
		if fallback, err = r.action(at, "default"); err != nil {
			return nil, err
		}
	case v.Member("profile") == nil:
		return nil, r.fail(v, "", "the field \"default\" is missing")
	}
	p, err := NewPolicy(profile, fallback)
	if err != nil {
		return nil, r.fail(at, "default", "%v", err)
	}
	if p.Comment, err = r.remark(v, "", "comment"); err != nil {
		return nil, err
	}
	if _, err = r.remark(v, "", "$schema"); err != nil {
		return nil, err
	}
	if list := v.Member("rules"); list != nil {
		if err := r.rules(list, p); err != nil {
			return nil, err
		}
	}
	if err := r.paths(v, p); err != nil {
		return nil, err
	}
	if p.mayStop("execve") && p.mayStop("execveat") {
		return nil, r.fail(v, "", "execve must be allowed, without conditions, or the program cannot be started")
	}
	return p, p.checkLength()
}

func (r *policyReader) rules(list *document.Value, p *Policy) error {
	if err := r.list(list, "rules", MaxRules); err != nil {
		return err
	}
	byCall := map[int][]int{}
	var from []int // which entry of the list each rule comes from
	for i := range list.Items {
		v, path := &list.Items[i], document.At("rules", i)
		made, err := r.rule(v, path)
		if err != nil {
			return err
		}
		for _, one := range made {
			for _, j := range byCall[one.Nr] {
				if hides(&one, &p.rules[j]) {
					return r.fail(&list.Items[from[j]], document.At("rules", from[j]), "this rule for %s never decides: %s, which comes later, fits all its calls",
						callName(one.arch, int64(one.Nr)), path)
				}
			}
			byCall[one.Nr] = append(byCall[one.Nr], len(p.rules))
			p.rules, from = append(p.rules, one), append(from, i)
		}
		if len(p.rules) > MaxRules {
			return r.fail(v, path, "more than %d rules, where each name in a list counts as one", MaxRules)
		}
	}
	return nil
}

// rule is a rule for each of the calls that it names.
func (r *policyReader) rule(v *document.Value, path string) (made []rule, err error) {
	if err := r.object(v, path, ruleFields, "call", "action"); err != nil {
		return nil, err
	}
	archName, err := r.word(v, path, "arch", "architecture", archNames, "native")
	if err != nil {
		return nil, err
	}
	arch, _ := archOf(archName)
	if archName == "native" && r.machine != 0 {
		arch = r.machine
	}
	calls, err := r.calls(v.Member("call"), document.In(path, "call"), arch)
	if err != nil {
		return nil, err
	}
	action, err := r.action(v.Member("action"), document.In(path, "action"))
	if err != nil {
		return nil, err
	}
	reason, err := r.remark(v, path, "reason")
	if err != nil {
		return nil, err
	}
	var when []Cmp
	if list := v.Member("when"); list != nil {
		path := document.In(path, "when")
		if err := r.list(list, path, seccomp.MaxConditions); err != nil {
			return nil, err
		}
		for i := range list.Items {
			c, err := r.condition(&list.Items[i], document.At(path, i))
			if err != nil {
				return nil, err
			}
			when = append(when, c)
		}
	}
	for _, nr := range calls {
		one, err := makeRule(arch, nr, action, when, reason)
		if err != nil {
			return nil, r.fail(v, path, "%v", err)
		}
		made = append(made, one)
	}
	return made, nil
}

// calls are the numbers of one call or of a list; in a profile those that the machine does not have are left out.
func (r *policyReader) calls(v *document.Value, path string, arch seccomp.Arch) (numbers []int64, err error) {
	if v.Kind != document.Array {
		nr, err := r.call(v, path, arch)
		return append(numbers, nr), err
	}
	if err := r.list(v, path, MaxRules); err != nil {
		return nil, err
	}
	if len(v.Items) == 0 {
		return nil, r.fail(v, path, "is empty: name at least one call")
	}
	for i := range v.Items {
		name := &v.Items[i]
		if r.machine != 0 && name.Kind == document.String && seccomp.Elsewhere(arch, name.Text) {
			continue
		}
		nr, err := r.call(name, document.At(path, i), arch)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, nr)
	}
	return numbers, nil
}

func (r *policyReader) call(v *document.Value, path string, arch seccomp.Arch) (int64, error) {
	if v.Kind == document.Number {
		n, err := r.number(v, path, 31)
		if err == nil && (n > 1<<31-1 || arch == seccomp.AMD64 && n >= seccomp.X32Bit) {
			err = r.fail(v, path, "%s is no number of a system call", v.Text)
		}
		return int64(n), err
	}
	if v.Kind != document.String {
		return 0, r.fail(v, path, "must be the name of a system call or its number, not %v", v.Kind)
	}
	nr, ok := seccomp.Number(arch, v.Text)
	if !ok {
		return 0, r.fail(v, path, "%v", unknownCall(arch, v.Text))
	}
	return int64(nr), nil
}

func (r *policyReader) action(v *document.Value, path string) (Action, error) {
	switch v.Kind {
	case document.String:
		switch v.Text {
		case "ALLOW":
			return ActionAllow, nil
		case "KILL":
			return ActionKill, nil
		case "NOTIFY":
			return ActionNotify, nil
		}
		return 0, r.unknown(v, path, "action", actionNames)
	case document.Object:
		if err := r.object(v, path, errnoFields, "errno"); err != nil {
			return 0, err
		}
		return r.errno(v.Member("errno"), document.In(path, "errno"))
	}
	return 0, r.fail(v, path, "must be \"ALLOW\", \"KILL\", \"NOTIFY\" or {\"errno\": ...}, not %v", v.Kind)
}

func (r *policyReader) errno(v *document.Value, path string) (Action, error) {
	if v.Kind == document.String {
		if n, ok := errnoNumbers()[v.Text]; ok {
			return ActionErrno(n), nil
		}
		return 0, r.unknown(v, path, "errno", slices.Sorted(maps.Keys(errnoNumbers())))
	}
	n, err := r.number(v, path, 12)
	if err == nil && (n == 0 || n > 4095) {
		err = r.fail(v, path, "%s is no errno: they go from 1 to 4095", v.Text)
	}
	return ActionErrno(uint32(n)), err
}

// paths reads the path rules and what happens to a call that they forbid.
func (r *policyReader) paths(v *document.Value, p *Policy) error {
	if action := v.Member("path_action"); action != nil {
		a, err := r.action(action, "path_action")
		if err != nil {
			return err
		}
		if a == ActionAllow || a == ActionNotify {
			return r.fail(action, "path_action", "only \"KILL\" and {\"errno\": ...} are possible here")
		}
		p.PathAction = &a
	}
	list := v.Member("paths")
	if list == nil {
		return nil
	}
	if err := r.list(list, "paths", MaxRules); err != nil {
		return err
	}
	if len(list.Items) == 0 {
		return r.fail(list, "paths", "is empty: leave it out to forbid no file by name, or allow at least one")
	}
	for i := range list.Items {
		rule, err := r.path(&list.Items[i], document.At("paths", i))
		if err != nil {
			return err
		}
		p.Paths = append(p.Paths, rule)
	}
	return nil
}

func (r *policyReader) path(v *document.Value, path string) (rule PathRule, err error) {
	if err := r.object(v, path, pathFields, pathFields...); err != nil {
		return rule, err
	}
	name, access := v.Member("path"), v.Member("access")
	if name.Kind != document.String {
		return rule, r.fail(name, document.In(path, "path"), "must be a string, not %v", name.Kind)
	}
	at := document.In(path, "access")
	if err := r.list(access, at, len(accessNames)); err != nil {
		return rule, err
	}
	rule.Path = name.Text
	for i := range access.Items {
		v, at := &access.Items[i], document.At(at, i)
		bit := slices.Index(accessNames, v.Text)
		if v.Kind != document.String || bit < 0 {
			return rule, r.unknown(v, at, "access", accessNames)
		}
		if rule.Access&(1<<bit) != 0 {
			return rule, r.fail(v, at, "%q occurs twice", v.Text)
		}
		rule.Access |= 1 << bit
	}
	if err := rule.Check(); err != nil {
		return rule, r.fail(v, path, "%v", err)
	}
	return rule, nil
}

// remark is a text for people.
func (r *policyReader) remark(v *document.Value, path, field string) (string, error) {
	text := v.Member(field)
	if text == nil {
		return "", nil
	}
	path = document.In(path, field)
	switch {
	case text.Kind != document.String:
		return "", r.fail(text, path, "must be a string, not %v", text.Kind)
	case len(text.Text) > maxRemark:
		return "", r.fail(text, path, "has %d bytes: at most %d are kept", len(text.Text), maxRemark)
	case !utf8.ValidString(text.Text):
		return "", r.fail(text, path, "is not UTF-8")
	}
	return text.Text, nil
}
