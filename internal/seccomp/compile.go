package seccomp

import (
	"cmp"
	"slices"

	"golang.org/x/sys/unix"
)

// Compile makes the filter of a policy. Equal policies give equal filters. The architecture is tested first and x32
// next, where these can change the outcome.
//
// Errors: ErrArch, ErrTooLong, and RuleError with ErrNumber, ErrConditions, ErrArg, ErrOp or ErrMask.
func Compile(p *Policy) ([]unix.SockFilter, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	g := newGraph(16 + 4*(len(p.Rules)+len(p.Watch)))
	root := g.search(g.segments(p))
	if p.Arch == AMD64 {
		unknown := g.test(node{kindEqual, wordNr, whole, whole, g.ret(p.Default), g.ret(p.X32)})
		root = g.test(node{kindAnyBit, wordNr, whole, X32Bit, unknown, root})
	}
	root = g.test(node{kindEqual, wordArch, whole, uint32(p.Arch), root, g.ret(p.Foreign)})
	prog := g.emit(root)
	if len(prog) > MaxLength {
		return nil, ErrTooLong
	}
	return prog, nil
}

// segments are all call numbers with their decisions, neighbours with equal decisions merged.
func (g *graph) segments(p *Policy) []segment {
	rules, watch := byNumber(p.Rules), byNumber(p.Watch)
	fallback := g.ret(p.Default)
	s := make([]segment, 0, 1+2*(len(rules)+len(watch)))
	s = add(s, 0, fallback)
	for len(rules)+len(watch) > 0 {
		nr := nextNumber(rules, watch)
		var forRules, forWatch []*Rule
		forRules, rules = cut(rules, nr)
		forWatch, watch = cut(watch, nr)

		allow := g.chain(forWatch, g.ret(Allow), -1)
		decision := fallback
		if p.Default == Allow {
			decision = allow
		}
		s = add(s, uint32(nr), g.chain(forRules, decision, allow))
		s = add(s, uint32(nr)+1, fallback)
	}
	return s
}

// chain leads to the action of the last rule that fits, or to decision. allow is where Allow leads to, -1 for a return.
func (g *graph) chain(rules []*Rule, decision, allow ref) ref {
	start := 0
	for i, r := range rules {
		if len(r.When) == 0 {
			start = i // it shadows all earlier ones
		}
	}
	nothing := nothingKnown()
	for _, r := range rules[start:] {
		to := allow
		if r.Action != Allow || allow < 0 {
			to = g.ret(r.Action)
		}
		decision = g.rule(r.When, &nothing, to, decision)
	}
	return decision
}

// byNumber sorts the rules by call number and keeps their order within one.
func byNumber(rules []Rule) []*Rule {
	sorted := make([]*Rule, len(rules))
	for i := range rules {
		sorted[i] = &rules[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Rule) int { return cmp.Compare(a.Nr, b.Nr) })
	return sorted
}

// nextNumber is the smallest number at the head of both lists, of which one may be empty.
func nextNumber(a, b []*Rule) int {
	if len(a) == 0 || len(b) > 0 && b[0].Nr < a[0].Nr {
		return b[0].Nr
	}
	return a[0].Nr
}

// cut splits off the rules for nr from the head of the list.
func cut(rules []*Rule, nr int) (head, rest []*Rule) {
	n := 0
	for n < len(rules) && rules[n].Nr == nr {
		n++
	}
	return rules[:n], rules[n:]
}
