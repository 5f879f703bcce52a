package main

// #include "boundary.h"
import "C"

import (
	"slices"

	"gosandbox/core"
)

//export boundaryAddPath
func boundaryAddPath(h handle, path *C.char, access C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		text, err := pathOf(path)
		if err != nil {
			return err
		}
		rule := core.PathRule{Path: text, Access: uint32(access)}
		if err := rule.Check(); err != nil {
			return err
		}
		c.Paths = append(slices.Clip(c.Paths), rule)
		return nil
	})
	return
}

//export boundarySetPathAction
func boundarySetPathAction(h handle, action C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		a := core.Action(action)
		if a != core.ActionKill && (a <= core.ActionErrno(0) || a > core.ActionErrno(4095)) {
			return invalid("action %#x: only KILL and ERRNO(1..4095) are possible here", uint32(a))
		}
		c.PathAction = &a
		return nil
	})
	return
}
