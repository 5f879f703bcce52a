package calls

import "golang.org/x/sys/unix"

// times appends one struct timespec or timeval, or an array of two.
func (w *writer) times(address uint64, seconds, fraction string, n int) bool {
	var t [4]uint64
	if !w.words(address, t[:2*n]) {
		return false
	}
	if n == 2 {
		w.text("[")
	}
	for i := range n {
		if i > 0 {
			w.text(", ")
		}
		s, f := t[2*i], t[2*i+1]
		switch {
		case n == 2 && f == unix.UTIME_NOW && fraction == "tv_nsec=":
			w.text("UTIME_NOW")
		case n == 2 && f == unix.UTIME_OMIT && fraction == "tv_nsec=":
			w.text("UTIME_OMIT")
		default:
			w.text(seconds)
			w.int(int64(s))
			w.text(", ")
			w.text(fraction)
			w.int(int64(f))
			w.text("}")
		}
	}
	if n == 2 {
		w.text("]")
	}
	return true
}

// timer appends struct itimerspec or itimerval.
func (w *writer) timer(address uint64, fraction string) bool {
	w.text("{it_interval=")
	if !w.times(address, "{tv_sec=", fraction, 1) {
		return false
	}
	w.text(", it_value=")
	if !w.times(address+16, "{tv_sec=", fraction, 1) {
		return false
	}
	w.text("}")
	return true
}
