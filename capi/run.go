package main

// #include "boundary.h"
import "C"

import (
	"context"

	"gosandbox/core"
)

//export boundaryRun
func boundaryRun(h handle, out *C.uintptr_t, s slot) (code C.int) {
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
	r, err := core.Run(context.Background(), c.snapshot())
	if r != nil {
		*out = newResult(r)
	}
	return
}

// task is the object behind a handle. Calls that are still in it when it is freed see the run end as cancelled.
type task struct{ core *core.Task }

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

//export boundaryTaskWait
func boundaryTaskWait(h handle, timeout C.int64_t, out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	t, err := find[*task](h)
	if err != nil {
		return
	}
	r, err, done := t.core.Wait(int64(timeout))
	if !done {
		err = &core.Error{Code: core.CodeETIMEDOUT, Index: -1, Message: "the task is still running"}
		return
	}
	if r != nil {
		*out = newResult(r)
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
		code = C.int(t.core.PID())
	}
	return
}

//export boundaryTaskFree
func boundaryTaskFree(h handle) {
	if t, ok := forget[*task](h); ok {
		t.core.Close()
	}
}
