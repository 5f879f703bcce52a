package fault

// Place is where a fault may be wanted.
type Place int

// The places; tests/c/t_fault.c has the same numbers.
const (
	Supervisor Place = iota
	Watch
	Attend
	Collect
	Step       // of a blocked caller
	Quiet      // a function of the interface that cannot tell an error
	Threads    // the library cannot make one
	Scavenging // of package capi: not a panic, but garbage that Go's scavenger would go for
	Gone       // the supervisor sees a process of the tree dead, others are running
	Begun      // a run that its caller does not wait for yet
	Export     // any function of the interface that is given a handle
	Serve      // the thread that serves path rules
	Later      // a call under path rules that waits on a thread of its own
	Read       // the thread that reads memory for a trace
	places
)
