package seccomp

// span is the set of values that a word can still have on a path through the graph: min to max, and where hole is set
// not `not`. It is empty when min > max, as on a path that no call takes.
type span struct {
	min, max uint32
	not      uint32
	hole     bool
}

// known has a span for each word of the six arguments. It lets a link skip tests whose outcome is settled: the next
// rule for the same call often asks again what the last one has found out.
type known [12]span

func nothingKnown() known {
	var k known
	for i := range k {
		k[i].max = whole
	}
	return k
}

// at is the span of an argument's word.
func (k *known) at(w word) *span { return &k[(w-wordArgs)/4] }

// after is what is known when the test has had this outcome.
func (k *known) after(n *node, outcome bool) known {
	next := *k
	next.at(n.word).narrow(n, outcome)
	return next
}

// settled says whether every value of the span gives the test the same outcome, and which. It may miss some.
func (s span) settled(n *node) (outcome, ok bool) {
	switch {
	case s.min > s.max:
		return false, false
	case s.min == s.max:
		return n.holds(s.min), true
	case n.kind == kindGE:
		return s.min >= n.k, s.min >= n.k || s.max < n.k
	case n.kind == kindEqual && n.mask == whole:
		return false, n.k < s.min || n.k > s.max || s.hole && n.k == s.not
	}
	return false, false
}

// narrow drops values from the span that contradict the outcome; it may keep some, never drops too many.
func (s *span) narrow(n *node, outcome bool) {
	switch {
	case n.kind == kindEqual && outcome:
		s.keep(n.k, n.k|^n.mask)
	case n.kind == kindEqual && n.mask == whole:
		switch {
		case s.min == s.max && s.min == n.k:
			s.min, s.max = 1, 0
		case s.min == n.k:
			s.min++
		case s.max == n.k:
			s.max--
		default:
			s.not, s.hole = n.k, true
		}
	case n.kind == kindGE && outcome:
		s.keep(n.k, whole)
	case n.kind == kindGE:
		s.keep(0, n.k-1) // k is not 0, or the outcome were another
	case n.kind == kindAnyBit && outcome:
		s.keep(n.k&-n.k, whole)
	case n.kind == kindAnyBit:
		s.keep(0, ^n.k)
	}
}

func (s *span) keep(first, last uint32) {
	s.min = max(s.min, first)
	s.max = min(s.max, last)
}

// maxFollow bounds the work of one link, so that thousands of rules for one call stay cheap to compile. Stopping early
// is always right: a test that need not have been made does no harm.
const maxFollow = 1024

// follow is where a link to r ends on a path on which k is known.
func (g *graph) follow(r ref, k *known) ref {
	for range maxFollow {
		n := &g.nodes[r]
		if n.kind == kindReturn {
			return r
		}
		outcome, ok := k.at(n.word).settled(n)
		switch {
		case !ok:
			return r
		case outcome:
			r = n.yes
		default:
			r = n.no
		}
	}
	return r
}

// branch is a test of an argument's word on a path on which k is known.
func (g *graph) branch(k *known, n node) ref {
	n, always, fixed := n.simplify()
	if fixed {
		return g.follow(always, k)
	}
	if outcome, ok := k.at(n.word).settled(&n); ok {
		if outcome {
			return g.follow(n.yes, k)
		}
		return g.follow(n.no, k)
	}
	yes, no := k.after(&n, true), k.after(&n, false)
	n.yes, n.no = g.follow(n.yes, &yes), g.follow(n.no, &no)
	return g.test(n)
}
