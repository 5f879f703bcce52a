package calls

import (
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// AppendJSON appends the call as one JSON object without a newline:
//
//	{"pid":12,"tid":12,"name":"openat","nr":257,"arch":"x86_64","args":[{"value":"0xffffff9c","text":"AT_FDCWD"},...],
//	 "path":"/etc/passwd","ret":-1,"errno":"EACCES"}
//
// A name that there is not is null. Values are strings because a JSON number does not hold 64 bits everywhere. The path is
// there when it was read before, up to PATH_MAX bytes of it; what is not printable in it, quotes and backslashes are escaped as in a text. "ret"
// and "errno" are there when the call has returned and failed; a failed call returns -1.
func (c *Call) AppendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `{"pid":`...), int64(c.PID), 10)
	dst = strconv.AppendInt(append(dst, `,"tid":`...), int64(c.TID), 10)
	w, name := c.begin(append(dst, `,"name":`...))
	if name == "" {
		w.text("null")
	} else {
		w.quote(func() { w.text(name) })
	}
	w.text(`,"nr":`)
	w.int(c.Nr)
	w.text(`,"arch":"`)
	w.dst = appendArch(w.dst, c.Arch)
	w.text(`","args":[`)
	for i := range w.count {
		if i > 0 {
			w.text(",")
		}
		w.text(`{"value":"`)
		w.dst = strconv.AppendUint(append(w.dst, "0x"...), c.Args[i], 16)
		w.text(`","text":`)
		w.quote(func() { w.argument(i) })
		w.text("}")
	}
	w.text("]")
	if c.Path != "" {
		w.text(`,"path":`)
		w.quote(func() {
			raw := w.room(min(len(c.Path), unix.PathMax))
			copy(raw, c.Path)
			w.dst = appendEscaped(w.dst, raw, len(raw) < len(c.Path))
		})
	}
	if c.Returned {
		w.returned(c.Ret)
	}
	w.text("}")
	return w.dst
}

func (w *writer) returned(ret int64) {
	w.text(`,"ret":`)
	errno, failed := errnoOf(ret)
	if !failed {
		w.int(ret)
		return
	}
	w.text(`-1,"errno":`)
	w.quote(func() {
		if name := errnoName(errno); name != "" {
			w.text(name)
		} else {
			w.int(int64(errno))
		}
	})
}

// quote makes a JSON string of what write appends, which is printable: only quotes and backslashes are left to be escaped.
func (w *writer) quote(write func()) {
	w.text(`"`)
	start := len(w.dst)
	write()
	end, extra := len(w.dst), 0
	for _, c := range w.dst[start:] {
		if c == '"' || c == '\\' {
			extra++
		}
	}
	w.dst = slices.Grow(w.dst, extra+1)[:end+extra]
	for from, to := end-1, end+extra-1; from < to; from-- {
		c := w.dst[from]
		w.dst[to] = c
		to--
		if c == '"' || c == '\\' {
			w.dst[to] = '\\'
			to--
		}
	}
	w.text(`"`)
}
