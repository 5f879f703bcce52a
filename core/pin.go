package core

import (
	"math/bits"

	"gosandbox/internal/sys"
)

// pin keeps a thread on the CPU where a run was asked for, for a moment. Waking a thread on another CPU can cost as much as a whole
// short run; after that moment it does not matter any more.
type pin struct {
	cpu   int        // of the caller
	mine  sys.CPUSet // that the caller may run on
	known bool       // mine is
	held  bool
	until int64 // monotonic ns, while held
}

// shortly is how long that is, ns.
const shortly = 2_000_000

// pinHere is a pin to the CPU of the calling thread.
func pinHere() pin {
	p := pin{cpu: sys.CPU()}
	var err error
	p.mine, err = sys.Affinity(0)
	p.known = err == nil
	return p
}

// cpus are those that the caller may run on, nil when they cannot be told.
func (p *pin) cpus() *sys.CPUSet {
	if !p.known {
		return nil
	}
	return &p.mine
}

// hold moves the calling thread there.
func (p *pin) hold() {
	if p.known && !single(&p.mine) {
		here := sys.Only(p.cpu)
		p.held = sys.SetAffinity(0, &here) == nil
		p.until = sys.After(shortly)
	}
}

// release lets it go.
func (p *pin) release() {
	if p.held {
		p.held = false
		sys.SetAffinity(0, &p.mine)
	}
}

func single(set *sys.CPUSet) bool {
	n := 0
	for _, word := range set {
		n += bits.OnesCount64(word)
	}
	return n == 1
}
