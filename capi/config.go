package main

// #include <string.h>
// #include "boundary.h"
import "C"

import (
	"math"
	"slices"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/core"
	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// config is the object behind a handle. Setters replace slices and never write into them, so a shallow copy is a snapshot.
type config struct {
	mu        sync.Mutex
	core      core.Config
	callback  C.gosandbox_syscall_cb // what core.Callback calls
	payload   unsafe.Pointer
	interrupt interrupt // of Run alone
}

// most bounds the lengths of lists that come from C: no kernel takes more.
const most = 1 << 20

func (c *config) snapshot() *core.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	copied := c.core
	copied.Interruptible = false
	return &copied
}

// change runs a setter on the config behind a handle.
func change(h handle, set func(c *core.Config) error) error {
	c, err := find[*config](h)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return set(&c.core)
}

//export boundaryConfigNew
func boundaryConfigNew(out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	*out = newHandle(&config{})
	return
}

//export boundaryConfigFree
func boundaryConfigFree(h handle) {
	defer quietly()
	fault.At(fault.Quiet)
	forget[*config](h)
}

//export boundarySetArgv
func boundarySetArgv(h handle, n C.size_t, argv **C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		list, err := texts("argv", argv, n)
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0] == "" {
			return invalid("argv is empty, or its first string is")
		}
		c.Args = list
		return nil
	})
	return
}

//export boundarySetEnv
func boundarySetEnv(h handle, n C.size_t, env **C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		list, err := texts("env", env, n)
		if err != nil {
			return err
		}
		for _, e := range list {
			if slices.Index([]byte(e), '=') < 1 {
				return invalid("environment entry %q is not NAME=value", e)
			}
		}
		c.Env = list
		return nil
	})
	return
}

// texts copies a list of C strings.
func texts(what string, list **C.char, n C.size_t) ([]string, error) {
	if n > most {
		return nil, invalid("%s has %d entries, more than any kernel takes", what, uint64(n))
	}
	if list == nil && n > 0 {
		return nil, invalid("%s is NULL", what)
	}
	var bytes uint64
	given := unsafe.Slice(list, int(n))
	for i, p := range given {
		if p == nil {
			return nil, invalid("%s[%d] is NULL", what, i)
		}
		bytes += uint64(C.strlen(p)) + uint64(unsafe.Sizeof(""))
	}
	var own []string
	if !sys.Allocate(bytes, func() {
		own = make([]string, n)
		for i, p := range given {
			own[i] = C.GoString(p)
		}
	}) {
		return nil, withoutRoom(bytes)
	}
	allocated(int(bytes))
	return own, nil
}

//export boundarySetCwd
func boundarySetCwd(h handle, path *C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		text, err := pathOf(path)
		if err == nil {
			c.Dir = text
		}
		return err
	})
	return
}

func pathOf(path *C.char) (string, error) {
	if path == nil || *path == 0 {
		return "", invalid("the path is NULL or empty")
	}
	text := C.GoString(path)
	if len(text) >= unix.PathMax {
		return "", invalid("a path of %d bytes is longer than the kernel takes", len(text))
	}
	return text, nil
}

//export boundarySetExecFd
func boundarySetExecFd(h handle, fd C.int, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if fd < 0 {
			return invalid("descriptor %d is negative", fd)
		}
		number := int(fd)
		c.ExecFD = &number
		return nil
	})
	return
}

//export boundarySetLimit
func boundarySetLimit(h handle, limit C.uint32_t, value C.uint64_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		which, n := core.Limit(limit), uint64(value)
		if which >= core.LimitCount {
			return invalid("unknown limit %d", uint32(limit))
		}
		if n > math.MaxInt64 {
			return invalid("limit %v: %d is out of range; a negative number was converted?", which, n)
		}
		if n == 0 && which != core.LimitOutput && which != core.LimitMemoryGrace {
			return invalid("limit %v: 0 would let nothing run", which)
		}
		l := &c.Limits
		switch which {
		case core.LimitCPU:
			l.CPU = time.Duration(n)
		case core.LimitWall:
			l.Wall = time.Duration(n)
		case core.LimitMemory:
			l.Memory = n
		case core.LimitStack:
			l.Stack = n
		case core.LimitOutput:
			l.Output = &n
		case core.LimitProcesses:
			l.Processes = int(n)
		case core.LimitOpenFiles:
			l.OpenFiles = n
		case core.LimitMemoryGrace:
			l.MemoryGrace = &n
		case core.LimitAddressSpace:
			l.AddressSpace = n
		}
		return nil
	})
	return
}

//export boundarySetProcessAction
func boundarySetProcessAction(h handle, action C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		a := core.Action(action)
		switch {
		case a == core.ActionKill:
			c.Limits.ForkErrno = 0
		case a > core.ActionErrno(0) && a <= core.ActionErrno(4095):
			c.Limits.ForkErrno = unix.Errno(a - core.ActionErrno(0))
		default:
			return invalid("action %#x: only KILL and ERRNO(1..4095) are possible here", uint32(a))
		}
		return nil
	})
	return
}

//export boundarySetRlimit
func boundarySetRlimit(h handle, resource C.int, soft, hard C.uint64_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if resource < 0 || resource > unix.RLIMIT_RTTIME {
			return invalid("unknown resource %d", resource)
		}
		if soft > hard {
			return invalid("the soft limit %d is above the hard limit %d", uint64(soft), uint64(hard))
		}
		kept := slices.DeleteFunc(slices.Clone(c.Rlimits), func(r core.Rlimit) bool { return r.Resource == int(resource) })
		c.Rlimits = append(kept, core.Rlimit{Resource: int(resource), Soft: uint64(soft), Hard: uint64(hard)})
		return nil
	})
	return
}

//export boundarySetIds
func boundarySetIds(h handle, uid, gid C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if uid == math.MaxUint32 || gid == math.MaxUint32 {
			return invalid("-1 is not a user or group id")
		}
		c.IDs = &core.IDs{UID: uint32(uid), GID: uint32(gid)}
		return nil
	})
	return
}

//export boundarySetUmask
func boundarySetUmask(h handle, mask C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if mask > 0o777 {
			return invalid("umask %#o is above 0777", uint32(mask))
		}
		bits := uint32(mask)
		c.Umask = &bits
		return nil
	})
	return
}

//export boundarySetAffinity
func boundarySetAffinity(h handle, n C.size_t, cpus *C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if n == 0 || n > 4096 || cpus == nil {
			return invalid("a set of %d CPUs; 1 to 4096 are possible", uint64(n))
		}
		list := make([]int, 0, n)
		for _, cpu := range unsafe.Slice(cpus, int(n)) {
			if cpu >= 4096 {
				return invalid("CPU %d is out of range", uint32(cpu))
			}
			list = append(list, int(cpu))
		}
		c.CPUs = list
		return nil
	})
	return
}

//export boundarySetNice
func boundarySetNice(h handle, nice C.int, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if nice < -20 || nice > 19 {
			return invalid("nice value %d is out of range -20..19", int(nice))
		}
		value := int(nice)
		c.Nice = &value
		return nil
	})
	return
}
