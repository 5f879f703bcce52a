package tracer

import (
	"strings"

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

// pathOf reads the path argument of a call of the machine's own architecture, for a report: it can change under us.
func pathOf(v *Violation) string {
	argument, ok := pathArguments[v.Nr]
	if !ok || v.Arch != uint32(seccomp.Native()) {
		return ""
	}
	var buffer [unix.PathMax]byte
	return string(sys.ReadString(v.TID, v.Args[argument], buffer[:]))
}
