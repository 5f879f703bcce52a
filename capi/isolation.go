package main

// #include "boundary.h"
import "C"

import (
	"math"
	"slices"

	"gosandbox/core"
)

//export boundarySetIsolation
func boundarySetIsolation(h handle, flags C.uint32_t, rootfs *C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if flags&^C.uint32_t(core.IsolateAll) != 0 {
			return invalid("unknown isolation %#x", uint32(flags))
		}
		root := ""
		if rootfs != nil {
			if root, err = pathOf(rootfs); err != nil {
				return err
			}
			if core.Isolate(flags)&core.IsolateMount == 0 {
				return invalid("a root directory needs the isolation MOUNT")
			}
		}
		c.Isolation.Flags, c.Isolation.Root = core.Isolate(flags), root
		return nil
	})
	return
}

//export boundaryAddIdMap
func boundaryAddIdMap(h handle, kind, inside, outside, count C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		m := core.IDMap{Inside: uint32(inside), Outside: uint32(outside), Count: uint32(count)}
		if m.Count == 0 || m.Inside > math.MaxUint32-m.Count || m.Outside > math.MaxUint32-m.Count {
			return invalid("a map of %d ids from %d to %d", m.Count, m.Inside, m.Outside)
		}
		list := &c.Isolation.UIDs
		switch kind {
		case core.MapUID:
		case core.MapGID:
			list = &c.Isolation.GIDs
		default:
			return invalid("unknown kind of ids %d", uint32(kind))
		}
		if len(*list) >= core.MaxIDMaps {
			return invalid("more than %d maps of ids", core.MaxIDMaps)
		}
		*list = append(slices.Clip(*list), m)
		return nil
	})
	return
}

//export boundarySetHostname
func boundarySetHostname(h handle, name *C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if name == nil || *name == 0 {
			return invalid("the hostname is NULL or empty")
		}
		text := C.GoString(name)
		if len(text) > 64 {
			return invalid("a hostname of %d bytes; 64 are possible", len(text))
		}
		c.Isolation.Hostname = text
		return nil
	})
	return
}

//export boundarySetLoopback
func boundarySetLoopback(h handle, up C.int, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if up != 0 && up != 1 {
			return invalid("loopback %d is neither 0 nor 1", int(up))
		}
		c.Isolation.Loopback = up == 1
		return nil
	})
	return
}

//export boundarySetWalls
func boundarySetWalls(h handle, walls C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if err := core.Wall(walls).Check(); err != nil {
			return err
		}
		c.Walls = core.Wall(walls)
		return nil
	})
	return
}

//export boundaryOpenPort
func boundaryOpenPort(h handle, port, walls C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if port > math.MaxUint16 || len(c.Ports) >= core.MaxPorts {
			return invalid("port %d: they are up to %d, and %d can be open", uint32(port), math.MaxUint16, core.MaxPorts)
		}
		open := core.Port{Number: uint16(port), Walls: core.Wall(walls)}
		if err := open.Check(); err != nil {
			return err
		}
		c.Ports = append(slices.Clip(c.Ports), open)
		return nil
	})
	return
}

//export boundaryRequire
func boundaryRequire(h handle, feature C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		f := core.Feature(feature)
		if !f.Known() {
			return invalid("unknown feature %d", uint32(feature))
		}
		c.Require = append(slices.Clip(c.Require), f)
		return nil
	})
	return
}
