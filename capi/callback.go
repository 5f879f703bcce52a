package main

// #include <stdlib.h>
// #include "boundary.h"
import "C"

import (
	"errors"
	"math"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/core"
)

// event is the object behind a callback's event handle. It serves one callback after another: handles and C memory are not
// made anew for each.
type event struct {
	c    *C.struct_boundary_call
	core *core.Event // nil: no callback is running, or one that C has called

	blocked *core.Blocked            // of a run whose calls C serves
	quick   *C.struct_boundary_quick // likewise
}

// events are those that no callback uses.
var events struct {
	sync.Mutex
	free []*event
}

func takeEvent() *event {
	events.Lock()
	defer events.Unlock()
	if n := len(events.free); n > 0 {
		e := events.free[n-1]
		events.free = events.free[:n-1]
		return e
	}
	e := &event{c: (*C.struct_boundary_call)(C.calloc(1, C.sizeof_struct_boundary_call))}
	e.c.event = newHandle(e)
	return e
}

func returnEvent(e *event) {
	e.core = nil
	events.Lock()
	events.free = append(events.free, e)
	events.Unlock()
}

//export boundarySetCallback
func boundarySetCallback(h handle, callback C.gosandbox_syscall_cb, payload unsafe.Pointer, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	c, err := find[*config](h)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.callback, c.payload, c.core.Callback = callback, payload, nil
	if callback != nil {
		c.core.Callback = func(e *core.Event) core.Action { return ask(e, callback, payload) }
	}
	return
}

// ask calls the host's callback.
func ask(e *core.Event, callback C.gosandbox_syscall_cb, payload unsafe.Pointer) core.Action {
	ev := takeEvent()
	defer returnEvent(ev)
	ev.core = e
	c := &ev.c.call
	c.size, c.phase, c.arch, c.flags = C.sizeof_struct_gosandbox_syscall, C.uint32_t(e.Phase), C.uint32_t(e.Arch), 0
	c.pid, c.tid = C.int32_t(e.PID), C.int32_t(e.TID)
	c.nr, c.ret, c.ip = C.int64_t(e.Nr), C.int64_t(e.Return), C.uint64_t(e.IP)
	for i, a := range e.Args {
		c.args[i] = C.uint64_t(a)
	}
	ev.c.action, ev.c.value, ev.c.fd, ev.c.fd_flags, ev.c.changed = C.GOSANDBOX_KILL, 0, -1, 0, 0
	C.boundary_decide(callback, ev.c, payload)
	apply(e, ev.c)
	return core.Action(ev.c.action)
}

// apply takes over what the callback has set.
func apply(e *core.Event, c *C.struct_boundary_call) {
	e.SetReturn(int64(c.value))
	e.SetFD(int(c.fd), uint32(c.fd_flags))
	if c.changed != 0 {
		for i := range e.Args {
			e.SetArg(i, uint64(c.call.args[i]))
		}
	}
}

// eventOf is the event of a callback that is running.
func eventOf(h handle) (*core.Event, error) {
	e, err := find[*event](h)
	if err != nil {
		return nil, err
	}
	if quick := e.ofQuick(); quick != nil {
		return quick, nil
	}
	if e.core == nil {
		return nil, &core.Error{Code: core.CodeEBADF, Index: -1, Message: "the event is over: it is good during its callback only"}
	}
	return e.core, nil
}

// transfer runs a reading or writing of the program's memory on n bytes at p.
func transfer(h handle, p unsafe.Pointer, n C.size_t, s slot, move func(e *core.Event, buffer []byte) (int, error)) (got C.int64_t) {
	var err error
	var code C.int
	defer func() {
		if code != 0 {
			got = C.int64_t(code)
		}
	}()
	defer returns(&code, &err, s)
	e, err := eventOf(h)
	switch {
	case err != nil:
	case n == 0:
	case p == nil || n > math.MaxInt32:
		err = invalid("the buffer is NULL, or %d bytes are too many", uint64(n))
	default:
		var moved int
		moved, err = move(e, unsafe.Slice((*byte)(p), int(n)))
		got, err = C.int64_t(moved), eventError(err)
	}
	return
}

func eventError(err error) error {
	if err == nil {
		return nil
	}
	failed := &core.Error{Code: core.CodeEINVAL, Index: -1, Message: "event: " + err.Error()}
	errors.As(err, &failed.Errno)
	switch failed.Errno {
	case unix.EFAULT:
		failed.Code, failed.Message = core.CodeEFAULT, "the program has no memory at that address"
	case unix.EPERM, unix.EACCES:
		failed.Code, failed.Message = core.CodeEFAULT, "the kernel does not let this host look into the program; one of another user: CAP_SYS_PTRACE does"
	case unix.ESRCH:
		failed.Code, failed.Message = core.CodeEGONE, "the thread was killed meanwhile"
	case unix.ENAMETOOLONG:
		failed.Code, failed.Message = core.CodeETOOLONG, "it does not fit into the buffer"
	case unix.EBADF:
		failed.Code, failed.Message = core.CodeEBADF, "the directory descriptor is not open in the program"
	}
	return failed
}

//export boundaryEventRead
func boundaryEventRead(h handle, address C.uint64_t, p unsafe.Pointer, n C.size_t, s slot) C.int64_t {
	return transfer(h, p, n, s, func(e *core.Event, buffer []byte) (int, error) { return e.Read(uint64(address), buffer) })
}

//export boundaryEventReadString
func boundaryEventReadString(h handle, address C.uint64_t, p *C.char, n C.size_t, s slot) C.int64_t {
	return transfer(h, unsafe.Pointer(p), n, s, func(e *core.Event, buffer []byte) (int, error) {
		got, err := e.ReadString(uint64(address), buffer)
		return terminate(buffer, got, err)
	})
}

//export boundaryEventReadPath
func boundaryEventReadPath(h handle, dirfd, path C.int, p *C.char, n C.size_t, s slot) C.int64_t {
	return transfer(h, unsafe.Pointer(p), n, s, func(e *core.Event, buffer []byte) (int, error) {
		got, err := e.ReadPath(int(dirfd), int(path), buffer[:len(buffer)-1])
		return terminate(buffer, got, err)
	})
}

// terminate puts a NUL behind a string, and leaves an empty one after a failure.
func terminate(buffer []byte, n int, err error) (int, error) {
	if err != nil {
		n = 0
	}
	buffer[n] = 0
	return n, err
}

//export boundaryEventWrite
func boundaryEventWrite(h handle, address C.uint64_t, p unsafe.Pointer, n C.size_t, s slot) C.int64_t {
	return transfer(h, p, n, s, func(e *core.Event, content []byte) (int, error) { return e.Write(uint64(address), content) })
}
