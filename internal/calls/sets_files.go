package calls

import "golang.org/x/sys/unix"

// Files, directories and descriptors.
var filesSets = []set{
	{of: openFlags, bits: 32, mask: unix.O_ACCMODE, enum: []value{
		{unix.O_RDONLY, "O_RDONLY"}, {unix.O_WRONLY, "O_WRONLY"}, {unix.O_RDWR, "O_RDWR"},
	}, flags: []value{
		{unix.O_CREAT, "O_CREAT"}, {unix.O_EXCL, "O_EXCL"}, {unix.O_NOCTTY, "O_NOCTTY"}, {unix.O_TRUNC, "O_TRUNC"},
		{unix.O_APPEND, "O_APPEND"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_SYNC, "O_SYNC"}, {unix.O_DSYNC, "O_DSYNC"},
		{unix.O_ASYNC, "O_ASYNC"}, {unix.O_DIRECT, "O_DIRECT"}, {unix.O_TMPFILE, "O_TMPFILE"},
		{unix.O_DIRECTORY, "O_DIRECTORY"}, {unix.O_NOFOLLOW, "O_NOFOLLOW"}, {unix.O_NOATIME, "O_NOATIME"},
		{unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_PATH, "O_PATH"},
	}},
	{of: openHowFlags, bits: 64, mask: unix.O_ACCMODE, enum: []value{
		{unix.O_RDONLY, "O_RDONLY"}, {unix.O_WRONLY, "O_WRONLY"}, {unix.O_RDWR, "O_RDWR"},
	}, flags: []value{
		{unix.O_CREAT, "O_CREAT"}, {unix.O_EXCL, "O_EXCL"}, {unix.O_NOCTTY, "O_NOCTTY"}, {unix.O_TRUNC, "O_TRUNC"},
		{unix.O_APPEND, "O_APPEND"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_SYNC, "O_SYNC"}, {unix.O_DSYNC, "O_DSYNC"},
		{unix.O_ASYNC, "O_ASYNC"}, {unix.O_DIRECT, "O_DIRECT"}, {unix.O_TMPFILE, "O_TMPFILE"},
		{unix.O_DIRECTORY, "O_DIRECTORY"}, {unix.O_NOFOLLOW, "O_NOFOLLOW"}, {unix.O_NOATIME, "O_NOATIME"},
		{unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_PATH, "O_PATH"},
	}},
	{of: statusFlags, bits: 32, mask: unix.O_ACCMODE, enum: []value{
		{unix.O_RDONLY, "O_RDONLY"}, {unix.O_WRONLY, "O_WRONLY"}, {unix.O_RDWR, "O_RDWR"},
	}, flags: []value{
		{unix.O_SYNC, "O_SYNC"}, {unix.O_DSYNC, "O_DSYNC"}, {unix.O_APPEND, "O_APPEND"}, {unix.O_NONBLOCK, "O_NONBLOCK"},
		{unix.O_ASYNC, "O_ASYNC"}, {unix.O_DIRECT, "O_DIRECT"}, {unix.O_NOATIME, "O_NOATIME"},
	}},
	{of: pipeFlags, bits: 32, flags: []value{
		{unix.O_CLOEXEC, "O_CLOEXEC"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_DIRECT, "O_DIRECT"}, {unix.O_EXCL, "O_EXCL"},
	}},
	{of: resolveFlags, bits: 64, flags: []value{
		{unix.RESOLVE_NO_XDEV, "RESOLVE_NO_XDEV"}, {unix.RESOLVE_NO_MAGICLINKS, "RESOLVE_NO_MAGICLINKS"},
		{unix.RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS"}, {unix.RESOLVE_BENEATH, "RESOLVE_BENEATH"},
		{unix.RESOLVE_IN_ROOT, "RESOLVE_IN_ROOT"}, {0x20, "RESOLVE_CACHED"},
	}},
	{of: atFlags, bits: 32, flags: []value{
		{unix.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"}, {unix.AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
		{unix.AT_NO_AUTOMOUNT, "AT_NO_AUTOMOUNT"}, {unix.AT_EMPTY_PATH, "AT_EMPTY_PATH"}, {unix.AT_RECURSIVE, "AT_RECURSIVE"},
		{unix.AT_STATX_FORCE_SYNC, "AT_STATX_FORCE_SYNC"}, {unix.AT_STATX_DONT_SYNC, "AT_STATX_DONT_SYNC"},
	}},
	{of: unlinkFlags, bits: 32, flags: []value{
		{unix.AT_REMOVEDIR, "AT_REMOVEDIR"},
	}},
	{of: accessFlags, bits: 32, flags: []value{
		{unix.AT_EACCESS, "AT_EACCESS"}, {unix.AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"},
		{unix.AT_EMPTY_PATH, "AT_EMPTY_PATH"},
	}},
	{of: accessMode, bits: 32, zero: "F_OK", flags: []value{
		{4, "R_OK"}, {2, "W_OK"}, {1, "X_OK"},
	}},
	{of: renameFlags, bits: 32, flags: []value{
		{unix.RENAME_NOREPLACE, "RENAME_NOREPLACE"}, {unix.RENAME_EXCHANGE, "RENAME_EXCHANGE"},
		{unix.RENAME_WHITEOUT, "RENAME_WHITEOUT"},
	}},
	{of: statxMask, bits: 32, flags: []value{
		{unix.STATX_ALL, "STATX_ALL"}, {unix.STATX_BASIC_STATS, "STATX_BASIC_STATS"}, {unix.STATX_TYPE, "STATX_TYPE"},
		{unix.STATX_MODE, "STATX_MODE"}, {unix.STATX_NLINK, "STATX_NLINK"}, {unix.STATX_UID, "STATX_UID"},
		{unix.STATX_GID, "STATX_GID"}, {unix.STATX_ATIME, "STATX_ATIME"}, {unix.STATX_MTIME, "STATX_MTIME"},
		{unix.STATX_CTIME, "STATX_CTIME"}, {unix.STATX_INO, "STATX_INO"}, {unix.STATX_SIZE, "STATX_SIZE"},
		{unix.STATX_BLOCKS, "STATX_BLOCKS"}, {unix.STATX_BTIME, "STATX_BTIME"}, {unix.STATX_MNT_ID, "STATX_MNT_ID"},
		{unix.STATX_DIOALIGN, "STATX_DIOALIGN"}, {unix.STATX_MNT_ID_UNIQUE, "STATX_MNT_ID_UNIQUE"},
		{unix.STATX_SUBVOL, "STATX_SUBVOL"},
	}},
	{of: whence, bits: 32, enum: []value{
		{unix.SEEK_SET, "SEEK_SET"}, {unix.SEEK_CUR, "SEEK_CUR"}, {unix.SEEK_END, "SEEK_END"}, {unix.SEEK_DATA, "SEEK_DATA"},
		{unix.SEEK_HOLE, "SEEK_HOLE"},
	}},
	{of: fcntlCommand, bits: 32, enum: []value{
		{unix.F_DUPFD, "F_DUPFD"}, {unix.F_GETFD, "F_GETFD"}, {unix.F_SETFD, "F_SETFD"}, {unix.F_GETFL, "F_GETFL"},
		{unix.F_SETFL, "F_SETFL"}, {unix.F_GETLK, "F_GETLK"}, {unix.F_SETLK, "F_SETLK"}, {unix.F_SETLKW, "F_SETLKW"},
		{unix.F_SETOWN, "F_SETOWN"}, {unix.F_GETOWN, "F_GETOWN"}, {unix.F_SETSIG, "F_SETSIG"}, {unix.F_GETSIG, "F_GETSIG"},
		{unix.F_SETOWN_EX, "F_SETOWN_EX"}, {unix.F_GETOWN_EX, "F_GETOWN_EX"}, {unix.F_OFD_GETLK, "F_OFD_GETLK"},
		{unix.F_OFD_SETLK, "F_OFD_SETLK"}, {unix.F_OFD_SETLKW, "F_OFD_SETLKW"}, {unix.F_SETLEASE, "F_SETLEASE"},
		{unix.F_GETLEASE, "F_GETLEASE"}, {unix.F_NOTIFY, "F_NOTIFY"}, {unix.F_DUPFD_QUERY, "F_DUPFD_QUERY"},
		{unix.F_CREATED_QUERY, "F_CREATED_QUERY"}, {unix.F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"},
		{unix.F_SETPIPE_SZ, "F_SETPIPE_SZ"}, {unix.F_GETPIPE_SZ, "F_GETPIPE_SZ"}, {unix.F_ADD_SEALS, "F_ADD_SEALS"},
		{unix.F_GET_SEALS, "F_GET_SEALS"}, {unix.F_GET_RW_HINT, "F_GET_RW_HINT"}, {unix.F_SET_RW_HINT, "F_SET_RW_HINT"},
	}},
	{of: descriptorFlags, bits: 32, flags: []value{
		{unix.FD_CLOEXEC, "FD_CLOEXEC"},
	}},
	{of: leaseType, bits: 32, enum: []value{
		{unix.F_RDLCK, "F_RDLCK"}, {unix.F_WRLCK, "F_WRLCK"}, {unix.F_UNLCK, "F_UNLCK"},
	}},
	{of: lockOperation, bits: 32, flags: []value{
		{unix.LOCK_SH, "LOCK_SH"}, {unix.LOCK_EX, "LOCK_EX"}, {unix.LOCK_UN, "LOCK_UN"}, {unix.LOCK_NB, "LOCK_NB"},
	}},
	{of: fallocateMode, bits: 32, flags: []value{
		{unix.FALLOC_FL_KEEP_SIZE, "FALLOC_FL_KEEP_SIZE"}, {unix.FALLOC_FL_PUNCH_HOLE, "FALLOC_FL_PUNCH_HOLE"},
		{unix.FALLOC_FL_NO_HIDE_STALE, "FALLOC_FL_NO_HIDE_STALE"},
		{unix.FALLOC_FL_COLLAPSE_RANGE, "FALLOC_FL_COLLAPSE_RANGE"}, {unix.FALLOC_FL_ZERO_RANGE, "FALLOC_FL_ZERO_RANGE"},
		{unix.FALLOC_FL_INSERT_RANGE, "FALLOC_FL_INSERT_RANGE"}, {unix.FALLOC_FL_UNSHARE_RANGE, "FALLOC_FL_UNSHARE_RANGE"},
	}},
	{of: fileAdvice, bits: 32, enum: []value{
		{unix.FADV_NORMAL, "POSIX_FADV_NORMAL"}, {unix.FADV_RANDOM, "POSIX_FADV_RANDOM"},
		{unix.FADV_SEQUENTIAL, "POSIX_FADV_SEQUENTIAL"}, {unix.FADV_WILLNEED, "POSIX_FADV_WILLNEED"},
		{4, "POSIX_FADV_DONTNEED"}, {5, "POSIX_FADV_NOREUSE"},
	}},
	{of: syncRangeFlags, bits: 32, flags: []value{
		{unix.SYNC_FILE_RANGE_WAIT_BEFORE, "SYNC_FILE_RANGE_WAIT_BEFORE"},
		{unix.SYNC_FILE_RANGE_WRITE, "SYNC_FILE_RANGE_WRITE"},
		{unix.SYNC_FILE_RANGE_WAIT_AFTER, "SYNC_FILE_RANGE_WAIT_AFTER"},
	}},
	{of: spliceFlags, bits: 32, flags: []value{
		{unix.SPLICE_F_MOVE, "SPLICE_F_MOVE"}, {unix.SPLICE_F_NONBLOCK, "SPLICE_F_NONBLOCK"},
		{unix.SPLICE_F_MORE, "SPLICE_F_MORE"}, {unix.SPLICE_F_GIFT, "SPLICE_F_GIFT"},
	}},
	{of: ioFlags, bits: 32, flags: []value{
		{unix.RWF_HIPRI, "RWF_HIPRI"}, {unix.RWF_DSYNC, "RWF_DSYNC"}, {unix.RWF_SYNC, "RWF_SYNC"},
		{unix.RWF_NOWAIT, "RWF_NOWAIT"}, {unix.RWF_APPEND, "RWF_APPEND"}, {unix.RWF_NOAPPEND, "RWF_NOAPPEND"},
		{unix.RWF_ATOMIC, "RWF_ATOMIC"}, {unix.RWF_DONTCACHE, "RWF_DONTCACHE"},
	}},
	{of: closeRangeFlags, bits: 32, flags: []value{
		{unix.CLOSE_RANGE_UNSHARE, "CLOSE_RANGE_UNSHARE"}, {unix.CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"},
	}},
	{of: xattrFlags, bits: 32, flags: []value{
		{unix.XATTR_CREATE, "XATTR_CREATE"}, {unix.XATTR_REPLACE, "XATTR_REPLACE"},
	}},
	{of: memfdFlags, bits: 32, flags: []value{
		{unix.MFD_CLOEXEC, "MFD_CLOEXEC"}, {unix.MFD_ALLOW_SEALING, "MFD_ALLOW_SEALING"}, {unix.MFD_HUGETLB, "MFD_HUGETLB"},
		{unix.MFD_NOEXEC_SEAL, "MFD_NOEXEC_SEAL"}, {unix.MFD_EXEC, "MFD_EXEC"},
	}},
	{of: sealFlags, bits: 32, flags: []value{
		{unix.F_SEAL_SEAL, "F_SEAL_SEAL"}, {unix.F_SEAL_SHRINK, "F_SEAL_SHRINK"}, {unix.F_SEAL_GROW, "F_SEAL_GROW"},
		{unix.F_SEAL_WRITE, "F_SEAL_WRITE"}, {unix.F_SEAL_FUTURE_WRITE, "F_SEAL_FUTURE_WRITE"},
		{unix.F_SEAL_EXEC, "F_SEAL_EXEC"},
	}},
	{of: ioctlCommand, bits: 32, enum: []value{
		{unix.TCGETS, "TCGETS"}, {unix.TCSETS, "TCSETS"}, {unix.TCSETSW, "TCSETSW"}, {unix.TCSETSF, "TCSETSF"},
		{unix.TCSBRK, "TCSBRK"}, {unix.TCFLSH, "TCFLSH"}, {unix.TIOCGWINSZ, "TIOCGWINSZ"}, {unix.TIOCSWINSZ, "TIOCSWINSZ"},
		{unix.TIOCGPGRP, "TIOCGPGRP"}, {unix.TIOCSPGRP, "TIOCSPGRP"}, {unix.TIOCSCTTY, "TIOCSCTTY"},
		{unix.TIOCNOTTY, "TIOCNOTTY"}, {unix.TIOCSTI, "TIOCSTI"}, {unix.TIOCGSID, "TIOCGSID"}, {unix.TIOCGPTN, "TIOCGPTN"},
		{unix.TIOCSPTLCK, "TIOCSPTLCK"}, {unix.TIOCGPTPEER, "TIOCGPTPEER"}, {unix.TIOCOUTQ, "TIOCOUTQ"},
		{unix.TIOCINQ, "TIOCINQ"}, {unix.TIOCLINUX, "TIOCLINUX"}, {0x5421, "FIONBIO"}, {0x5450, "FIONCLEX"},
		{0x5451, "FIOCLEX"}, {0x5452, "FIOASYNC"}, {unix.SIOCGIFCONF, "SIOCGIFCONF"}, {unix.SIOCGIFNAME, "SIOCGIFNAME"},
		{unix.SIOCGIFFLAGS, "SIOCGIFFLAGS"}, {unix.SIOCGIFADDR, "SIOCGIFADDR"}, {unix.SIOCGIFHWADDR, "SIOCGIFHWADDR"},
		{unix.SIOCGIFINDEX, "SIOCGIFINDEX"}, {unix.FICLONE, "FICLONE"}, {unix.FICLONERANGE, "FICLONERANGE"},
		{unix.FS_IOC_GETFLAGS, "FS_IOC_GETFLAGS"}, {unix.FS_IOC_SETFLAGS, "FS_IOC_SETFLAGS"},
		{unix.BLKGETSIZE64, "BLKGETSIZE64"}, {unix.SECCOMP_IOCTL_NOTIF_RECV, "SECCOMP_IOCTL_NOTIF_RECV"},
		{unix.SECCOMP_IOCTL_NOTIF_SEND, "SECCOMP_IOCTL_NOTIF_SEND"},
		{unix.SECCOMP_IOCTL_NOTIF_ADDFD, "SECCOMP_IOCTL_NOTIF_ADDFD"}, {unix.PIDFD_GET_INFO, "PIDFD_GET_INFO"},
		{unix.TCGETS2, "TCGETS2"}, {unix.TUNSETIFF, "TUNSETIFF"},
	}},
}
