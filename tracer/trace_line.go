package tracer

import (
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/calls"
	"gosandbox/internal/sys"
)

// lineRoom is what a line takes, unless its arguments are very long.
const lineRoom = 8 << 10

// begin opens a line; false: none is wanted, or there is no more room.
func (x *Trace) begin() bool {
	switch {
	case x.Max == 0:
		return false
	case x.dropped > 0:
		x.dropped++
		return false
	}
	text, ok := sys.Grow(x.text, lineRoom)
	if !ok {
		x.dropped++
		return false
	}
	x.text, x.mark = text, len(text)
	return true
}

// close ends the line in hand, which is dropped when there is no room for it.
func (x *Trace) close() {
	x.text = append(x.text, '\n')
	if uint64(len(x.text)) > x.Max {
		x.text = x.text[:x.mark]
		x.dropped++
	}
}

// append appends a call without its end: the closing brace of an object is missing.
func (x *Trace) append(dst []byte, c *calls.Call) []byte {
	if x.JSON {
		dst = c.AppendJSON(dst)
		return dst[:len(dst)-1]
	}
	return c.Append(append(strconv.AppendInt(dst, int64(c.TID), 10), ' '))
}

// line writes a call:
//
//	1234 openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3
//	{"pid":1234,"tid":1234,"name":"openat",...,"ret":3}
//
// One that has not returned has "= ?" there, or no "ret".
func (x *Trace) line(c *calls.Call, p *pending) {
	switch {
	case p.text != nil && !(c.Returned && c.Ret < 0):
		x.text = append(x.text, p.text...)
		switch {
		case x.JSON && c.Returned:
			x.text = append(x.text, `,"ret":0}`...)
		case x.JSON:
			x.text = append(x.text, '}')
		case c.Returned:
			x.text = append(x.text, " = 0"...)
		default:
			x.text = append(x.text, " = ?"...)
		}
	case x.JSON:
		x.text = c.AppendJSON(x.text)
	default:
		x.text = append(strconv.AppendInt(x.text, int64(c.TID), 10), ' ')
		x.text = c.AppendLine(x.text)
	}
	x.close()
}

// head begins a line that is not about a call.
func (x *Trace) head(tid, process int32, text, json string) {
	if !x.JSON {
		x.text = append(strconv.AppendInt(x.text, int64(tid), 10), text...)
		return
	}
	x.text = strconv.AppendInt(append(x.text, `{"pid":`...), int64(process), 10)
	x.text = strconv.AppendInt(append(x.text, `,"tid":`...), int64(tid), 10)
	x.text = append(x.text, json...)
}

func (x *Trace) number(name string, v int64) {
	x.text = strconv.AppendInt(append(x.text, name...), v, 10)
}

// signalled writes a signal that is about to be delivered:
//
//	1234 --- SIGSEGV {si_signo=SIGSEGV, si_code=1, si_addr=0x10} ---
//	{"pid":1234,"tid":1234,"signal":"SIGSEGV","code":1,"addr":"0x10"}
func (x *Trace) signalled(tid, process, signal int32) {
	if !x.begin() {
		return
	}
	info, err := sys.GetSignalInfo(tid)
	x.head(tid, process, " --- ", `,"signal":"`)
	x.signal(signal)
	if x.JSON {
		x.text = append(x.text, '"')
	} else {
		x.text = append(x.text, " {si_signo="...)
		x.signal(signal)
	}
	if err == nil && info.Signal == signal {
		x.details(&info)
	}
	if x.JSON {
		x.text = append(x.text, '}')
	} else {
		x.text = append(x.text, "} ---"...)
	}
	x.close()
}

// details appends what is known of a signal, by where it comes from.
func (x *Trace) details(info *sys.SignalInfo) {
	names := [...]string{", si_code=", ", si_addr=0x", ", si_pid=", ", si_uid=", ", si_status="}
	quote := ""
	if x.JSON {
		names = [...]string{`,"code":`, `,"addr":"0x`, `,"from":`, `,"uid":`, `,"status":`}
		quote = `"`
	}
	x.number(names[0], int64(info.Code))
	switch unix.Signal(info.Signal) {
	case unix.SIGSEGV, unix.SIGBUS, unix.SIGILL, unix.SIGFPE, unix.SIGTRAP:
		if info.Code > 0 && info.Code < siKernel {
			x.text = strconv.AppendUint(append(x.text, names[1]...), info.Address(), 16)
			x.text = append(x.text, quote...)
			return
		}
	}
	child := unix.Signal(info.Signal) == unix.SIGCHLD && info.Code > 0
	if child || info.Code == siUser || info.Code == siQueue || info.Code == siThread {
		pid, uid := info.Sender()
		x.number(names[2], int64(pid))
		x.number(names[3], int64(uid))
	}
	if child {
		x.number(names[4], int64(info.Status()))
	}
}

// Codes of siginfo_t, from asm-generic/siginfo.h.
const (
	siUser   = 0
	siQueue  = -1
	siThread = -6
	siKernel = 0x80
)

// signal appends the name of a signal, as package calls does.
func (x *Trace) signal(signal int32) {
	name := ""
	if signal < 32 {
		name = unix.SignalName(unix.Signal(signal))
	}
	switch {
	case name != "":
		x.text = append(x.text, name...)
	case signal >= 32 && signal <= 64:
		x.number("SIGRT_", int64(signal-32))
	default:
		x.number("", int64(signal))
	}
}

// stopped writes that a task stops with its process.
func (x *Trace) stopped(tid, process, signal int32) {
	if !x.begin() {
		return
	}
	x.head(tid, process, " --- stopped by ", `,"stopped":"`)
	x.signal(signal)
	x.tail(" ---", `"}`)
}

// end writes how a task ends.
func (x *Trace) end(tid, process int32, status unix.WaitStatus) {
	if status.Signaled() {
		x.head(tid, process, " +++ killed by ", `,"killed":"`)
		x.signal(int32(status.Signal()))
		x.tail(" +++", `"}`)
		return
	}
	x.head(tid, process, " +++ exited with ", `,"exited":`)
	x.number("", int64(status.ExitStatus()))
	x.tail(" +++", "}")
}

func (x *Trace) tail(text, json string) {
	if x.JSON {
		text = json
	}
	x.text = append(x.text, text...)
	x.close()
}
