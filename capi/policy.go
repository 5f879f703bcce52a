package main

// #include <stdlib.h>
// #include "boundary.h"
import "C"

import (
	"sync"
	"unsafe"

	"gosandbox/core"
	"gosandbox/internal/fault"
)

//export boundarySetPolicy
func boundarySetPolicy(h handle, profile *C.char, fallback C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		name := "permissive"
		if profile != nil {
			name = C.GoString(profile)
		}
		policy, err := core.NewPolicy(name, core.Action(fallback))
		if err == nil {
			c.Policy = policy
		}
		return err
	})
	return
}

//export boundaryAddRule
func boundaryAddRule(h handle, arch C.uint32_t, name *C.char, action C.uint32_t, n C.size_t,
	conditions *C.struct_gosandbox_cmp, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = addRule(h, n, conditions, func(p *core.Policy, when []core.Cmp) error {
		if name == nil {
			return invalid("the name is NULL")
		}
		return p.Add(uint32(arch), C.GoString(name), core.Action(action), when...)
	})
	return
}

//export boundaryAddRuleNumber
func boundaryAddRuleNumber(h handle, arch C.uint32_t, nr C.int64_t, action C.uint32_t, n C.size_t,
	conditions *C.struct_gosandbox_cmp, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = addRule(h, n, conditions, func(p *core.Policy, when []core.Cmp) error {
		return p.AddNumber(uint32(arch), int64(nr), core.Action(action), when...)
	})
	return
}

// addRule runs add on a copy of the config's policy, which replaces it: a run may be using the old one.
func addRule(h handle, n C.size_t, conditions *C.struct_gosandbox_cmp, add func(*core.Policy, []core.Cmp) error) error {
	return change(h, func(c *core.Config) error {
		if n > 64 || conditions == nil && n > 0 {
			return invalid("%d conditions, or they are NULL", uint64(n))
		}
		var when []core.Cmp
		for _, cond := range unsafe.Slice(conditions, int(n)) {
			when = append(when, core.Cmp{Arg: uint32(cond.arg), Op: uint32(cond.op), A: uint64(cond.a), B: uint64(cond.b)})
		}
		policy, err := policyOf(c)
		if err == nil {
			policy = policy.Clone()
			err = add(policy, when)
		}
		if err == nil {
			c.Policy = policy
		}
		return err
	})
}

// policyOf is the policy of a config, or what stands for none.
func policyOf(c *core.Config) (*core.Policy, error) {
	if c.Policy != nil {
		return c.Policy, nil
	}
	return core.NewPolicy("permissive", core.ActionAllow)
}

// staticNames are the names handed out, kept for good: there are a few hundred.
var staticNames sync.Map

//export boundarySyscallName
func boundarySyscallName(arch C.uint32_t, nr C.int64_t) *C.char {
	defer quietly()
	fault.At(fault.Quiet)
	return static(core.SyscallName(uint32(arch), int64(nr)))
}

//export boundaryProfileName
func boundaryProfileName(index C.size_t) *C.char {
	defer quietly()
	fault.At(fault.Quiet)
	names := core.ProfileNames()
	if index >= C.size_t(len(names)) {
		return nil
	}
	return static(names[index])
}

// static is a name that stays, NULL for none.
func static(name string) *C.char {
	if name == "" {
		return nil
	}
	if c, ok := staticNames.Load(name); ok {
		return c.(*C.char)
	}
	made := C.CString(name)
	kept, loaded := staticNames.LoadOrStore(name, made)
	if loaded {
		C.free(unsafe.Pointer(made))
	}
	return kept.(*C.char)
}

//export boundaryFeature
func boundaryFeature(feature C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	failed := core.Supports(core.Feature(feature))
	switch {
	case failed == nil:
		code = 1
	case asError(failed).Code == core.CodeEUNSUPPORTED:
		fillError(s, asError(failed)) // the answer is 0, and the reason stands ready
	default:
		err = failed
	}
	return
}
