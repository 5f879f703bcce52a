package main

// #include <stdlib.h>
// #include "boundary.h"
import "C"

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/core"
	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// waiter is a caller that is blocked in C; it has a handle of its own while that lasts.
type waiter struct {
	blocked  *core.Blocked      // of a run
	group    *core.BlockedGroup // or of a group
	task     ended              // or of a task
	deadline int64              // for the task, monotonic ns; 0: none
	event    *event             // for calls that C serves; may be nil
	failed   error              // the wait for the task has ended in a panic
}

// steps are what a caller that is blocked in C serves.
type steps interface {
	Word() *uint32
	MostFDs() int
	FDs([]unix.PollFd) []unix.PollFd
	Woken(i int, bits int16)
	Step() (over bool, timeout int64)
	Cancel()
	Collapse(value any)
}

// ended is a task whose end can be waited for.
type ended interface {
	Complete() *uint32
	Kill()
	PollFD() int
	Close()
}

// steps of the run or the group; nil for a task.
func (w *waiter) steps() steps {
	switch {
	case w.blocked != nil:
		return w.blocked
	case w.group != nil:
		return w.group
	}
	return nil
}

//export boundaryRunBegin
func boundaryRunBegin(h handle, out *C.uintptr_t, wait *C.struct_boundary_wait, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	c, err := find[*config](h)
	if err != nil {
		return
	}
	snapshot, asked := c.interruptible()
	b, failed, err := core.Begin(snapshot)
	if b == nil {
		if failed != nil {
			*out = newResult(failed)
		}
		return
	}
	defer func() { // a run that has begun is not left alone
		if p := recover(); p != nil {
			b.Collapse(p)
			var r *core.Result
			r, err = b.Result()
			*out = newResult(r)
		}
	}()
	fault.At(fault.Begun)
	begin(wait, &waiter{blocked: b, event: c.quick(wait, b)}, asked)
	return
}

// begin lets C wait for a run or a group.
func begin(wait *C.struct_boundary_wait, w *waiter, asked interrupt) {
	s := w.steps()
	wait.fds = (*C.struct_pollfd)(C.calloc(C.size_t(s.MostFDs()), C.sizeof_struct_pollfd))
	wait.word = (*C.uint32_t)(s.Word())
	wait.interrupt, wait.payload = asked.ask, asked.payload
	wait.handle = newHandle(w)
}

//export boundaryTaskWaitBegin
func boundaryTaskWaitBegin(h handle, timeout C.int64_t, out *C.uintptr_t, wait *C.struct_boundary_wait, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	t, err := find[*task](h)
	if err == nil {
		_, err = t.single()
	}
	if err == nil {
		t.await(timeout, wait)
	}
	return
}

// await lets C wait for a task.
func (t *task) await(timeout C.int64_t, wait *C.struct_boundary_wait) {
	w := &waiter{task: t.core}
	if timeout >= 0 {
		w.deadline = sys.After(int64(timeout))
	}
	wait.word = (*C.uint32_t)(t.core.Complete())
	wait.handle = newHandle(w)
}

// boundaryWaitStep serves a waiter. Not 0: it need not wait any longer. There is no slot for an error: boundaryWaitEnd tells
// of a panic.
//
//export boundaryWaitStep
func boundaryWaitStep(wait *C.struct_boundary_wait) (over C.int) {
	w, err := find[*waiter](wait.handle)
	if err != nil {
		return 1
	}
	defer func() {
		if p := recover(); p != nil {
			w.collapse(p)
			over = 1
		}
	}()
	fault.At(fault.Step)
	return w.step(wait)
}

// collapse ends the wait, and a run that nobody else serves.
func (w *waiter) collapse(value any) {
	if s := w.steps(); s != nil {
		s.Collapse(value)
		return
	}
	w.failed = &core.Error{
		Code: core.CodeEINTERNAL, Index: -1, Stack: debug.Stack(), Message: fmt.Sprintf("internal fault: %v; the task goes on", value),
	}
}

func (w *waiter) step(wait *C.struct_boundary_wait) C.int {
	if w.task != nil {
		done := atomic.LoadUint32(w.task.Complete()) != 0
		wait.timeout = -1
		if w.deadline != 0 {
			wait.timeout = C.int64_t(sys.Until(w.deadline))
			done = done || wait.timeout <= 0
		}
		return truth(done)
	}
	b := w.steps()
	w.takeOver(wait.quick)
	polled := unsafe.Slice((*unix.PollFd)(unsafe.Pointer(wait.fds)), b.MostFDs())
	for i := range int(wait.n) {
		b.Woken(i, polled[i].Revents)
	}
	over, timeout := b.Step()
	wait.timeout = C.int64_t(timeout)
	wait.word = (*C.uint32_t)(b.Word())
	wait.n = C.size_t(len(b.FDs(polled[:0])))
	w.giveOut(wait.quick)
	return truth(over)
}

func truth(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

//export boundaryWaitEnd
func boundaryWaitEnd(wait *C.struct_boundary_wait, out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	w := end(wait)
	var r *core.Result
	if w.failed != nil {
		err = w.failed
		return
	}
	if t, ok := w.task.(*core.Task); ok {
		var done bool
		if r, err, done = t.Wait(0); !done {
			err = stillRunning()
		}
	} else {
		r, err = w.blocked.Result()
	}
	if r != nil {
		*out = newResult(r)
	}
	return
}

// end takes a waiter back.
func end(wait *C.struct_boundary_wait) *waiter {
	w, _ := forget[*waiter](wait.handle)
	w.endQuick(wait.quick)
	C.free(unsafe.Pointer(wait.fds))
	return w
}

func stillRunning() error {
	return &core.Error{Code: core.CodeETIMEDOUT, Index: -1, Message: "the task is still running"}
}

// task is the object behind a handle: a *core.Task or a *core.GroupTask. Calls that are still in it when it is freed see it end as cancelled.
type task struct{ core ended }

// single is the task of one run.
func (t *task) single() (*core.Task, error) {
	if one, ok := t.core.(*core.Task); ok {
		return one, nil
	}
	return nil, &core.Error{Code: core.CodeEBADF, Index: -1, Message: "the task is a group's: use task_wait_group and task_member_pid"}
}

//export boundaryStart
func boundaryStart(h handle, out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	c, err := find[*config](h)
	if err != nil {
		return
	}
	t, err := core.Start(c.snapshot())
	if err == nil {
		*out = newHandle(&task{core: t})
	}
	return
}

//export boundaryTaskKill
func boundaryTaskKill(h handle, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	t, err := find[*task](h)
	if err == nil {
		t.core.Kill()
	}
	return
}

//export boundaryTaskPollFd
func boundaryTaskPollFd(h handle, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	t, err := find[*task](h)
	if err == nil {
		code = C.int(t.core.PollFD())
	}
	return
}

//export boundaryTaskPid
func boundaryTaskPid(h handle, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	t, err := find[*task](h)
	if err == nil {
		var one *core.Task
		if one, err = t.single(); err == nil {
			code = C.int(one.PID())
		}
	}
	return
}

//export boundaryTaskFree
func boundaryTaskFree(h handle) {
	defer quietly()
	fault.At(fault.Quiet)
	if t, ok := forget[*task](h); ok {
		t.core.Close()
	}
}
