package seccomp

// segment is a range of call numbers with one decision: from first to the next segment, or to the end of all numbers.
type segment struct {
	first uint32
	to    ref
}

// add appends a segment that begins at first, which must not lie before the last one.
func add(s []segment, first uint32, to ref) []segment {
	if n := len(s); n > 0 && s[n-1].first == first {
		s = s[:n-1]
	}
	if n := len(s); n > 0 && s[n-1].to == to {
		return s
	}
	return append(s, segment{first, to})
}

// mark is a place among the call numbers where the decision changes: for good, or for one number.
type mark struct {
	segment
	point bool
	base  ref // the decision just before it
}

// maxRun is how many single numbers in a row are tested for one by one, when the decisions on both sides are equal. That
// takes one test less than a range has borders, but a longer run is searched faster by its borders.
const maxRun = 3

// maxChain is how many single numbers are tested for in a row before a comparison halves them.
const maxChain = 3

// search is a tree of tests of the call number that leads to the decision of its segment. The first segment must begin
// at 0.
func (g *graph) search(s []segment) ref {
	marks := make([]mark, 0, len(s))
	for i := 0; i+1 < len(s); {
		n := run(s[i:])
		for j := i + 1; j <= i+n; j++ {
			marks = append(marks, mark{s[j], true, s[i].to})
		}
		if n > 0 {
			s[i+n+1].first = s[i].first // the same range goes on
			i += n + 1
			continue
		}
		marks = append(marks, mark{s[i+1], false, s[i].to})
		i++
	}
	return g.tree(marks, s[0].to)
}

// run is how many segments after the first are single numbers to be tested for one by one.
func run(s []segment) int {
	for n := 1; n <= maxRun && n+1 < len(s); n++ {
		if s[n+1].first-s[n].first != 1 {
			return 0
		}
		if s[n+1].to == s[0].to {
			return n
		}
	}
	return 0
}

// tree searches the marks; base is the decision before the first of them.
func (g *graph) tree(m []mark, base ref) ref {
	if i, ok := middle(m); ok {
		at := m[i]
		rest, above := m[i:], at.base
		if !at.point {
			rest, above = m[i+1:], at.to
		}
		return g.test(node{kindGE, wordNr, whole, at.first, g.tree(rest, above), g.tree(m[:i], base)})
	}
	for _, p := range m {
		base = g.test(node{kindEqual, wordNr, whole, p.first, p.to, base})
	}
	return base
}

// middle is the mark to halve at; there is none when the marks are a few points. Halving at a point costs a test more
// than at a border, so it takes the border nearest to the middle, unless that lies in the outer quarters.
func middle(m []mark) (int, bool) {
	half := len(m) / 2
	for d := 0; d <= (len(m)+1)/4; d++ {
		if i := half - d; i >= 0 && i < len(m) && !m[i].point {
			return i, true
		}
		if i := half + d; i < len(m) && !m[i].point {
			return i, true
		}
	}
	if len(m) > maxChain {
		return half, true
	}
	for i := range m {
		if !m[i].point {
			return i, true
		}
	}
	return 0, false
}
