package main

// #include "boundary.h"
import "C"

import (
	"math"
	"unsafe"

	"gosandbox/core"
)

//export boundarySetTrace
func boundarySetTrace(h handle, flags C.uint32_t, max C.uint64_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if flags&^(core.TraceCount|core.TraceText|core.TraceJSON) != 0 {
			return invalid("unknown flags %#x for a trace", uint32(flags))
		}
		trace := &core.Trace{
			Counts: flags&core.TraceCount != 0, Text: flags&core.TraceText != 0, JSON: flags&core.TraceJSON != 0, Max: uint64(max),
		}
		if err := trace.Check(); err != nil {
			return err
		}
		c.Trace = trace
		return nil
	})
	return
}

//export boundaryResultSyscalls
func boundaryResultSyscalls(h handle, out *C.struct_gosandbox_call_count, n C.size_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	o, err := find[*result](h)
	if err != nil {
		return
	}
	if out == nil && n > 0 {
		err = invalid("out is NULL, but has room for %d", uint64(n))
		return
	}
	list := o.core.Syscalls
	for i := range min(len(list), int(min(n, math.MaxInt32))) {
		c := &list[i]
		*(*C.struct_gosandbox_call_count)(unsafe.Add(unsafe.Pointer(out), i*C.sizeof_struct_gosandbox_call_count)) = C.struct_gosandbox_call_count{
			arch: C.uint32_t(c.Arch), nr: C.int64_t(c.Nr), calls: C.uint64_t(c.Calls), errors: C.uint64_t(c.Errors),
		}
	}
	code = C.int(len(list))
	return
}

//export boundaryResultTrace
func boundaryResultTrace(h handle, n *C.size_t, dropped *C.uint64_t) *C.char {
	defer quietly()
	o, err := find[*result](h)
	if err != nil || o.core.Trace == nil {
		return nil
	}
	*n, *dropped = C.size_t(len(o.core.Trace)), C.uint64_t(o.core.TraceDropped)
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(o.core.Trace)))
}
