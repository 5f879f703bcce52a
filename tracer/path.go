package tracer

import (
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// pathArguments tells which argument of a call is a path; of those with two, the first.
var pathArguments = func() map[int64]int {
	byName := map[int]string{
		0: "open creat stat lstat access execve chdir mkdir rmdir unlink rename link symlink readlink chmod chown lchown " +
			"truncate statfs mknod mount umount2 chroot pivot_root swapon swapoff acct utime utimes setxattr getxattr " +
			"listxattr removexattr uselib",
		1: "openat openat2 newfstatat statx faccessat faccessat2 execveat mkdirat unlinkat renameat renameat2 linkat " +
			"readlinkat fchmodat fchmodat2 fchownat mknodat utimensat futimesat name_to_handle_at inotify_add_watch",
		2: "symlinkat",
	}
	table := map[int64]int{}
	for argument, names := range byName {
		for name := range strings.FieldsSeq(names) {
			if nr, ok := seccomp.Number(seccomp.Native(), name); ok {
				table[int64(nr)] = argument
			}
		}
	}
	return table
}()

// patience is how long the path of a violation is waited for, in ns.
const patience = 10_000_000

// pathOf reads the path argument of a call of the machine's own architecture, for a report: it can change under us. The page it
// lies in may never arrive (userfaultfd, FUSE), so a thread apart does the reading; the death of the program ends that.
func pathOf(v Violation) string {
	argument, ok := pathArguments[v.Nr]
	if !ok || v.Arch != uint32(seccomp.Native()) {
		return ""
	}
	var read struct {
		path string
		done uint32
	}
	err := sys.StartThread(func() {
		var buffer [unix.PathMax]byte
		read.path = string(sys.ReadString(v.TID, v.Args[argument], buffer[:]))
		atomic.StoreUint32(&read.done, 1)
		sys.FutexWake(&read.done, 1)
	})
	if err != nil {
		return ""
	}
	for deadline := sys.Monotonic() + patience; atomic.LoadUint32(&read.done) == 0; {
		if sys.Monotonic() >= deadline {
			return ""
		}
		sys.FutexWait(&read.done, 0, deadline)
	}
	return read.path
}
