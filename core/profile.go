package core

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/internal/document"
	"gosandbox/internal/seccomp"
)

// Profiles are policies that come with the library, each a file in profiles/ in the form of docs/policy.schema.json that names the
// profile it builds upon. Unlike other policies they are written for every machine at once: calls in a list that this one does not
// have are left out.
//
//go:embed profiles/*.json
var profileFiles embed.FS

// profile is a policy to start from. It is only read, but for its filters.
type profile struct {
	name, comment string
	base          *profile // nil: none
	fallback      seccomp.Action
	rules         []rule // what it adds to its base
	flat          []rule // with those of its base

	mu       sync.Mutex
	compiled filters // of policies that add nothing: a config is often made anew for each run
}

// ProfileNames are the names that NewPolicy knows, sorted.
func ProfileNames() []string { return profileNames() }

var profileNames = sync.OnceValue(func() (names []string) {
	entries, err := profileFiles.ReadDir("profiles")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
})

// profiles are those that were asked for, kept for good: they are few.
var profiles struct {
	sync.Mutex
	known map[string]*profile
}

// profileOf reads a profile once.
func profileOf(name string) (*profile, error) {
	profiles.Lock()
	defer profiles.Unlock()
	if p := profiles.known[name]; p != nil {
		return p, nil
	}
	p, err := readProfile(name, seccomp.Native())
	if err == nil {
		if profiles.known == nil {
			profiles.known = map[string]*profile{}
		}
		profiles.known[name] = p
	}
	return p, err
}

// readProfile reads a profile, and what it builds upon, for a machine.
func readProfile(name string, machine seccomp.Arch) (*profile, error) {
	text, err := profileFiles.ReadFile("profiles/" + name + ".json")
	if err != nil || strings.Contains(name, "/") {
		return nil, invalid("unknown profile %q%s", brief(name), choices(name, ProfileNames()))
	}
	root, err := document.Parse(text, maxDepth)
	if err != nil {
		return nil, err
	}
	r := policyReader{text: text, machine: machine}
	if err := r.object(root, "", policyFields, "comment"); err != nil {
		return nil, err
	}
	p := &profile{name: name}
	if p.comment, err = r.remark(root, "", "comment"); err != nil {
		return nil, err
	}
	if base := root.Member("profile"); base != nil {
		if p.base, err = readProfile(base.Text, machine); err != nil {
			return nil, err
		}
		p.fallback = p.base.fallback
	}
	if fallback := root.Member("default"); fallback != nil || p.base == nil {
		if err := r.object(root, "", policyFields, "default"); err != nil {
			return nil, err
		}
		action, err := r.action(fallback, "default")
		if err != nil {
			return nil, err
		}
		if p.fallback, err = lowerAction(action); err != nil {
			return nil, err
		}
	}
	var own Policy
	if list := root.Member("rules"); list != nil {
		if err := r.rules(list, &own); err != nil {
			return nil, err
		}
	}
	p.rules = own.rules
	p.flat = append(append(p.flat, p.base.all()...), p.rules...)
	return p, nil
}

// all are the rules of the profile, those of its base first.
func (p *profile) all() []rule {
	if p == nil {
		return nil
	}
	return p.flat
}

// title is the profile's name; a policy that was made without one has the one that adds nothing.
func (p *profile) title() string {
	if p == nil {
		return "permissive"
	}
	return p.name
}

// filter is that of a policy without rules of its own.
func (p *profile) filter(policy *Policy, key filterKey) ([]unix.SockFilter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.compiled.get(filterOf{policy.fallback, key}, policy.compile)
}

// dump writes the rules for people, one line for the calls that are treated alike for the same reason.
func (p *profile) dump(b *strings.Builder) {
	if p == nil || len(p.flat) == 0 {
		return
	}
	p.base.dump(b)
	fmt.Fprintf(b, "rules of the profile %s: %s\n", p.name, p.comment)
	for _, group := range rows(p.rules) {
		fmt.Fprintf(b, "      %s\n", group)
	}
	b.WriteString("\n")
}

// rows are the words of rules, neighbours that differ in the call alone merged.
func rows(rules []rule) (lines []string) {
	var names []string
	rest := ""
	flush := func() {
		if len(names) > 0 {
			lines = append(lines, fmt.Sprintf("%-20s %s", strings.Join(names, " "), rest))
		}
	}
	for i := range rules {
		name := callName(rules[i].arch, int64(rules[i].Nr))
		words := strings.TrimLeft(strings.TrimPrefix(rules[i].words(), name), " ")
		if words != rest {
			flush()
			names, rest = nil, words
		}
		names = append(names, name)
	}
	flush()
	return lines
}
