package main

// #include "boundary.h"
import "C"

import (
	"unsafe"

	"gosandbox/core"
)

// ofGroup is what a result tells of its group; nil for a run without one.
func ofGroup(h handle, out unsafe.Pointer) (*core.Membership, error) {
	o, err := resultInto(h, out)
	if err != nil {
		return nil, err
	}
	return o.core.Membership, nil
}

//export boundaryResultMember
func boundaryResultMember(h handle, out *C.struct_gosandbox_member, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	m, err := ofGroup(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	full := C.struct_gosandbox_member{size: out.size, waiting_pipe: -1, first_out: -1}
	if m != nil {
		g := m.Group
		full.index, full.members, full.pipes = C.uint32_t(m.Index), C.uint32_t(g.Members), C.uint32_t(len(g.Pipes))
		full.waiting, full.waiting_pipe = C.uint32_t(m.Waiting), C.int32_t(m.WaitingPipe)
		full.first_out, full.pieces, full.dropped = C.int32_t(g.FirstOut), C.uint64_t(len(g.Dialogue)), C.uint64_t(g.Dropped)
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	return
}

//export boundaryResultHangup
func boundaryResultHangup(h handle, pipe C.size_t, out *C.struct_gosandbox_hangup, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	m, err := ofGroup(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	if m == nil || uint64(pipe) >= uint64(len(m.Group.Pipes)) {
		err = invalid("there is no pipe %d", uint64(pipe))
		return
	}
	p := &m.Group.Pipes[pipe]
	full := C.struct_gosandbox_hangup{
		size: out.size, first: C.uint32_t(p.First()), writer_order: C.uint32_t(p.WriterOrder), reader_order: C.uint32_t(p.ReaderOrder),
		writer_at: C.uint64_t(p.WriterAt), reader_at: C.uint64_t(p.ReaderAt), bytes: C.uint64_t(p.Bytes),
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	return
}

//export boundaryResultPiece
func boundaryResultPiece(h handle, i C.size_t, out *C.struct_gosandbox_piece, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	m, err := ofGroup(h, unsafe.Pointer(out))
	if err != nil || m == nil || uint64(i) >= uint64(len(m.Group.Dialogue)) {
		return
	}
	p := &m.Group.Dialogue[i]
	full := C.struct_gosandbox_piece{size: out.size, pipe: C.uint32_t(p.Pipe), at: C.uint64_t(p.At), n: C.uint64_t(len(p.Bytes))}
	if len(p.Bytes) > 0 {
		full.bytes = unsafe.Pointer(unsafe.SliceData(p.Bytes)) // pinned by the result
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	code = 1
	return
}
