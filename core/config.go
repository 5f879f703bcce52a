package core

import (
	"time"

	"golang.org/x/sys/unix"
)

// Config says what to run and how. It can be reused, also for several runs at once, as long as nobody changes it
// meanwhile. The zero value of every field but Args is a sensible default.
type Config struct {
	// Args are the program and its arguments. Args[0] is the path that is executed, relative to Dir; without a slash it is
	// searched in PATH of Env, or in DefaultPath.
	Args []string
	// Env is the whole environment, "NAME=value" each. The host's is never passed on.
	Env []string
	// Dir is the working directory; "" is the host's.
	Dir string
	// ExecFD, when not nil, is an open file that is executed instead of Args[0].
	ExecFD *int
	// Files are the program's descriptors. 0, 1 and 2 are on /dev/null unless named; all others are closed.
	Files []File
	// Limits are promises to the caller.
	Limits Limits
	// Rlimits are limits of the kernel. They win over those that Limits imply.
	Rlimits []Rlimit
	// IDs, when not nil, are the program's user and group.
	IDs *IDs
	// Umask, when not nil, is the program's.
	Umask *uint32
	// CPUs that the program may run on; empty: those of the calling thread.
	CPUs []int
	// Nice, when not nil, is the program's nice value.
	Nice *int
	// Cgroup, when not nil, puts the run into control groups of its own.
	Cgroup *Cgroup
	// Policy decides about system calls; nil is the permissive one.
	Policy *Policy
	// Isolation is what the program is cut off from.
	Isolation Isolation
	// Template, when not nil, is where the program's isolation comes from; Isolation must be empty then. Its ids are the program's unless
	// IDs are given.
	Template *Template
	// Require are features without which a run is not to start.
	Require []Feature
	// Callback decides about the calls for which a rule of the policy says ActionNotify.
	Callback Callback

	// Interruptible has Blocked always give a descriptor to wait for once the program is started: a sleep on a futex cannot be ended by a
	// signal without a gap.
	Interruptible bool
	// Paths are the path rules; empty: no file is forbidden by name.
	Paths []PathRule
	// PathAction is what happens to a call that they forbid: ActionKill or ActionErrno; nil is ActionErrno(EACCES).
	PathAction *Action
	// Trace says what to tell of the program's calls; nil: nothing.
	Trace *Trace
	// Walls need no privilege; Ports stay open in those for TCP.
	Walls Wall
	Ports []Port
	// Record says what the result tells beyond its figures; nil: nothing.
	Record *Record
	// Learner, when not nil, is shown what the program needs. Policy, Callback, Paths and PathAction are not in force then.
	Learner *Learner

	// Puts are files that the program finds when it starts.
	Puts []Put
	// Collects are what is taken of the files that it leaves.
	Collects []Collect
	// Workspace, when not nil, makes a new directory in the one that it names the working directory, and removes it after the run.
	Workspace *string

	lesson        *lesson
	workspacePath string // of the run, once it is made
}

// Limits are what a run may use; 0 is no limit, but for Output, where nil is.
type Limits struct {
	CPU       time.Duration // user + system, summed over all processes and threads
	Wall      time.Duration // since the program started
	Memory    uint64        // bytes in use, per process
	Stack     uint64        // bytes, becomes RLIMIT_STACK; or StackAsMemory
	Output    *uint64       // bytes captured together, and size of any one file written
	Processes int           // alive at once; threads do not count
	OpenFiles uint64        // becomes RLIMIT_NOFILE
	// MemoryGrace is how many bytes above Memory of private writable memory a process gets that it does not use; nil: the larger of Memory
	// and 1 GiB, and with StackAsMemory room for 64 stacks more.
	MemoryGrace *uint64
	// AddressSpace is how many bytes of address space a process gets; becomes RLIMIT_AS.
	AddressSpace uint64
	// ForkErrno makes a fork beyond Processes fail with it; 0 kills the run with PROCESS_LIMIT.
	ForkErrno unix.Errno
}

// Rlimit is a resource limit; MaxUint64 is RLIM_INFINITY.
type Rlimit struct {
	Resource   int
	Soft, Hard uint64
}

// IDs are a user and a group. Supplementary groups are dropped.
type IDs struct{ UID, GID uint32 }

// DefaultPath is where a program is searched when its environment has no PATH.
const DefaultPath = "/usr/local/bin:/usr/bin:/bin"

// MaxCapture is the largest cap of a captured descriptor.
const MaxCapture = 1 << 40

// File is one descriptor of the program; make it with one of the functions below.
type File struct {
	Child  int
	source fileSource
	path   string
	flags  int
	mode   uint32
	number int // the host's descriptor, or another one of the program
	bytes  []byte
	max    uint64
}

type fileSource uint8

const (
	sourceNull fileSource = iota
	sourceBytes
	sourceHost
	sourcePath
	sourceSame
	sourceCapture
	sourcePipe // an end of a group's pipe, which the run closes
)

// Null is /dev/null.
func Null(child int) File { return File{Child: child} }

// Bytes is a sealed file in memory with the given content, at offset 0.
func Bytes(child int, content []byte) File {
	return File{Child: child, source: sourceBytes, bytes: content}
}

// HostFD is an open descriptor of the host.
func HostFD(child, fd int) File { return File{Child: child, source: sourceHost, number: fd} }

// FromPath is a file that is opened for each run, relative to the host's working directory and with the host's rights.
func FromPath(child int, path string, flags int, mode uint32) File {
	return File{Child: child, source: sourcePath, path: path, flags: flags, mode: mode}
}

// SameAs is the same open file as another descriptor of the program.
func SameAs(child, other int) File { return File{Child: child, source: sourceSame, number: other} }

// Capture keeps the first max bytes that the program writes, and counts all.
func Capture(child int, max uint64) File {
	return File{Child: child, source: sourceCapture, max: max}
}
