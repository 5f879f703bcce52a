package main

// #include "boundary.h"
import "C"

import (
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/core"
)

// put adds a file for the program.
func put(h handle, path *C.char, mode C.uint32_t, make func(target string) (core.Put, error)) error {
	return change(h, func(c *core.Config) error {
		target, err := pathOf(path)
		if err != nil {
			return err
		}
		if mode > 0o777 {
			return invalid("the file %q: mode %#o is above 0777", target, uint32(mode))
		}
		file, err := make(target)
		if err == nil {
			err = file.Check()
		}
		if err != nil {
			return err
		}
		if len(c.Puts) >= core.MaxPuts {
			return invalid("more than %d files for the program", core.MaxPuts)
		}
		c.Puts = append(slices.Clip(c.Puts), file)
		return nil
	})
}

//export boundaryPutBytes
func boundaryPutBytes(h handle, path *C.char, bytes unsafe.Pointer, n C.size_t, mode C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = put(h, path, mode, func(target string) (core.Put, error) {
		if bytes == nil && n > 0 || n > core.MaxCapture {
			return core.Put{}, invalid("the file %q: bytes is NULL, or %d of them are too many", target, uint64(n))
		}
		own, err := copied(bytes, uint64(n))
		return core.PutBytes(target, own, uint32(mode)), err
	})
	return
}

//export boundaryPutFile
func boundaryPutFile(h handle, path, source *C.char, mode C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = put(h, path, mode, func(target string) (core.Put, error) {
		from, err := pathOf(source)
		return core.PutFile(target, from, uint32(mode)), err
	})
	return
}

//export boundaryPutFd
func boundaryPutFd(h handle, path *C.char, fd C.int, mode C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = put(h, path, mode, func(target string) (core.Put, error) {
		return core.PutFD(target, int(fd), uint32(mode)), nil
	})
	return
}

//export boundarySetWorkspace
func boundarySetWorkspace(h handle, base *C.char, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		text := ""
		if base != nil {
			text = C.GoString(base)
		}
		if len(text) >= unix.PathMax-64 {
			return invalid("a path of %d bytes is longer than the kernel takes", len(text))
		}
		c.Workspace = &text
		return nil
	})
	return
}

//export boundaryCollect
func boundaryCollect(h handle, what *C.struct_gosandbox_collect, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if what == nil || uintptr(what.size) < unsafe.Sizeof(*what) || what.pattern == nil {
			return invalid("what or its pattern is NULL, or its size is not set to sizeof")
		}
		const longest = 1 << 63
		if what.has_into_fd > 1 || what.reserved != 0 || what.max_time >= longest || what.max_files > 1<<30 || what.max_entries > 1<<30 || what.max_depth > 1<<30 {
			return invalid("has_into_fd, reserved or a bound is out of range")
		}
		of := core.Collect{
			Pattern: C.GoString(what.pattern), Flags: uint32(what.flags), MaxBytes: uint64(what.max_bytes), MaxTotal: uint64(what.max_total),
			MaxTime: time.Duration(what.max_time), MaxFiles: int(what.max_files), MaxEntries: int(what.max_entries), MaxDepth: int(what.max_depth),
		}
		if what.dir != nil {
			of.Dir = C.GoString(what.dir)
		}
		if what.into != nil {
			of.Into = C.GoString(what.into)
		}
		if what.has_into_fd == 1 {
			fd := int(what.into_fd)
			of.IntoFD = &fd
		}
		if err := of.Check(); err != nil {
			return err
		}
		if len(c.Collects) >= core.MaxCollects {
			return invalid("more than %d collections", core.MaxCollects)
		}
		c.Collects = append(slices.Clip(c.Collects), of)
		return nil
	})
	return
}

// pinFiles makes the names and contents of files ones that C may point to.
func (o *result) pinFiles() {
	for i := range o.core.Files {
		f := &o.core.Files[i]
		name := append([]byte(f.Name), 0)
		allocated(len(name) + cap(f.Bytes))
		o.names = append(o.names, name)
		o.outputs.Pin(unsafe.SliceData(name))
		if f.Bytes != nil {
			o.outputs.Pin(unsafe.SliceData(f.Bytes))
		}
	}
}

//export boundaryResultFile
func boundaryResultFile(h handle, i C.size_t, out *C.struct_gosandbox_file, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	o, err := resultInto(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	if uint64(i) >= uint64(len(o.core.Files)) {
		return
	}
	f := &o.core.Files[i]
	full := C.struct_gosandbox_file{
		size: out.size, status: C.uint32_t(f.Status), collection: C.int32_t(f.Collect), sys_errno: C.int32_t(f.Errno),
		name: (*C.char)(unsafe.Pointer(unsafe.SliceData(o.names[i]))), bytes: C.uint64_t(f.Size), mtime: C.int64_t(f.MTime), mode: C.uint32_t(f.Mode),
	}
	if f.Bytes != nil {
		full.content = unsafe.Pointer(unsafe.SliceData(f.Bytes)) // pinned by the result
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	code = 1
	return
}
