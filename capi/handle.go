package main

// #include "boundary.h"
import "C"

import (
	"sync"

	"gosandbox/core"
	"gosandbox/internal/fault"
)

// A handle is a number that no pointer can be: it is never dereferenced, so a stale or foreign one is merely not found.
// The number is not reused.
type handle = C.uintptr_t

// handleBase lies in the hole of the address space that no process can map.
const handleBase = 0x6b00 << 48

var handles = struct {
	sync.RWMutex
	last    uint64
	objects map[uint64]any
}{objects: map[uint64]any{}}

func newHandle(object any) handle {
	handles.Lock()
	defer handles.Unlock()
	handles.last++
	handles.objects[handles.last] = object
	return handle(handleBase + handles.last)
}

// find is the object behind a handle of the right type.
func find[T any](h handle) (object T, err error) {
	fault.At(fault.Export)
	handles.RLock()
	o := handles.objects[uint64(h)-handleBase]
	handles.RUnlock()
	object, ok := o.(T)
	if !ok {
		return object, badHandle(h, o)
	}
	return object, nil
}

// forget removes a handle; only the first call for it succeeds.
func forget[T any](h handle) (object T, ok bool) {
	handles.Lock()
	defer handles.Unlock()
	object, ok = handles.objects[uint64(h)-handleBase].(T)
	if ok {
		delete(handles.objects, uint64(h)-handleBase)
	}
	return object, ok
}

func badHandle(h handle, other any) *core.Error {
	e := &core.Error{Code: core.CodeEBADF, Index: -1, Message: "the handle was freed, or never came from this library"}
	switch {
	case h == 0:
		e.Message = "the handle is NULL"
	case other != nil:
		e.Message = "the handle is of another type"
	}
	return e
}
