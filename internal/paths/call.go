package paths

import "golang.org/x/sys/unix"

// Call is a system call of the machine's own architecture that waits for an answer.
type Call struct {
	TID, PID int32 // thread and process, in the host's numbers
	Nr       int32
	Args     [6]uint64
	// Valid tells whether the call still waits. It is asked after memory was read, by any thread, and must be safe to
	// call then: without it the memory could be that of another process with the same number.
	Valid func() bool
}

// Kind is a kind of answer.
type Kind uint8

const (
	Errno    Kind = iota // the call fails with Errno
	Value                // the call returns Value
	Open                 // FD is installed in the program, and closed here, by whoever gets the answer
	Continue             // the program makes the call itself
	Denied               // the rules forbid it for Path; the run's action decides
	Later                // Finish, which blocks, gives the answer; run it on a locked thread that ends then: it has the program's rights
)

// Answer says how a call ends. The zero answer fails with no error: nobody gives it.
type Answer struct {
	Kind   Kind
	Errno  unix.Errno
	Value  int64
	FD     int
	Flags  uint32 // O_CLOEXEC or 0, for FD
	Path   string // canonical in the program's root, "" when it lies outside
	Finish func() Answer
}

func failed(errno unix.Errno) Answer { return Answer{Kind: Errno, Errno: errno} }

func value(v int64) Answer { return Answer{Kind: Value, Value: v} }

func denied(path string) Answer { return Answer{Kind: Denied, Path: path} }

// done is 0, or the errno of what was done.
func done(err error) Answer {
	if err != nil {
		return failed(errnoOf(err))
	}
	return value(0)
}
