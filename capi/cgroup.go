package main

// #include "boundary.h"
import "C"

import (
	"slices"
	"strings"

	"gosandbox/core"
)

//export boundarySetCgroup
func boundarySetCgroup(h handle, parent *C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		path := ""
		if parent != nil {
			path = C.GoString(parent)
		}
		if slices.Contains(strings.Split(path, "/"), "..") {
			return invalid("the parent group %q has .. in it", path)
		}
		c.Cgroup = &core.Cgroup{Parent: path}
		return nil
	})
	return
}
