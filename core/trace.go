package core

import (
	"cmp"
	"slices"

	"gosandbox/internal/calls"
	"gosandbox/tracer"
)

// Trace says what a result tells of the calls that the program has made. With any of it every task stops before and after each of its calls,
// which makes calls about a hundred times slower, and the limits of time count that.
type Trace struct {
	Counts bool // how often each call was made
	Text   bool // a line for each call, signal and end of a thread
	JSON   bool // the same as JSON objects; not both
	// Max is how many bytes of lines are kept, 1 to MaxTrace; the others are counted.
	Max uint64

	witness tracer.Witness
}

// MaxTrace is the largest Trace.Max.
const MaxTrace = 1 << 30

// CallCount says how often a call was made. Nr is -1 for those beyond the first thousand numbers without a name.
type CallCount struct {
	Arch   uint32
	Nr     int64
	Name   string // "" for a call without one
	Calls  uint64 // begun, also those that never returned
	Errors uint64 // returned an error
}

// Check says what is wrong with what is asked for, nil when nothing is.
func (t *Trace) Check() error {
	switch lines := t.Text || t.JSON; {
	case t.Text && t.JSON:
		return invalid("a trace is either text or JSON")
	case lines && (t.Max == 0 || t.Max > MaxTrace):
		return invalid("a trace of %d bytes; 1 to %d are possible", t.Max, uint64(MaxTrace))
	case !lines && t.Max != 0:
		return invalid("a trace of %d bytes, but neither text nor JSON is asked for", t.Max)
	}
	return nil
}

// lower is what the tracer has to do; nil when that is nothing.
func (t *Trace) lower() *tracer.Trace {
	if t == nil || !t.Counts && t.Max == 0 && t.witness == nil {
		return nil
	}
	return &tracer.Trace{Counts: t.Counts, Max: t.Max, JSON: t.JSON, Witness: t.witness}
}

// traced puts what a run has told of its calls into the result.
func (r *Result) traced(t *tracer.Trace) {
	if t == nil {
		return
	}
	if t.Counts {
		for _, c := range t.Calls() {
			call := calls.Call{Arch: c.Arch, Nr: c.Nr}
			r.Syscalls = append(r.Syscalls, CallCount{Arch: c.Arch, Nr: c.Nr, Name: call.Name(), Calls: c.Calls, Errors: c.Errors})
		}
		slices.SortFunc(r.Syscalls, func(a, b CallCount) int {
			return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Nr, b.Nr))
		})
	}
	if t.Max > 0 {
		text, dropped := t.Lines()
		r.Trace, r.TraceDropped = append(text, 0)[:len(text)], dropped
	}
}
