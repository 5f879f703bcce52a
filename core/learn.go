package core

import (
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/internal/calls"
	"gosandbox/internal/paths"
	"gosandbox/internal/seccomp"
)

// Learner watches runs, of any configs that name it, and makes the smallest policy that they would have done with. Any threads may use it.
//
// A run that is watched makes its calls under the permissive policy, with the path rules' own treatment of calls that name files and every file
// allowed: so what is learnt is what the rules would be asked.
type Learner struct {
	mu    sync.Mutex
	calls map[int64]*learnt
	files map[string]*file
	moves map[move]bool
	names int  // bytes of paths that are remembered
	exec  bool // a program was started by descriptor
	runs  int
}

// learnt is what is known of a call: the values of the argument that its rules are narrowed to.
type learnt struct {
	values map[uint64]bool
	any    bool // of too many values, or without an argument that matters
}

// file is what was done with a path.
type file struct {
	access  paths.Access
	scope   paths.Scope
	runs    int // in how many
	last    int // the last of them
	changed bool
}

type move struct{ old, new string }

// NewLearner knows nothing yet.
func NewLearner() *Learner {
	return &Learner{calls: map[int64]*learnt{}, files: map[string]*file{}, moves: map[move]bool{}}
}

// Bounds of what a hostile program can have remembered. Beyond them the policy cannot be made.
const (
	maxLearntValues = 64
	maxLearntFiles  = 1 << 16
	maxLearntNames  = 16 << 20 // bytes
)

// full tells whether there are too many paths to be remembered: then no policy can be made.
func (l *Learner) full() bool {
	return len(l.files) > maxLearntFiles || len(l.moves) > maxLearntFiles || l.names > maxLearntNames
}

// learning is the config of a run that is watched.
func (c *Config) learning() *Config {
	l := c.Learner
	l.mu.Lock()
	l.runs++
	lesson := &lesson{learner: l, run: l.runs}
	l.exec = l.exec || c.ExecFD != nil
	l.mu.Unlock()
	copied := *c
	copied.Policy, copied.Callback, copied.PathAction, copied.lesson = nil, nil, nil, lesson
	copied.Paths = []PathRule{{Path: "/", Access: PathRead | PathWrite | PathExec | PathStat}}
	trace := Trace{}
	if c.Trace != nil {
		trace = *c.Trace
	}
	trace.witness = lesson
	copied.Trace = &trace
	return &copied
}

// lesson is one run that a learner watches.
type lesson struct {
	learner *Learner
	run     int
}

// narrowed are the calls that are dangerous with some values of an argument, of which the kernel reads 32 bits.
var narrowed = map[string]uint32{
	"socket": 0, "socketpair": 0, "clone": 0, "unshare": 0, "prctl": 0, "arch_prctl": 0, "personality": 0, "ioctl": 1, "ptrace": 0, "keyctl": 0,
	"bpf": 0, "mmap": 2, "mprotect": 2, "pkey_mprotect": 2,
}

// Entered is called by the supervising thread.
func (s *lesson) Entered(c *calls.Call) {
	if c.Arch != uint32(seccomp.Native()) || c.Nr < 0 || c.Nr >= seccomp.X32Bit {
		return // always killed
	}
	l := s.learner
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.calls[c.Nr]
	if k == nil {
		if len(l.calls) >= MaxRules {
			return // Policy refuses so many
		}
		k = &learnt{}
		l.calls[c.Nr] = k
	}
	if k.any {
		return
	}
	name := c.Name()
	argument, is := narrowed[name]
	if !is {
		k.any = true
		return
	}
	value := uint64(uint32(c.Args[argument]))
	if protects(name) {
		value &= unix.PROT_WRITE | unix.PROT_EXEC
	}
	if k.values == nil {
		k.values = map[uint64]bool{}
	}
	k.values[value] = true
	k.any = len(k.values) > maxLearntValues
}

// Returned is called by the supervising thread.
func (s *lesson) Returned(*calls.Call) {}

func protects(name string) bool {
	return name == "mmap" || name == "mprotect" || name == "pkey_mprotect"
}

// path is called by the serving thread and the supervising one.
func (s *lesson) path(name string, need paths.Access, scope paths.Scope) {
	l := s.learner
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.files[name]
	if f == nil {
		if l.full() {
			return
		}
		l.names += len(name)
		f = &file{}
		l.files[name] = f
	}
	if need&paths.Exec != 0 {
		need |= paths.Read // Landlock has the kernel read what it executes
	}
	f.access |= need
	f.scope = max(f.scope, scope)
	f.changed = f.changed || need&paths.Write != 0
	if f.last != s.run {
		f.last = s.run
		f.runs++
	}
}

func (s *lesson) move(old, new string) {
	l := s.learner
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := (move{old, new}); !l.moves[m] && !l.full() {
		l.names += len(old) + len(new)
		l.moves[m] = true
	}
}

// spread gives the old name of every file that was renamed or linked what the new one has: else that would be refused.
func (l *Learner) spread() {
	for again := true; again; {
		again = false
		for m := range l.moves {
			from, to := l.files[m.old], l.files[m.new]
			if from != nil && to != nil && to.access&^from.access != 0 {
				from.access |= to.access
				again = true
			}
		}
	}
}
