package seccomp

import (
	"math"
	"math/bits"

	"golang.org/x/sys/unix"
)

// ref names a node of a graph by its place in the list. A node is made after those it leads to.
type ref int32

// kind says what a node does.
type kind uint16

// The kinds are the instructions they become.
const (
	kindReturn kind = unix.BPF_RET | unix.BPF_K
	kindEqual  kind = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K  // word & mask == k
	kindGE     kind = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K  // word >= k
	kindAnyBit kind = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K // word & k != 0
)

// whole is the mask of a test that looks at all bits.
const whole = math.MaxUint32

// node is either a return of k, with nothing else set, or a test that leads to yes or no. Loads are no nodes: whether one
// is needed depends on where a test is reached from.
type node struct {
	kind    kind
	word    word
	mask    uint32 // whole, but for kindEqual
	k       uint32
	yes, no ref
}

// graph is the decision graph of a filter. Equal nodes exist once, so parts that rules share are written once, and a
// test that leads to the same place either way is never made.
type graph struct {
	nodes []node
	index map[node]ref
}

func newGraph(size int) *graph {
	return &graph{nodes: make([]node, 0, size), index: make(map[node]ref, size)}
}

// ret is the node that returns an action.
func (g *graph) ret(a Action) ref {
	return g.intern(node{kind: kindReturn, k: uint32(a)})
}

// test is a node for the given test, or the node it always leads to.
func (g *graph) test(n node) ref {
	n, always, fixed := n.simplify()
	if fixed {
		return always
	}
	return g.intern(n)
}

func (g *graph) intern(n node) ref {
	if r, ok := g.index[n]; ok {
		return r
	}
	r := ref(len(g.nodes))
	g.nodes = append(g.nodes, n)
	g.index[n] = r
	return r
}

// simplify gives equal tests an equal form, since only equal nodes are shared. When the test has one outcome only, it
// is fixed and leads to `always`.
func (n node) simplify() (_ node, always ref, fixed bool) {
	if n.yes == n.no {
		return n, n.yes, true
	}
	switch {
	case n.kind == kindEqual && n.k&^n.mask != 0:
		return n, n.no, true
	case n.kind == kindEqual && n.mask == 0, n.kind == kindGE && n.k == 0:
		return n, n.yes, true
	case n.kind == kindAnyBit && n.k == 0:
		return n, n.no, true
	case n.kind == kindEqual && n.mask != whole && n.k == 0:
		return node{kindAnyBit, n.word, whole, n.mask, n.no, n.yes}, 0, false
	case n.kind == kindEqual && n.k == n.mask && bits.OnesCount32(n.mask) == 1:
		return node{kindAnyBit, n.word, whole, n.mask, n.yes, n.no}, 0, false
	case n.kind == kindGE && n.k == 1, n.kind == kindAnyBit && n.k == whole:
		return node{kindEqual, n.word, whole, 0, n.no, n.yes}, 0, false
	case n.kind == kindGE && n.k == whole:
		n.kind = kindEqual
	}
	return n, 0, false
}

// holds says what the test, which must not be a return, says about a value of its word.
func (n *node) holds(v uint32) bool {
	switch n.kind {
	case kindEqual:
		return v&n.mask == n.k
	case kindGE:
		return v >= n.k
	}
	return v&n.k != 0
}
