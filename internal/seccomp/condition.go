package seccomp

import "math"

// rule leads to yes when all conditions hold, else to no. k is what is known before the first of them.
func (g *graph) rule(when []Cmp, k *known, yes, no ref) ref {
	if len(when) == 0 {
		return g.follow(yes, k)
	}
	c := &when[0]
	next := *k
	next.assume(c)
	return g.condition(c, k, g.rule(when[1:], &next, yes, no), no)
}

// condition leads to yes when c holds, else to no.
func (g *graph) condition(c *Cmp, k *known, yes, no ref) ref {
	op, narrow := c.Op.split()
	limit := uint64(math.MaxUint64)
	if narrow {
		limit = math.MaxUint32
	}
	a, b := c.A&limit, c.B&limit
	switch op {
	case NE:
		op, yes, no = EQ, no, yes
	case LT:
		op, yes, no = GE, no, yes
	case LE:
		op, yes, no = GT, no, yes
	}
	if op == GT {
		if a == limit {
			return g.follow(no, k)
		}
		op, a = GE, a+1
	}
	mask := uint64(math.MaxUint64)
	if op == MaskedEQ {
		mask, a = a, b
	}
	lo := node{kindEqual, low(c.Arg), uint32(mask), uint32(a), yes, no}
	hi := node{kindEqual, high(c.Arg), uint32(mask >> 32), uint32(a >> 32), yes, no}
	if op == GE {
		lo.kind, hi.kind = kindGE, kindGE
	}
	switch {
	case narrow:
		return g.branch(k, lo)
	case op == GE:
		return g.atLeast(k, hi, lo)
	}
	// The low word goes first: it tells more values apart, so that a list of values becomes a chain of tests of one
	// loaded word, and all of them share the test of the high word.
	if !lo.trivial() {
		held := k.after(&lo, true)
		lo.yes = g.branch(&held, hi)
		return g.branch(k, lo)
	}
	return g.branch(k, hi)
}

// trivial says that the test holds for every value.
func (n *node) trivial() bool { return n.kind == kindEqual && n.mask == 0 && n.k == 0 }

// atLeast compares 64 bits, given the >= tests of both words.
func (g *graph) atLeast(k *known, hi, lo node) ref {
	switch {
	case lo.k == 0:
		return g.branch(k, hi)
	case hi.k == 0:
		// Small bounds are the common ones. The low word first, so that two bounds of one argument share its load.
		below := k.after(&lo, false)
		lo.no = g.branch(&below, node{kindEqual, hi.word, whole, 0, hi.no, hi.yes})
		return g.branch(k, lo)
	}
	equal := node{kindEqual, hi.word, whole, hi.k, 0, hi.no}
	held := k.after(&equal, true)
	equal.yes = g.branch(&held, lo)
	if hi.k == whole {
		return g.branch(k, equal)
	}
	above := node{kindGE, hi.word, whole, hi.k + 1, hi.yes, 0}
	rest := k.after(&above, false)
	above.no = g.branch(&rest, equal)
	return g.branch(k, above)
}

// assume adds to k that c holds, as far as spans can tell.
func (k *known) assume(c *Cmp) {
	op, narrow := c.Op.split()
	limit := uint64(math.MaxUint64)
	if narrow {
		limit = math.MaxUint32
	}
	a := c.A & limit
	first, last := uint64(0), limit
	switch {
	case op == EQ:
		first, last = a, a
	case op == LE:
		last = a
	case op == GE:
		first = a
	case op == LT && a > 0:
		last = a - 1
	case op == GT && a < limit:
		first = a + 1
	}
	lo, hi := k.at(low(c.Arg)), k.at(high(c.Arg))
	if !narrow {
		hi.keep(uint32(first>>32), uint32(last>>32))
	}
	if narrow || first>>32 == last>>32 {
		lo.keep(uint32(first), uint32(last))
	}
}
