package core

import "gosandbox/internal/seccomp"

// Call is a system call to be decided about.
type Call struct {
	Arch uint32 // ArchNative: the machine's
	Nr   int64  // the kernel looks at the low 32 bits
	Args [6]uint64
}

// Decide says what the policy does with a call: ActionAllow, ActionKill, ActionErrno or ActionNotify. What is always in force,
// as the kill of foreign architectures, is included. Path rules and limits are not considered.
func (p *Policy) Decide(c Call) Action {
	arch := c.Arch
	if arch == ArchNative {
		arch = uint32(seccomp.Native())
	}
	p.mu.Lock()
	lowered := p.lower(filterKey{})
	p.mu.Unlock()
	return raiseAction(seccomp.Decide(lowered, &seccomp.Data{Nr: int32(c.Nr), Arch: arch, Args: c.Args}))
}
