package main

// #include "boundary.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime/debug"
	"unicode/utf8"
	"unsafe"

	"gosandbox/core"
)

type slot = *C.struct_boundary_error

// returns is what every export defers: it turns the error, or a panic, into a code and fills the thread's slot.
func returns(code *C.int, err *error, s slot) {
	allocated(callBytes)
	if p := recover(); p != nil {
		stack := debug.Stack()
		*err = &core.Error{
			Code: core.CodeEINTERNAL, Index: -1, Stack: stack, Message: fmt.Sprintf("internal fault: %v", p),
		}
	}
	if *err != nil {
		e := asError(*err)
		if e.Stack != nil {
			logText(core.LogError, e.Message+"\n"+string(e.Stack))
		}
		fillError(s, e)
		*code = C.int(e.Code)
	}
}

func asError(err error) *core.Error {
	var e *core.Error
	if !errors.As(err, &e) {
		e = &core.Error{Code: core.CodeEINTERNAL, Index: -1, Message: err.Error()}
	}
	return e
}

// fillError writes an error into a slot, its message cut at a character.
func fillError(s slot, e *core.Error) {
	s.error.code = C.int32_t(e.Code)
	s.error.sys_errno = C.int32_t(e.Errno)
	s.error.step = C.uint32_t(e.Step)
	s.error.index = C.int32_t(e.Index)
	room := unsafe.Slice((*byte)(unsafe.Pointer(&s.message[0])), len(s.message))
	room[copy(room[:len(room)-1], whole(e.Message, len(room)-1))] = 0
}

// whole cuts a text to n bytes, not inside of a character.
func whole(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func invalid(format string, args ...any) *core.Error {
	return &core.Error{Code: core.CodeEINVAL, Index: -1, Message: fmt.Sprintf(format, args...)}
}
