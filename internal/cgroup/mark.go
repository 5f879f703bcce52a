package cgroup

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"gosandbox/internal/sys"
)

// maker is the process that a group belongs to. Its number alone could be another's by now, or one of another pid namespace.
type maker struct {
	namespace uint64
	pid       int32
	start     uint64
	gone      func(pid int32, start uint64) bool
}

// self is this process.
func self() maker {
	pid := sys.Self()
	start, _ := sys.StartTime(pid)
	return maker{sys.PIDNamespace(), pid, start, gone}
}

// gone tells whether a process of this pid namespace has ended. In doubt it has not.
func gone(pid int32, start uint64) bool {
	if !sys.Exists(pid) {
		return true
	}
	now, err := sys.StartTime(pid)
	if err == nil {
		return now != start
	}
	return !sys.Exists(pid)
}

// mark begins the name of every group that is ours.
const mark = "gosandbox-"

// name is a name for a new group that no other process and no other run uses.
func (s *Site) name() string {
	return fmt.Sprintf("%s%d-%d-%d-%d", mark, s.maker.namespace, s.maker.pid, s.maker.start, made.Add(1))
}

// made counts the groups of this process, whichever site they are made at.
var made atomic.Uint64

// stale tells whether a group was made by a process that is gone.
func (m *maker) stale(name string) bool {
	rest, ours := strings.CutPrefix(name, mark)
	parts := strings.Split(rest, "-")
	if !ours || len(parts) != 4 {
		return false
	}
	var n [4]uint64
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 10, 64)
		if err != nil || strconv.FormatUint(v, 10) != part {
			return false
		}
		n[i] = v
	}
	if n[0] != m.namespace || n[0] == 0 || n[1] == 0 || n[1] > 1<<30 || n[2] == 0 {
		return false
	}
	return m.gone(int32(n[1]), n[2])
}

// sweep removes what hosts that are gone have left below a parent. What cannot be removed is left to the next one.
func (s *Site) sweep(p *parent) {
	names, err := s.tree.subdirectories(p.dir)
	if err != nil {
		return
	}
	left := int64(sweepTime)
	for _, name := range names {
		if left > 0 && s.maker.stale(name) {
			begin := sys.Monotonic()
			s.clear(p.dir+"/"+name, begin+left)
			left -= sys.Monotonic() - begin
		}
	}
}

const sweepTime = 2_000_000_000 // ns, for all stale groups of one parent
