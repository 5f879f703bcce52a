package main

// #include "boundary.h"
import "C"

import (
	"math"
	"slices"
	"strings"
	"time"
	"unsafe"

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
		changeCgroup(c, func(g *core.Cgroup) { g.Parent = path })
		return nil
	})
	return
}

// changeCgroup changes a copy: snapshots share what they point to.
func changeCgroup(c *core.Config, set func(g *core.Cgroup)) {
	var changed core.Cgroup
	if c.Cgroup != nil {
		changed = *c.Cgroup
	}
	set(&changed)
	c.Cgroup = &changed
}

//export boundarySetCgroupBandwidth
func boundarySetCgroupBandwidth(h handle, quota, period C.uint64_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if quota > math.MaxInt64 || period > math.MaxInt64 {
			return invalid("a bandwidth of %d ns in %d ns is out of range", uint64(quota), uint64(period))
		}
		changed := core.Cgroup{Quota: time.Duration(quota), Period: time.Duration(period)}
		if err := changed.Check(); err != nil || quota == 0 {
			return invalid("a bandwidth of %d ns in %d ns: quota is 1 ms or more, period 1 ms to 1 s", uint64(quota), uint64(period))
		}
		changeCgroup(c, func(g *core.Cgroup) { g.Quota, g.Period = changed.Quota, changed.Period })
		return nil
	})
	return
}

//export boundarySetCgroupCPUs
func boundarySetCgroupCPUs(h handle, n C.size_t, cpus *C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if n == 0 || n > 4096 || cpus == nil {
			return invalid("1 to 4096 processors are needed")
		}
		list := make([]int, n)
		for i, cpu := range unsafe.Slice(cpus, int(n)) {
			list[i] = int(cpu)
		}
		changed := core.Cgroup{CPUs: list}
		if err := changed.Check(); err != nil {
			return err
		}
		changeCgroup(c, func(g *core.Cgroup) { g.CPUs = list })
		return nil
	})
	return
}
