package paths

import "golang.org/x/sys/unix"

const (
	atNofollow = unix.AT_SYMLINK_NOFOLLOW
	atEmpty    = unix.AT_EMPTY_PATH
	atStat     = atNofollow | atEmpty | unix.AT_NO_AUTOMOUNT | 0x6000 // AT_STATX_SYNC_TYPE
)

// table says of each call that takes a path where its arguments are, whether a link at the end is followed, which flags it
// knows, what access it needs and how it is carried out. Calls that are refused stand in refusals.
var table = []row{
	// name, dirfd, path, flags, follow, known flags, access
	{"open", -1, 0, 1, true, 0, 0, nil, doOpen},
	{"creat", -1, 0, -1, true, 0, 0, nil, doOpen},
	{"openat", 0, 1, 2, true, 0, 0, nil, doOpen},
	{"openat2", 0, 1, -1, true, 0, 0, nil, doOpen},

	{"stat", -1, 0, -1, true, 0, Stat, onStat, nil},
	{"lstat", -1, 0, -1, false, 0, Stat, onStat, nil},
	{"newfstatat", 0, 1, 3, true, atStat, Stat, onStat, nil},
	{"statx", 0, 1, 2, true, atStat, Stat, onStatx, nil},
	{"fstat", 0, -1, -1, true, 0, Stat, onStat, nil},
	{"fstatfs", 0, -1, -1, true, 0, Stat, onStatfs, nil},
	{"statfs", -1, 0, -1, true, 0, Stat, onStatfs, nil},
	{"access", -1, 0, -1, true, 0, Stat, onAccess, nil},
	{"faccessat", 0, 1, -1, true, 0, Stat, onAccess, nil},
	{"faccessat2", 0, 1, 3, true, atNofollow | atEmpty | unix.AT_EACCESS, Stat, onAccess, nil},
	{"readlink", -1, 0, -1, false, 0, Stat, onReadlink, nil},
	{"readlinkat", 0, 1, -1, false, 0, Stat, nil, doReadlinkat},
	{"chdir", -1, 0, -1, true, 0, Stat, onContinue, nil},
	{"fchdir", 0, -1, -1, true, 0, Stat, nil, doChangeDirectory},

	{"mkdir", -1, 0, -1, false, 0, Write, nil, doMake},
	{"mkdirat", 0, 1, -1, false, 0, Write, nil, doMake},
	{"mknod", -1, 0, -1, false, 0, Write, nil, doMake},
	{"mknodat", 0, 1, -1, false, 0, Write, nil, doMake},
	{"symlink", -1, 1, -1, false, 0, Write, nil, doMake},
	{"symlinkat", 1, 2, -1, false, 0, Write, nil, doMake},
	{"unlink", -1, 0, -1, false, 0, Write, nil, doRemove},
	{"rmdir", -1, 0, -1, false, 0, Write, nil, doRemove},
	{"unlinkat", 0, 1, 2, false, 0, Write, nil, doRemove},
	{"rename", -1, 0, -1, false, 0, Write, nil, doRename},
	{"renameat", 0, 1, -1, false, 0, Write, nil, doRename},
	{"renameat2", 0, 1, 4, false, 0, Write, nil, doRename},
	{"link", -1, 0, -1, false, 0, Write, nil, doLink},
	{"linkat", 0, 1, 4, false, 0, Write, nil, doLink},

	{"chmod", -1, 0, -1, true, 0, Write, onChmod, nil},
	{"fchmodat", 0, 1, -1, true, 0, Write, onChmod, nil},
	{"fchmodat2", 0, 1, 3, true, atNofollow | atEmpty, Write, onChmod, nil},
	{"chown", -1, 0, -1, true, 0, Write, onChown, nil},
	{"lchown", -1, 0, -1, false, 0, Write, onChown, nil},
	{"fchownat", 0, 1, 4, true, atNofollow | atEmpty, Write, onChown, nil},
	{"utime", -1, 0, -1, true, 0, Write, nil, doTimes},
	{"utimes", -1, 0, -1, true, 0, Write, nil, doTimes},
	{"futimesat", 0, 1, -1, true, 0, Write, nil, doTimes},
	{"utimensat", 0, 1, 3, true, atNofollow | atEmpty, Write, nil, doTimes},
	{"truncate", -1, 0, -1, true, 0, Write, onTruncate, nil},
	{"fchmod", 0, -1, -1, true, 0, Write, nil, doDescriptor},
	{"fchown", 0, -1, -1, true, 0, Write, nil, doDescriptor},
	{"fsetxattr", 0, -1, -1, true, 0, Write, nil, doDescriptor},
	{"fremovexattr", 0, -1, -1, true, 0, Write, nil, doDescriptor},

	{"setxattr", -1, 0, -1, true, 0, Write, nil, doAttributes},
	{"lsetxattr", -1, 0, -1, false, 0, Write, nil, doAttributes},
	{"removexattr", -1, 0, -1, true, 0, Write, nil, doAttributes},
	{"lremovexattr", -1, 0, -1, false, 0, Write, nil, doAttributes},
	{"getxattr", -1, 0, -1, true, 0, Stat, nil, doAttributes},
	{"lgetxattr", -1, 0, -1, false, 0, Stat, nil, doAttributes},
	{"listxattr", -1, 0, -1, true, 0, Stat, nil, doAttributes},
	{"llistxattr", -1, 0, -1, false, 0, Stat, nil, doAttributes},

	{"inotify_add_watch", -1, 1, -1, true, 0, Read, nil, doWatch},
	{"connect", -1, -1, -1, true, 0, Write, nil, doConnect},
	{"bind", -1, -1, -1, false, 0, Write, nil, doBind},
	{"execve", -1, 0, -1, true, 0, Exec, onExec, nil},
	{"execveat", 0, 1, 4, true, atNofollow | atEmpty, Exec, onExec, nil},
}

// refusals are the calls that would go round the rules, or that nobody needs who is under such: they fail without a word to
// the supervisor.
var refusals = []struct {
	errno unix.Errno
	names string
}{
	{unix.EPERM, "chroot pivot_root mount umount2 open_tree open_tree_attr move_mount mount_setattr fsopen fsconfig fsmount fspick " +
		"setns swapon swapoff acct quotactl quotactl_fd open_by_handle_at fanotify_init fanotify_mark " +
		"io_uring_setup io_uring_enter io_uring_register bpf perf_event_open userfaultfd " +
		"init_module finit_module delete_module kexec_load kexec_file_load iopl ioperm"},
	{unix.EOPNOTSUPP, "name_to_handle_at"},
	{unix.ENOSYS, "uselib file_getattr file_setattr setxattrat getxattrat listxattrat removexattrat statmount listmount"},
}

// Covers tells whether a call, by its number, is one that a server knows.
func Covers(nr int32) bool { return nr >= 0 && int(nr) < len(byNumber) && byNumber[nr] != nil }
