package main

// #include "boundary.h"
import "C"

import (
	"math"
	"time"
	"unsafe"

	"gosandbox/core"
	"gosandbox/internal/fault"
)

// groupOf copies what the caller has said of a group, and gives what it is to ask after signals.
func groupOf(from *C.struct_boundary_group) (*core.Group, interrupt, error) {
	var asked interrupt
	n := int(min(from.n, math.MaxInt32))
	if n == 0 || n > core.MaxMembers {
		return nil, asked, invalid("a group of %d members; 1 to %d are possible", n, core.MaxMembers)
	}
	if from.configs == nil {
		return nil, asked, invalid("configs is NULL")
	}
	g := &core.Group{}
	if err := groupHow(g, from.how); err != nil {
		return nil, asked, err
	}
	for _, p := range unsafe.Slice((*handle)(unsafe.Pointer(from.configs)), n) {
		c, err := find[*config](p)
		if err != nil {
			return nil, asked, err
		}
		snapshot, own := c.interruptible()
		if asked.ask == nil {
			asked = own
		}
		g.Members = append(g.Members, snapshot)
	}
	return g, asked, groupPipes(g, from)
}

func groupHow(g *core.Group, how *C.struct_gosandbox_group) error {
	if how == nil {
		return nil
	}
	var all C.struct_gosandbox_group
	if how.size < 8 {
		return invalid("the size of the group is not set")
	}
	copyStruct(unsafe.Pointer(&all), unsafe.Pointer(how), uintptr(how.size), unsafe.Sizeof(all))
	switch {
	case all.flags&^core.GroupPatient != 0:
		return invalid("unknown flags %#x of a group", uint32(all.flags))
	case all.wall > math.MaxInt64 || all.grace > math.MaxInt64:
		return invalid("a time of a group is out of range; a negative number was converted?")
	}
	g.Patient = all.flags&core.GroupPatient != 0
	g.Ending, g.Member = core.Ending(all.ending), int(min(all.member, math.MaxInt32))
	g.Wall, g.Grace = time.Duration(all.wall), time.Duration(all.grace)
	g.Transcript = uint64(all.transcript)
	return nil
}

func groupPipes(g *core.Group, from *C.struct_boundary_group) error {
	if from.npipes == 0 {
		return nil
	}
	if from.pipes == nil || from.npipes > core.PipeMost {
		return invalid("pipes is NULL, or %d of them are too many", uint64(from.npipes))
	}
	stride := uintptr(from.pipes.size)
	if stride < unsafe.Sizeof(*from.pipes) || stride > 4096 {
		return invalid("the size of the first pipe is not set to sizeof")
	}
	for i := range uintptr(from.npipes) {
		p := (*C.struct_gosandbox_pipe)(unsafe.Add(unsafe.Pointer(from.pipes), i*stride))
		switch {
		case uintptr(p.size) != stride:
			return invalid("pipe %d: its size is not that of the first one", i)
		case p.flags&^core.PipeUnrecorded != 0:
			return invalid("pipe %d: unknown flags %#x", i, uint32(p.flags))
		}
		g.Pipes = append(g.Pipes, core.Pipe{
			From: index(p.from), FromFD: int(p.from_fd), To: index(p.to), ToFD: int(p.to_fd),
			Capacity: int(min(p.capacity, math.MaxInt32)), Unrecorded: p.flags&core.PipeUnrecorded != 0,
		})
	}
	return nil
}

func index(i C.uint32_t) int { return int(min(i, math.MaxInt32)) }

//export boundaryGroupBegin
func boundaryGroupBegin(from *C.struct_boundary_group, wait *C.struct_boundary_wait, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	g, asked, err := groupOf(from)
	if err != nil {
		return
	}
	b, err := core.BeginGroup(g)
	if err != nil {
		return
	}
	defer func() { // a group that has begun is not left alone
		if p := recover(); p != nil {
			b.Collapse(p)
			_, err = b.Results()
		}
	}()
	fault.At(fault.Begun)
	begin(wait, &waiter{group: b}, asked)
	return
}

//export boundaryGroupEnd
func boundaryGroupEnd(wait *C.struct_boundary_wait, out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	w := end(wait)
	var all []*core.Result
	switch t, ok := w.task.(*core.GroupTask); {
	case w.failed != nil:
		err = w.failed
	case ok:
		var done bool
		if all, err, done = t.Wait(0); !done {
			err = stillRunning()
		}
	default:
		all, err = w.group.Results()
	}
	if len(all) > 0 {
		room := unsafe.Slice(out, len(all))
		for i, r := range all {
			room[i] = newResult(r)
		}
	}
	return
}

//export boundaryStartGroup
func boundaryStartGroup(from *C.struct_boundary_group, out *C.uintptr_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	if out == nil {
		err = invalid("out is NULL")
		return
	}
	g, _, err := groupOf(from)
	if err != nil {
		return
	}
	for _, c := range g.Members {
		c.Interruptible = false
	}
	t, err := core.StartGroup(g)
	if err == nil {
		*out = newHandle(&task{core: t})
	}
	return
}

// group is the task of a group.
func (t *task) group() (*core.GroupTask, error) {
	if all, ok := t.core.(*core.GroupTask); ok {
		return all, nil
	}
	return nil, &core.Error{Code: core.CodeEBADF, Index: -1, Message: "the task is that of a single run"}
}

//export boundaryTaskWaitGroupBegin
func boundaryTaskWaitGroupBegin(h handle, timeout C.int64_t, n C.size_t, wait *C.struct_boundary_wait, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	t, err := find[*task](h)
	if err != nil {
		return
	}
	g, err := t.group()
	switch {
	case err != nil:
	case uint64(n) != uint64(g.Members()):
		err = invalid("room for %d results, but the group has %d members", uint64(n), g.Members())
	default:
		t.await(timeout, wait)
	}
	return
}

//export boundaryTaskMemberPid
func boundaryTaskMemberPid(h handle, member C.uint32_t, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	t, err := find[*task](h)
	if err != nil {
		return
	}
	g, err := t.group()
	switch {
	case err != nil:
	case int(member) >= g.Members():
		err = invalid("there is no member %d", uint32(member))
	default:
		code = C.int(g.PID(int(member)))
	}
	return
}
