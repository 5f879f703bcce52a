package tracer

import (
	"container/heap"
	"runtime/debug"
	"sync/atomic"

	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// start makes the thread, once.
func (w *watch) start() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		return nil
	}
	err := sys.StartThread(w.serve)
	w.started = err == nil
	return err
}

// serve is the thread's life.
func (w *watch) serve() {
	sys.Hasten()
	for {
		w.round()
	}
}

// round looks at every run that is due and sleeps until the next one is. After a panic nobody can say which limits were looked at:
// all runs that have one fail, and the thread goes on for those that come.
func (w *watch) round() {
	defer func() {
		if p := recover(); p != nil {
			w.collapse(&PanicError{p, debug.Stack()})
		}
	}()
	word := atomic.LoadUint32(&w.word)
	for r := w.take(); r != nil; r = w.take() {
		w.putBack(r, r.look())
	}
	sys.FutexWait(&w.word, word, w.pause())
}

// take gives the next run that is due, nil when there is none.
func (w *watch) take() *Run {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 || w.queue[0].watched.at > sys.Monotonic() {
		return nil
	}
	w.looking = heap.Pop(&w.queue).(*Run)
	return w.looking
}

// putBack enters a run for the next look at it; at 0 there is none.
func (w *watch) putBack(r *Run, at int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looking = nil
	if at != 0 && r.watched.on && r.watched.index < 0 {
		r.watched.at = at
		heap.Push(&w.queue, r)
	}
}

// pause tells until when the thread may sleep; 0: until it is told.
func (w *watch) pause() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = 0
	if len(w.queue) > 0 && w.queue[0].watched.at != sys.Never {
		w.until = w.queue[0].watched.at
	}
	return w.until
}

// look checks a run against its limits; it gives the time of the next look, 0 when none is needed.
func (r *Run) look() int64 {
	fault.At(fault.Watch)
	r.sampleTimeline(sys.Monotonic())
	if cause := r.exceeded(sys.Monotonic()); cause != CauseNone {
		r.Kill(cause)
		return 0
	}
	return r.nextLook(sys.Monotonic())
}

// collapse fails every run that is under watch.
func (w *watch) collapse(err error) {
	for _, r := range w.abandon() {
		r.collapse(err)
	}
}

// abandon empties the queue.
func (w *watch) abandon() []*Run {
	w.mu.Lock()
	defer w.mu.Unlock()
	runs := w.queue
	w.queue = nil
	for _, r := range runs {
		r.watched.index = -1
	}
	if w.looking != nil {
		runs = append(runs, w.looking)
		w.looking = nil
	}
	return runs
}

// collapse ends a run for a fault of the thread that watches it.
func (r *Run) collapse(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return
	}
	if r.intent.claim(CauseFault) && r.fault == nil {
		r.fault = err
	}
	r.strikeLocked() // a reason that came before has perhaps got no further than that
}
