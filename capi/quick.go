package main

// #include <stdlib.h>
// #include "boundary.h"
import "C"

import (
	"unsafe"

	"gosandbox/core"
	"gosandbox/internal/sys"
)

// What quick.c does not decide itself is handed over here, at the step that follows.

// quick prepares the short way for a run that has a callback of C's; nil: there is none.
func (c *config) quick(wait *C.struct_boundary_wait, b *core.Blocked) *event {
	c.mu.Lock()
	callback, payload := c.callback, c.payload
	c.mu.Unlock()
	if callback == nil {
		return nil
	}
	e := takeEvent()
	e.blocked = b
	q := (*C.struct_boundary_quick)(C.calloc(1, C.sizeof_struct_boundary_quick))
	q.callback, q.payload, q.call = callback, payload, e.c
	wait.quick, e.quick = q, q
	return e
}

// giveOut lets C serve calls, as soon as there are any.
func (w *waiter) giveOut(q *C.struct_boundary_quick) {
	if q == nil || q.on != 0 {
		return
	}
	if s, ok := w.blocked.Quick(); ok {
		q.thread, q.owner, q.inspects = (*C.int32_t)(s.Thread), (*C.int32_t)(s.Owner), (*C.int32_t)(s.Inspects)
		q.on = 1
	}
}

// takeOver goes on with the call that C has left.
func (w *waiter) takeOver(q *C.struct_boundary_quick) {
	if q == nil {
		return
	}
	state := q.state
	q.state = C.QUICK_NOTHING
	taken := (*sys.Notification)(unsafe.Pointer(&q.taken))
	switch state {
	case C.QUICK_TAKEN:
		w.blocked.Taken(taken)
	case C.QUICK_DECIDED:
		q.served++
		e := w.blocked.Event(taken, int32(q.call.call.pid))
		apply(e, q.call)
		w.blocked.Answer(e, core.Action(q.call.action))
	}
}

// endQuick frees what quick has made.
func (w *waiter) endQuick(q *C.struct_boundary_quick) {
	if q == nil {
		return
	}
	w.blocked.Count(uint64(q.served))
	w.event.quick, w.event.blocked = nil, nil
	returnEvent(w.event)
	C.free(unsafe.Pointer(q))
}

// event is the one that C's callback was given, while it runs.
func (e *event) ofQuick() *core.Event {
	if e.quick == nil || e.quick.state != C.QUICK_ASKING {
		return nil
	}
	return e.blocked.Event((*sys.Notification)(unsafe.Pointer(&e.quick.taken)), int32(e.quick.call.call.pid))
}
