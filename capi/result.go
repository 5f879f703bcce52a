package main

// #include <stdlib.h>
// #include "boundary.h"
import "C"

import (
	"runtime"
	"unsafe"

	"gosandbox/core"
	"gosandbox/internal/fault"
)

// result is the object behind a handle: what C may point into is allocated by C, or pinned.
type result struct {
	core    *core.Result
	c       *C.struct_boundary_result
	outputs runtime.Pinner
	names   [][]byte // of files, each with a NUL
}

func newResult(r *core.Result) handle {
	o := &result{core: r, c: (*C.struct_boundary_result)(C.calloc(1, C.sizeof_struct_boundary_result))}
	o.c.message = C.CString(r.Message)
	o.c.error.size = C.sizeof_struct_gosandbox_error
	o.c.error.index = -1
	o.c.error.message = o.c.message
	if r.Err != nil {
		o.c.error.code = C.int32_t(r.Err.Code)
		o.c.error.sys_errno = C.int32_t(r.Err.Errno)
		o.c.error.step = C.uint32_t(r.Err.Step)
		o.c.error.index = C.int32_t(r.Err.Index)
	}
	allocated(runBytes)
	for _, bytes := range r.Output {
		allocated(2 * cap(bytes)) // it grew by doubling
		o.outputs.Pin(unsafe.SliceData(bytes))
	}
	if trace := r.Trace; trace != nil {
		allocated(2 * cap(trace))
		o.outputs.Pin(unsafe.SliceData(trace))
	}
	if m := r.Membership; m != nil {
		for i := range m.Group.Dialogue {
			if bytes := m.Group.Dialogue[i].Bytes; len(bytes) > 0 {
				allocated(2 * cap(bytes) / m.Group.Members)
				o.outputs.Pin(unsafe.SliceData(bytes))
			}
		}
	}
	o.pinFiles()
	return newHandle(o)
}

//export boundaryResultFree
func boundaryResultFree(h handle) {
	defer quietly()
	fault.At(fault.Quiet)
	if o, ok := forget[*result](h); ok {
		o.outputs.Unpin()
		C.free(unsafe.Pointer(o.c.message))
		C.free(unsafe.Pointer(o.c))
	}
}

//export boundaryResultMessage
func boundaryResultMessage(h handle) *C.char {
	defer quietly()
	fault.At(fault.Quiet)
	o, err := find[*result](h)
	if err != nil {
		return nil
	}
	return o.c.message
}

//export boundaryResultError
func boundaryResultError(h handle) *C.struct_gosandbox_error {
	defer quietly()
	fault.At(fault.Quiet)
	o, err := find[*result](h)
	if err != nil {
		return nil
	}
	return &o.c.error
}

//export boundaryResultOutput
func boundaryResultOutput(h handle, child C.int, n *C.size_t) unsafe.Pointer {
	defer quietly()
	fault.At(fault.Quiet)
	o, err := find[*result](h)
	if err != nil {
		return nil
	}
	bytes, ok := o.core.Output[int(child)]
	if !ok {
		return nil
	}
	*n = C.size_t(len(bytes))
	return unsafe.Pointer(unsafe.SliceData(bytes))
}

//export boundaryResultStats
func boundaryResultStats(h handle, out *C.struct_gosandbox_stats, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	o, err := resultInto(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	r := o.core
	full := C.struct_gosandbox_stats{
		size: out.size, status: C.uint32_t(r.Status), cause: C.uint32_t(r.Cause),
		exit_code: C.int32_t(r.ExitCode), signal: C.int32_t(r.Signal),
		cpu: C.uint64_t(r.CPU), user: C.uint64_t(r.User), sys: C.uint64_t(r.System),
		wall: C.uint64_t(r.Wall), setup: C.uint64_t(r.Setup),
		memory_peak: C.uint64_t(r.MemoryPeak), processes_peak: C.uint64_t(r.ProcessesPeak),
		output_bytes: C.uint64_t(r.OutputBytes), notifications: C.uint64_t(r.Notifications),
		processes: C.uint64_t(r.ProcessesTotal), bytes_read: C.uint64_t(r.BytesRead), bytes_written: C.uint64_t(r.BytesWritten),
		counter: C.uint64_t(r.Counter), counter_enabled: C.uint64_t(r.CounterEnabled), counter_running: C.uint64_t(r.CounterRunning),
		detail: C.uint32_t(r.Detail), stops: C.uint64_t(r.Stops), context_switches: C.uint64_t(r.ContextSwitches), faults: C.uint64_t(r.Faults),
	}
	for i, source := range r.Sources {
		full.source[i] = C.uint8_t(source)
		if source != core.SourceNone {
			full.measured |= 1 << i
		}
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	return
}

// resultInto finds the result that a struct of the caller's is to be filled from. All of these begin with their size.
func resultInto(h handle, out unsafe.Pointer) (*result, error) {
	o, err := find[*result](h)
	if err != nil {
		return nil, err
	}
	if out == nil || *(*uint32)(out) < 8 {
		return nil, invalid("out is NULL, or its size is not set")
	}
	return o, nil
}

// copyStruct writes as much of a struct as the caller has room for.
func copyStruct(to, from unsafe.Pointer, room, size uintptr) {
	n := min(room, size)
	copy(unsafe.Slice((*byte)(to), n), unsafe.Slice((*byte)(from), n))
}

//export boundaryResultViolation
func boundaryResultViolation(h handle, out *C.struct_gosandbox_syscall, path *C.char, n C.size_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	o, err := resultInto(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	v := o.core.Violation
	if v == nil {
		v = &core.Violation{}
	} else {
		code = 1
	}
	full := C.struct_gosandbox_syscall{
		size: out.size, phase: core.PhaseEntry, arch: C.uint32_t(v.Arch),
		pid: C.int32_t(v.PID), tid: C.int32_t(v.TID), nr: C.int64_t(v.Nr), ip: C.uint64_t(v.IP),
	}
	for i, a := range v.Args {
		full.args[i] = C.uint64_t(a)
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	if path != nil && n > 0 {
		room := unsafe.Slice((*byte)(unsafe.Pointer(path)), int(n))
		room[copy(room[:len(room)-1], v.Path)] = 0
	}
	return
}
