package tracee

import (
	"fmt"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Spec says how to start a program. Prepare copies it.
type Spec struct {
	Paths   []string // executed in turn until one exists; relative to Dir
	ExecFD  int      // executed instead of Paths unless negative
	Args    []string
	Env     []string
	Dir     string // "" keeps the host's
	Files   []File // one per descriptor of the program, all others are closed
	Rlimits []Rlimit
	Nice    *int
	CPUs    *sys.CPUSet
	IDs     *IDs
	Umask   *uint32
	Filter  []unix.SockFilter // seccomp program, may be empty
	Listen  bool              // the filter notifies: its listener can be taken with Child.Listener
	Cookie  uintptr           // the sixth argument of the execve that starts the program, by which a filter knows it
	// Hand, when not nil, is a socket of the host by which the child sends its listener, where Child.Listener cannot be; the sixth
	// argument of that sendmsg is the cookie too.
	Hand *int
	// Landlock, when not nil, is the ruleset that the program enters: a descriptor of the host, good for many runs.
	Landlock *int

	// Namespaces, when not nil, cut the program off. IDs are then those inside of a new user namespace, and must be given
	// with one.
	Namespaces *Namespaces
	// Root, when not nil, is the program's root; it needs a mount namespace. Files are opened in the host's, Dir and Paths
	// are inside.
	Root *Root

	// Puts are files that the child makes before the program is there, with the program's rights. Give are directories, as the program would
	// name them, of which it sends descriptors over Handover, a socket of the host's.
	Puts     []Put
	Give     []Give
	Handover int
}

// File is one descriptor of the program: Path opened when Path is not empty, else Same as another descriptor of the
// program when that is not negative, else the host's descriptor From.
type File struct {
	Target int
	Path   string
	Flags  int
	Mode   uint32
	Same   int
	From   int
}

// Rlimit is a resource limit, as setrlimit takes it.
type Rlimit struct {
	Resource  int
	Soft, Max uint64
}

// IDs are the user and group of the program; it has no supplementary groups.
type IDs struct{ UID, GID uint32 }

// MaxDescriptor bounds the descriptors of a program that a spec can name.
const MaxDescriptor = 1023

// Step is a stage of starting a program; the numbers are those of GOSANDBOX_STEP_ in sandbox.h.
type Step int32

// The steps, in the order in which they were added.
const (
	StepNone Step = iota
	StepPrepare
	StepClone
	StepSignals
	StepSession
	StepOpen
	StepDescriptors
	StepDir
	StepRlimit
	StepNice
	StepAffinity
	StepIDs
	StepDeathSignal
	StepTrace
	StepNoNewPrivs
	StepSeccomp
	StepExec
	StepLandlock // between StepNoNewPrivs and StepSeccomp; the numbers only grow
)

// The steps of isolation.
const (
	StepNamespaces Step = 18 + iota
	StepIDMap
	StepMount
	StepRoot
	StepHostname
	StepCapabilities
	StepPut // between StepDir and StepRlimit, as is the next one
	StepCollect
)

// Error says at which step a start failed. Index tells which descriptor, resource or path; -1 where there is only one.
type Error struct {
	Step  Step
	Index int
	Errno unix.Errno
}

func (e *Error) Error() string { return fmt.Sprintf("step %d (%d): %v", e.Step, e.Index, e.Errno) }

// Unwrap makes errors.Is work with the errno.
func (e *Error) Unwrap() error { return e.Errno }
