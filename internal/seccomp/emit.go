package seccomp

import (
	"slices"

	"golang.org/x/sys/unix"
)

// reach is the farthest that a conditional jump is made to go. The instruction has 255; the one left over allows for
// the stepping stone of the jump's other target.
const reach = 254

// emitter writes the nodes of a graph as instructions, last one first: a jump goes forward only, so its targets are
// already written, and distances are known at once. (The assembler of go-seccomp-bpf 1.6.0 goes the other way and inserts
// long jumps into what it has resolved: most programs of more than some 260 instructions with jumps both ways came out wrong.)
type emitter struct {
	g     *graph
	out   []unix.SockFilter
	place []place // by ref
}

// place is where a node stands in out, by index; -1 for nowhere yet.
type place struct {
	warm int32 // the test itself, for those that come with its word loaded; or the return
	cold int32 // the load before it, for all others
	size int32 // about the number of instructions below, shared ones counted more than once
	load bool  // somebody comes without the word loaded
}

// emit is the program that starts at root.
func (g *graph) emit(root ref) []unix.SockFilter {
	e := emitter{g: g, place: make([]place, len(g.nodes)), out: make([]unix.SockFilter, 0, len(g.nodes)+len(g.nodes)/2+8)}
	e.survey(root)
	e.place[root].load = g.nodes[root].kind != kindReturn
	e.write(root)
	slices.Reverse(e.out)
	return e.out
}

// survey finds which nodes root leads to, their sizes, and where loads are needed.
func (e *emitter) survey(root ref) {
	const huge = 1 << 20
	for i := range e.place {
		e.place[i] = place{warm: -1, cold: -1}
		if n := &e.g.nodes[i]; n.kind != kindReturn {
			e.place[i].size = min(huge, 1+e.place[n.yes].size+e.place[n.no].size)
		}
	}
	seen := make([]bool, len(e.place))
	seen[root] = true
	// A node is made after those it leads to, so going down meets a node after all that lead to it.
	for r := root; r >= 0; r-- {
		n := &e.g.nodes[r]
		if !seen[r] || n.kind == kindReturn {
			continue
		}
		for _, to := range [2]ref{n.yes, n.no} {
			seen[to] = true
			if !e.warm(n, to) {
				e.place[to].load = true
			}
		}
	}
}

// warm says whether node `to` finds what it tests in the accumulator when it is reached from test `from`.
func (e *emitter) warm(from *node, to ref) bool {
	n := &e.g.nodes[to]
	return n.kind == kindReturn || n.word == from.word && n.mask == from.mask
}

// write puts a node and all it leads to in front of what is written, unless it is written already.
func (e *emitter) write(r ref) {
	p, n := &e.place[r], &e.g.nodes[r]
	if p.warm >= 0 {
		return
	}
	if n.kind == kindReturn {
		p.warm = e.put(uint16(kindReturn), n.k)
		return
	}
	// The larger part goes first and so ends up behind the smaller one: this keeps jumps short.
	if e.place[n.yes].size >= e.place[n.no].size {
		e.write(n.yes)
		e.write(n.no)
	} else {
		e.write(n.no)
		e.write(n.yes)
	}
	yes, no := e.target(n, n.yes), e.target(n, n.no)
	p.warm = e.put(uint16(n.kind), n.k)
	e.out[p.warm].Jt = uint8(p.warm - 1 - *yes)
	e.out[p.warm].Jf = uint8(p.warm - 1 - *no)
	if !p.load {
		return
	}
	if n.mask != whole {
		e.put(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, n.mask)
	}
	p.cold = e.put(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, uint32(n.word))
}

// target is where node `to` is to be entered from test `from`, which is written next. When that is out of reach, a
// stepping stone is written, and remembered for the jumps before it.
func (e *emitter) target(from *node, to ref) *int32 {
	p, n := &e.place[to], &e.g.nodes[to]
	at := &p.warm
	if !e.warm(from, to) {
		at = &p.cold
	}
	distance := int32(len(e.out)) - 1 - *at
	switch {
	case distance <= reach:
	case n.kind == kindReturn:
		*at = e.put(uint16(kindReturn), n.k)
	default:
		*at = e.put(unix.BPF_JMP|unix.BPF_JA, uint32(distance))
	}
	return at
}

// put writes an instruction and says where it stands.
func (e *emitter) put(code uint16, k uint32) int32 {
	e.out = append(e.out, unix.SockFilter{Code: code, K: k})
	return int32(len(e.out) - 1)
}
