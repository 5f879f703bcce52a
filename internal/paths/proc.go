package paths

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// inProc tells whether a descriptor is on a procfs.
func (w *walker) inProc(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && w.isProc(st.Dev, fd)
}

func (w *walker) isProc(dev uint64, fd int) bool {
	is, known := w.procs[dev]
	if !known {
		var fs unix.Statfs_t
		is = unix.Fstatfs(fd, &fs) == nil && fs.Type == unix.PROC_SUPER_MAGIC
		if w.procs == nil {
			w.procs = map[uint64]bool{}
		}
		w.procs[dev] = is
	}
	return is
}

const procRootInode = 1

// procLink follows a link of procfs in the directory at as the task would: either to a text, or to the thing itself. With
// neither it is a link like any other.
func (w *walker) procLink(at int, name string) (text string, fd int, errno unix.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(at, &st); err != nil {
		return "", -1, errnoOf(err)
	}
	if st.Ino == procRootInode && (name == "self" || name == "thread-self") {
		pid, tid, ok := w.numbers(st.Dev)
		if !ok {
			return "", -1, unix.ENOENT
		}
		if name == "self" {
			return pid, -1, 0
		}
		return pid + "/task/" + tid, -1, 0
	}
	// Only links that mean an open file or a directory stop this; it follows all others.
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_MAGICLINKS}
	if fd, errno := openat2(at, name, &how); errno != unix.ELOOP {
		if errno == 0 {
			unix.Close(fd)
		}
		return "", -1, 0
	}
	owner, _, err := ownerOf(at)
	if err != nil || !w.mine(st.Dev, owner) {
		return "", -1, unix.EACCES
	}
	fd, err = unix.Openat(at, name, unix.O_PATH|unix.O_CLOEXEC, 0)
	return "", fd, errnoOf(err)
}

// numbers are the process and thread number of the task as a procfs shows them.
func (w *walker) numbers(dev uint64) (pid, tid string, ok bool) {
	if w.task.tid == 0 {
		return "", "", false
	}
	var own unix.Stat_t
	if unix.Stat("/proc", &own) == nil && own.Dev == dev {
		return strconv.Itoa(int(w.task.pid)), strconv.Itoa(int(w.task.tid)), true
	}
	ids, err := sys.InnerNumbers(w.task.tid)
	return strconv.Itoa(int(ids[0])), strconv.Itoa(int(ids[1])), err == nil
}

// mine tells whether a number in a procfs is a process of the run.
func (w *walker) mine(dev uint64, owner string) bool {
	if owner == "" || w.task.tid == 0 {
		return false
	}
	pid, tid, ok := w.numbers(dev)
	if ok && (owner == pid || owner == tid) {
		return true
	}
	var own unix.Stat_t
	if n, err := strconv.Atoi(owner); err == nil && n > 0 && unix.Stat("/proc", &own) == nil && own.Dev == dev {
		return sys.SameProcess(w.task.pid, int32(n)) || w.task.member != nil && w.task.member(int32(n))
	}
	return false
}

// ownerOf is the process number in the name of something on a procfs, "" when there is none, and what follows it.
func ownerOf(fd int) (owner, rest string, err error) {
	var buffer [unix.PathMax]byte
	name, err := sys.DescriptorName(fd, buffer[:])
	if err != nil {
		return "", "", err
	}
	owner, rest = splitOwner(string(name))
	return owner, rest, nil
}

func splitOwner(name string) (owner, rest string) {
	anchored := false
	if i := strings.LastIndex(name, "/proc/"); i >= 0 {
		name, anchored = name[i+len("/proc/")-1:], true
	}
	for name != "" {
		name = name[1:]
		i := strings.IndexByte(name, '/')
		if i < 0 {
			i = len(name)
		}
		if part := name[:i]; part != "" && strings.Trim(part, "0123456789") == "" {
			return part, name[i:]
		}
		if anchored {
			break
		}
		name = name[i:]
	}
	return "", ""
}
