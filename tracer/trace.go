package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/calls"
	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// Trace says what a run shall tell of the calls that its program makes, and then has it. Every task of the tree stops before and
// after every call, which makes calls about a hundred times slower. What came before the program's first instruction is left out.
//
// Set the first four fields before Supervise; the methods are for after Wait.
type Trace struct {
	Counts  bool    // how often each call is made
	Max     uint64  // bytes of lines that are kept; 0: none are made
	JSON    bool    // lines are JSON objects
	Witness Witness // sees every call; may be nil

	known   [knownCalls]CallCount // of the machine's own architecture, by number
	others  map[otherCall]*CallCount
	pending table[pending]
	text    []byte
	mark    int // where the line in hand begins
	dropped uint64
	memory  remote
	inHand  calls.Call
}

// Witness is shown calls on the supervising thread, while the task that makes them is stopped. It must not keep the call.
type Witness interface {
	Entered(*calls.Call)
	Returned(*calls.Call)
}

// CallCount says how often a call was made.
type CallCount struct {
	Arch          uint32
	Nr            int64
	Calls, Errors uint64
}

const (
	knownCalls = 512
	// A program can make calls by four billion numbers that do not exist: beyond so many they are counted together, as number -1.
	otherCalls = 1024
)

type otherCall struct {
	arch uint32
	nr   int64
}

// pending is a call that a task is in.
type pending struct {
	arch uint32
	nr   int64
	args [6]uint64
	text []byte // of execve: once it returns its arguments are gone. nil: none
	in   bool
}

// count is where a call is counted.
func (x *Trace) count(arch uint32, nr int64) *CallCount {
	if arch == uint32(seccomp.Native()) && nr >= 0 && nr < knownCalls {
		return &x.known[nr]
	}
	key := otherCall{arch, nr}
	c := x.others[key]
	if c == nil && len(x.others) >= otherCalls {
		key = otherCall{arch: uint32(seccomp.Native()), nr: -1}
		c = x.others[key]
	}
	if c == nil {
		if x.others == nil {
			x.others = map[otherCall]*CallCount{}
		}
		c = &CallCount{Arch: key.arch, Nr: key.nr}
		x.others[key] = c
	}
	return c
}

// Calls are the counts of all calls that were made, those of the machine's own architecture by number, then others in no order.
func (x *Trace) Calls() (list []CallCount) {
	for nr := range x.known {
		if c := x.known[nr]; c.Calls > 0 {
			c.Arch, c.Nr = uint32(seccomp.Native()), int64(nr)
			list = append(list, c)
		}
	}
	for _, c := range x.others {
		if c.Calls > 0 {
			list = append(list, *c)
		}
	}
	return list
}

// Lines are the lines of the trace and how many more there would have been: once one does not fit, none is kept.
func (x *Trace) Lines() (text []byte, dropped uint64) { return x.text, x.dropped }

// call is the call in hand, for those who write it.
func (x *Trace) call(tid, process int32, p *pending) *calls.Call {
	x.memory.tid = tid
	x.inHand = calls.Call{Arch: p.arch, Nr: p.nr, Args: p.args, PID: process, TID: tid, Memory: &x.memory}
	return &x.inHand
}

func executes(arch uint32, nr int64) bool {
	return arch == uint32(seccomp.Native()) && (nr == unix.SYS_EXECVE || nr == unix.SYS_EXECVEAT)
}

// entered notes that a task is about to make a call.
func (x *Trace) entered(tid, process int32, info *sys.SyscallInfo) {
	p := x.pending.put(tid)
	*p = pending{arch: info.Arch, nr: int64(int32(info.Body[0])), args: [6]uint64(info.Body[1:7]), in: true}
	if x.Counts {
		x.count(p.arch, p.nr).Calls++
	}
	if x.Witness == nil && !executes(p.arch, p.nr) {
		return
	}
	c := x.call(tid, process, p)
	if executes(p.arch, p.nr) && x.Max > 0 && x.dropped == 0 {
		p.text = x.append(nil, c)
	}
	if x.Witness != nil {
		x.Witness.Entered(c)
	}
}

// returned notes that a call is over.
func (x *Trace) returned(tid, process int32, ret int64) {
	p := x.pending.get(tid)
	if p == nil || !p.in {
		return // the execve that started the program, or one that had begun when the task was born
	}
	p.in = false
	if x.Counts && failed(ret) {
		x.count(p.arch, p.nr).Errors++
	}
	c := x.call(tid, process, p)
	c.Returned, c.Ret = true, ret
	if x.begin() {
		x.line(c, p)
	}
	if x.Witness != nil {
		x.Witness.Returned(c)
	}
}

// failed tells an error from a result. One above 511 is the kernel's word to itself that it will make the call again.
func failed(ret int64) bool { return ret < 0 && ret > -512 }

// again drops a call that is begun anew under inspection: it is told of once.
func (x *Trace) again(tid int32, nr int64) bool {
	p := x.pending.get(tid)
	if p == nil || !p.in || p.nr != nr {
		return false
	}
	p.in = false
	if x.Counts {
		x.count(p.arch, p.nr).Calls--
	}
	return true
}

// became notes that a thread has executed a program and goes on under the number of its process.
func (x *Trace) became(former, tid int32) {
	if p := x.pending.get(former); p != nil {
		moved := *p
		x.pending.remove(former)
		*x.pending.put(tid) = moved
	}
}

// ended notes that a task is about to die, in the middle of a call unless it was between two. Its memory is not read any more: the page that is
// read may never arrive, and nobody would end that wait. path is the call's, where it is known.
func (x *Trace) ended(tid, process int32, status unix.WaitStatus, path string) {
	if p := x.pending.get(tid); p != nil {
		if p.in && x.begin() {
			c := x.call(tid, process, p)
			c.Memory, c.Path = nil, path
			x.line(c, p)
		}
		x.pending.remove(tid)
	}
	if x.begin() {
		x.end(tid, process, status)
	}
}

// gone drops what is known of a task whose exit stop was not seen.
func (x *Trace) gone(tid int32) { x.pending.remove(tid) }
