package tracer

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// BigFile is the size in bytes above which the mapping of a file is noted. The C library is smaller, so most programs have none.
const BigFile = 4 << 20

// maps notes that a process is about to map a big file: from then on its high-water mark says nothing about its own memory.
func (s *supervisor) maps(tid int32, t *task, args []uint64) {
	if args[3]&unix.MAP_ANONYMOUS != 0 || args[1] <= BigFile || inMemory(tid, int32(args[4])) {
		return
	}
	if p := s.processes.get(t.process); p != nil {
		p.mapped = true
	}
}

// inherit gives a new process what its memory has from its parent's.
func (s *supervisor) inherit(parent, child int32) {
	from, to := s.processes.get(parent), s.processes.get(child)
	if from != nil && to != nil {
		to.mapped = to.mapped || from.mapped
	}
}

// inMemory tells whether a descriptor of a task is a file that lies in memory, whose pages are the program's own. It may be another
// file by the time of the call; then samples have to do, or the mark counts too much.
func inMemory(tid, fd int32) bool {
	path := append(strconv.AppendInt([]byte("/proc/"), int64(tid), 10), "/fd/"...)
	var st unix.Statfs_t
	err := unix.Statfs(string(strconv.AppendInt(path, int64(fd), 10)), &st)
	return err == nil && (int64(st.Type) == unix.TMPFS_MAGIC || int64(st.Type) == unix.HUGETLBFS_MAGIC)
}
