package main

// #include "boundary.h"
import "C"

import (
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/core"
	"gosandbox/internal/sys"
	"gosandbox/tracee"
)

// place sets one descriptor of the program; what was said about it before is dropped.
func place(h handle, child C.int, make func() (core.File, error)) error {
	return change(h, func(c *core.Config) error {
		if child < 0 || child > tracee.MaxDescriptor {
			return invalid("descriptor %d of the program is out of range 0..%d", int(child), tracee.MaxDescriptor)
		}
		file, err := make()
		if err != nil {
			return err
		}
		kept := slices.DeleteFunc(slices.Clone(c.Files), func(f core.File) bool { return f.Child == int(child) })
		c.Files = append(kept, file)
		return nil
	})
}

// copied takes bytes of the host's.
func copied(bytes unsafe.Pointer, n uint64) (own []byte, err error) {
	if !sys.Allocate(n, func() { own = slices.Clone(unsafe.Slice((*byte)(bytes), int(n))) }) {
		return nil, withoutRoom(n)
	}
	allocated(int(n))
	return own, nil
}

func withoutRoom(n uint64) error {
	return &core.Error{Code: core.CodeENOMEM, Errno: unix.ENOMEM, Index: -1,
		Message: fmt.Sprintf("the host has no room left for %d bytes", n)}
}

//export boundarySetStdinBytes
func boundarySetStdinBytes(h handle, bytes unsafe.Pointer, n C.size_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = place(h, 0, func() (core.File, error) {
		if bytes == nil && n > 0 || n > core.MaxCapture {
			return core.File{}, invalid("bytes is NULL, or %d of them are too many", uint64(n))
		}
		own, err := copied(bytes, uint64(n))
		return core.Bytes(0, own), err
	})
	return
}

//export boundarySetFd
func boundarySetFd(h handle, child, fd C.int, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = place(h, child, func() (core.File, error) {
		if fd < 0 {
			return core.File{}, invalid("host descriptor %d is negative", int(fd))
		}
		return core.HostFD(int(child), int(fd)), nil
	})
	return
}

//export boundaryOpenFd
func boundaryOpenFd(h handle, child C.int, path *C.char, flags C.int, mode C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = place(h, child, func() (core.File, error) {
		text, err := pathOf(path)
		if err != nil {
			return core.File{}, err
		}
		if mode > 0o7777 {
			return core.File{}, invalid("mode %#o is above 07777", uint32(mode))
		}
		return core.FromPath(int(child), text, int(flags), uint32(mode)), nil
	})
	return
}

//export boundaryDupFd
func boundaryDupFd(h handle, child, other C.int, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = place(h, child, func() (core.File, error) {
		if other == child || other < 0 || other > tracee.MaxDescriptor {
			return core.File{}, invalid("descriptor %d cannot be the same as %d", int(child), int(other))
		}
		return core.SameAs(int(child), int(other)), nil
	})
	return
}

//export boundaryCapture
func boundaryCapture(h handle, child C.int, max C.uint64_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = place(h, child, func() (core.File, error) {
		if max > core.MaxCapture {
			return core.File{}, invalid("a capture of %d bytes is above %d", uint64(max), uint64(core.MaxCapture))
		}
		return core.Capture(int(child), uint64(max)), nil
	})
	return
}
