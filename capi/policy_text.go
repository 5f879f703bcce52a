package main

// #include "boundary.h"
import "C"

import (
	"unsafe"

	"gosandbox/core"
	"gosandbox/internal/sys"
)

//export boundaryLoadPolicy
func boundaryLoadPolicy(h handle, json *C.char, n C.size_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		switch {
		case json == nil:
			return invalid("the text of the policy is NULL")
		case n > core.MaxPolicyText:
			return invalid("a policy of %d bytes: at most %d are read", uint64(n), core.MaxPolicyText)
		}
		most := 8 * uint64(n) // about what the parser makes of it
		allocated(int(most))
		var err error
		if !sys.Allocate(most, func() {
			var policy *core.Policy
			if policy, err = core.ParsePolicy(C.GoBytes(unsafe.Pointer(json), C.int(n))); err == nil {
				c.Policy = policy
			}
		}) {
			return withoutRoom(most)
		}
		return err
	})
	return
}

//export boundaryPolicyJson
func boundaryPolicyJson(h handle, buffer *C.char, n C.size_t, s slot) (code C.int) {
	return policyText(h, buffer, n, s, func(c *core.Config) (string, error) {
		policy, err := policyOf(c)
		if err != nil {
			return "", err
		}
		return string(policy.JSON()), nil
	})
}

//export boundaryPolicyDump
func boundaryPolicyDump(h handle, buffer *C.char, n C.size_t, s slot) (code C.int) {
	return policyText(h, buffer, n, s, (*core.Config).DumpPolicy)
}

// policyText writes a text about a config to the caller's buffer, as far as there is room.
func policyText(h handle, buffer *C.char, n C.size_t, s slot, text func(*core.Config) (string, error)) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	c, err := find[*config](h)
	if err != nil {
		return
	}
	if buffer == nil && n > 0 {
		err = invalid("the buffer is NULL, but has room for %d bytes", uint64(n))
		return
	}
	written, err := text(c.snapshot())
	if err != nil {
		return
	}
	allocated(4 * len(written))
	if n > 0 {
		room := unsafe.Slice((*byte)(unsafe.Pointer(buffer)), int(min(n, C.size_t(len(written)+1))))
		room[copy(room[:len(room)-1], written)] = 0
	}
	code = C.int(len(written))
	return
}

//export boundaryPolicyEvaluate
func boundaryPolicyEvaluate(h handle, call *C.struct_gosandbox_syscall, out *C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	c, err := find[*config](h)
	if err != nil {
		return
	}
	var full C.struct_gosandbox_syscall
	if call == nil || out == nil || uintptr(call.size) < unsafe.Offsetof(full.args)+unsafe.Sizeof(full.args) {
		err = invalid("call or out is NULL, or the size of call does not cover args")
		return
	}
	policy, err := policyOf(c.snapshot())
	if err != nil {
		return
	}
	asked := core.Call{Arch: uint32(call.arch), Nr: int64(call.nr)}
	for i := range asked.Args {
		asked.Args[i] = uint64(call.args[i])
	}
	*out = C.uint32_t(policy.Decide(asked))
	return
}
