package main

// #include "boundary.h"
import "C"

import (
	"slices"
	"unsafe"

	"gosandbox/core"
)

//export boundaryAddMount
func boundaryAddMount(h handle, mount *C.struct_gosandbox_mount, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if mount == nil || uintptr(mount.size) < unsafe.Sizeof(*mount) {
			return invalid("mount is NULL, or its size is not set to sizeof")
		}
		if mount.target == nil {
			return invalid("the target of a mount is NULL")
		}
		m := core.Mount{
			Kind: uint32(mount.kind), Flags: uint32(mount.flags), Mode: uint32(mount.mode), Target: C.GoString(mount.target),
			MaxBytes: uint64(mount.max_bytes), MaxFiles: uint64(mount.max_files),
		}
		if mount.source != nil {
			m.Source = C.GoString(mount.source)
		}
		if n := uint64(mount.n); n > 0 {
			if mount.bytes == nil || n > core.MaxCapture {
				return invalid("the mount at %s: bytes is NULL, or %d of them are too many", m.Target, n)
			}
			if m.Bytes, err = copied(mount.bytes, n); err != nil {
				return err
			}
		}
		if err := m.Check(); err != nil {
			return err
		}
		if len(c.Isolation.Mounts) >= core.MaxMounts {
			return invalid("more than %d mounts", core.MaxMounts)
		}
		c.Isolation.Mounts = append(slices.Clip(c.Isolation.Mounts), m)
		return nil
	})
	return
}

//export boundaryUseJudgeRoot
func boundaryUseJudgeRoot(h handle, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		c.Isolation.Root, c.Isolation.Mounts = "", core.JudgeRoot()
		if c.Isolation.Flags == 0 {
			c.Isolation.Flags = core.IsolateAll
		}
		return nil
	})
	return
}
