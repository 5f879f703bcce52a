package calls

import "golang.org/x/sys/unix"

const realTime = 32 // the kernel's first real-time signal

// signal appends the name of a signal: SIGKILL, SIGRT_2, or the number of one that there is not.
func (w *writer) signal(n int32) {
	if n > 0 && n < realTime {
		if name := unix.SignalName(unix.Signal(n)); name != "" {
			w.text(name)
			return
		}
	}
	if n >= realTime && n <= 64 {
		w.text("SIGRT_")
		n -= realTime
	}
	w.int(int64(n))
}

// mask appends a set of signals: [INT TERM], or what is missing from a set that has most of them: ~[INT].
func (w *writer) mask(address uint64) bool {
	var set [1]uint64
	if !w.words(address, set[:]) {
		return false
	}
	w.signals(set[0])
	return true
}

func (w *writer) signals(set uint64) {
	in := 0
	for rest := set; rest != 0; rest &= rest - 1 {
		in++
	}
	if in > 32 {
		w.text("~")
		set = ^set
	}
	w.text("[")
	first := true
	for n := int32(1); n <= 64; n++ {
		if set>>(n-1)&1 == 0 {
			continue
		}
		if !first {
			w.text(" ")
		}
		first = false
		start := len(w.dst)
		w.signal(n)
		if len(w.dst) > start+3 { // without the SIG of each
			w.dst = append(w.dst[:start], w.dst[start+3:]...)
		}
	}
	w.text("]")
}

// action is the kernel's struct sigaction: the mask comes last.
func (w *writer) action(address uint64) bool {
	var a [4]uint64 // handler, flags, restorer, mask
	if !w.words(address, a[:]) {
		return false
	}
	w.text("{sa_handler=")
	w.set(handlerAddress, a[0])
	w.text(", sa_mask=")
	w.signals(a[3])
	w.text(", sa_flags=")
	w.set(actionFlags, a[1])
	w.text("}")
	return true
}

// status is what wait4 tells of a child.
func (w *writer) status(address uint64) bool {
	raw := w.read(address, 4)
	if len(raw) != 4 {
		return false
	}
	s := unix.WaitStatus(uint32(raw[0]) | uint32(raw[1])<<8 | uint32(raw[2])<<16 | uint32(raw[3])<<24)
	switch {
	case s.Exited():
		w.text("[exited ")
		w.int(int64(s.ExitStatus()))
	case s.Stopped():
		w.text("[stopped ")
		w.signal(int32(s.StopSignal()))
	case s.Signaled():
		w.text("[killed ")
		w.signal(int32(s.Signal()))
	default:
		w.text("[")
		w.hex(uint64(uint32(s)))
	}
	w.text("]")
	return true
}
