package calls

import "golang.org/x/sys/unix"

const (
	all     = 0xffffffff
	futexOp = 0x7f // without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME
)

// variants are in the order in which they are tried; those of one call stand together.
var variants = []variant{
	{"open", 1, unix.O_CREAT, unix.O_CREAT, args{path, openFlags, mode}},
	{"open", 1, unix.O_TMPFILE, unix.O_TMPFILE, args{path, openFlags, mode}},
	{"openat", 2, unix.O_CREAT, unix.O_CREAT, args{dirfd, path, openFlags, mode}},
	{"openat", 2, unix.O_TMPFILE, unix.O_TMPFILE, args{dirfd, path, openFlags, mode}},
	{"mknod", 1, unix.S_IFMT, unix.S_IFCHR, args{path, nodeMode, dev}},
	{"mknod", 1, unix.S_IFMT, unix.S_IFBLK, args{path, nodeMode, dev}},
	{"mknodat", 2, unix.S_IFMT, unix.S_IFCHR, args{dirfd, path, nodeMode, dev}},
	{"mknodat", 2, unix.S_IFMT, unix.S_IFBLK, args{dirfd, path, nodeMode, dev}},
	{"mq_open", 1, unix.O_CREAT, unix.O_CREAT, args{str, openFlags, mode, ptr}},
	{"mremap", 3, unix.MREMAP_FIXED, unix.MREMAP_FIXED, args{ptr, size, size, remapFlags, ptr}},
	{"mremap", 3, unix.MREMAP_DONTUNMAP, unix.MREMAP_DONTUNMAP, args{ptr, size, size, remapFlags, ptr}},
	{"socket", 0, all, unix.AF_INET, args{family, socketType, protocol}},
	{"socket", 0, all, unix.AF_INET6, args{family, socketType, protocol}},

	{"getsockopt", 1, all, unix.SOL_SOCKET, args{fd, optionLevel, socketOption, optionOut, ptr}},
	{"getsockopt", 1, all, unix.SOL_TCP, args{fd, optionLevel, tcpOption, optionOut, ptr}},
	{"getsockopt", 1, all, unix.SOL_IP, args{fd, optionLevel, ipOption, optionOut, ptr}},
	{"getsockopt", 1, all, unix.SOL_IPV6, args{fd, optionLevel, ipv6Option, optionOut, ptr}},
	{"setsockopt", 1, all, unix.SOL_SOCKET, args{fd, optionLevel, socketOption, optionIn, num}},
	{"setsockopt", 1, all, unix.SOL_TCP, args{fd, optionLevel, tcpOption, optionIn, num}},
	{"setsockopt", 1, all, unix.SOL_IP, args{fd, optionLevel, ipOption, optionIn, num}},
	{"setsockopt", 1, all, unix.SOL_IPV6, args{fd, optionLevel, ipv6Option, optionIn, num}},

	{"fcntl", 1, all, unix.F_GETFD, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_SETFD, args{fd, fcntlCommand, descriptorFlags}},
	{"fcntl", 1, all, unix.F_GETFL, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_SETFL, args{fd, fcntlCommand, statusFlags}},
	{"fcntl", 1, all, unix.F_DUPFD, args{fd, fcntlCommand, fd}},
	{"fcntl", 1, all, unix.F_DUPFD_CLOEXEC, args{fd, fcntlCommand, fd}},
	{"fcntl", 1, all, unix.F_DUPFD_QUERY, args{fd, fcntlCommand, fd}},
	{"fcntl", 1, all, unix.F_GETLK, args{fd, fcntlCommand, lockIn}},
	{"fcntl", 1, all, unix.F_SETLK, args{fd, fcntlCommand, lockIn}},
	{"fcntl", 1, all, unix.F_SETLKW, args{fd, fcntlCommand, lockIn}},
	{"fcntl", 1, all, unix.F_OFD_GETLK, args{fd, fcntlCommand, lockIn}},
	{"fcntl", 1, all, unix.F_OFD_SETLK, args{fd, fcntlCommand, lockIn}},
	{"fcntl", 1, all, unix.F_OFD_SETLKW, args{fd, fcntlCommand, lockIn}},
	{"fcntl", 1, all, unix.F_GETOWN, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_SETOWN, args{fd, fcntlCommand, pid}},
	{"fcntl", 1, all, unix.F_GETSIG, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_SETSIG, args{fd, fcntlCommand, sig}},
	{"fcntl", 1, all, unix.F_GETLEASE, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_SETLEASE, args{fd, fcntlCommand, leaseType}},
	{"fcntl", 1, all, unix.F_GETPIPE_SZ, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_SETPIPE_SZ, args{fd, fcntlCommand, num}},
	{"fcntl", 1, all, unix.F_GET_SEALS, args{fd, fcntlCommand}},
	{"fcntl", 1, all, unix.F_ADD_SEALS, args{fd, fcntlCommand, sealFlags}},

	{"ioctl", 1, all, unix.TIOCSPGRP, args{fd, ioctlCommand, intIn}},
	{"ioctl", 1, all, unix.TIOCGPGRP, args{fd, ioctlCommand, intOut}},
	{"ioctl", 1, all, unix.TIOCINQ, args{fd, ioctlCommand, intOut}},
	{"ioctl", 1, all, unix.TIOCOUTQ, args{fd, ioctlCommand, intOut}},
	{"ioctl", 1, all, 0x5421, args{fd, ioctlCommand, intIn}}, // FIONBIO
	{"ioctl", 1, all, 0x5450, args{fd, ioctlCommand}},        // FIONCLEX
	{"ioctl", 1, all, 0x5451, args{fd, ioctlCommand}},        // FIOCLEX
	{"ioctl", 1, all, unix.FICLONE, args{fd, ioctlCommand, fd}},

	{"futex", 1, futexOp, 0, args{ptr, futexOperation, unum, timeIn}},           // WAIT
	{"futex", 1, futexOp, 1, args{ptr, futexOperation, num}},                    // WAKE
	{"futex", 1, futexOp, 3, args{ptr, futexOperation, num, num, ptr}},          // REQUEUE
	{"futex", 1, futexOp, 4, args{ptr, futexOperation, num, num, ptr, unum}},    // CMP_REQUEUE
	{"futex", 1, futexOp, 5, args{ptr, futexOperation, num, num, ptr, hex}},     // WAKE_OP
	{"futex", 1, futexOp, 6, args{ptr, futexOperation, unum, timeIn}},           // LOCK_PI
	{"futex", 1, futexOp, 7, args{ptr, futexOperation}},                         // UNLOCK_PI
	{"futex", 1, futexOp, 8, args{ptr, futexOperation}},                         // TRYLOCK_PI
	{"futex", 1, futexOp, 9, args{ptr, futexOperation, unum, timeIn, ptr, hex}}, // WAIT_BITSET
	{"futex", 1, futexOp, 10, args{ptr, futexOperation, num, ptr, ptr, hex}},    // WAKE_BITSET
	{"futex", 1, futexOp, 11, args{ptr, futexOperation, unum, timeIn, ptr}},     // WAIT_REQUEUE_PI
	{"futex", 1, futexOp, 12, args{ptr, futexOperation, num, num, ptr, unum}},   // CMP_REQUEUE_PI
	{"futex", 1, futexOp, 13, args{ptr, futexOperation, unum, timeIn}},          // LOCK_PI2

	{"prctl", 0, all, unix.PR_SET_NAME, args{prctlOption, str}},
	{"prctl", 0, all, unix.PR_GET_NAME, args{prctlOption, ptr}},
	{"prctl", 0, all, unix.PR_SET_NO_NEW_PRIVS, args{prctlOption, ulong, ulong, ulong, ulong}},
	{"prctl", 0, all, unix.PR_SET_PDEATHSIG, args{prctlOption, sig}},
	{"prctl", 0, all, unix.PR_GET_PDEATHSIG, args{prctlOption, intOut}},
	{"prctl", 0, all, unix.PR_SET_DUMPABLE, args{prctlOption, ulong}},
	{"prctl", 0, all, unix.PR_GET_DUMPABLE, args{prctlOption}},
	{"prctl", 0, all, unix.PR_SET_KEEPCAPS, args{prctlOption, ulong}},
	{"prctl", 0, all, unix.PR_GET_KEEPCAPS, args{prctlOption}},
	{"prctl", 0, all, unix.PR_SET_SECCOMP, args{prctlOption, seccompMode, ptr}},
	{"prctl", 0, all, unix.PR_GET_SECCOMP, args{prctlOption}},
	{"prctl", 0, all, unix.PR_CAPBSET_READ, args{prctlOption, ulong}},
	{"prctl", 0, all, unix.PR_CAPBSET_DROP, args{prctlOption, ulong}},
	{"prctl", 0, all, unix.PR_SET_TIMERSLACK, args{prctlOption, ulong}},
	{"prctl", 0, all, unix.PR_GET_TIMERSLACK, args{prctlOption}},
	{"prctl", 0, all, unix.PR_SET_CHILD_SUBREAPER, args{prctlOption, ulong}},
	{"prctl", 0, all, unix.PR_GET_CHILD_SUBREAPER, args{prctlOption, intOut}},

	{"ptrace", 0, all, unix.PTRACE_TRACEME, args{ptraceRequest}},
	{"ptrace", 0, all, unix.PTRACE_ATTACH, args{ptraceRequest, pid}},
	{"ptrace", 0, all, unix.PTRACE_INTERRUPT, args{ptraceRequest, pid}},
	{"ptrace", 0, all, unix.PTRACE_LISTEN, args{ptraceRequest, pid}},
	{"ptrace", 0, all, unix.PTRACE_KILL, args{ptraceRequest, pid}},
	{"ptrace", 0, all, unix.PTRACE_CONT, args{ptraceRequest, pid, ptr, sig}},
	{"ptrace", 0, all, unix.PTRACE_SYSCALL, args{ptraceRequest, pid, ptr, sig}},
	{"ptrace", 0, all, unix.PTRACE_SINGLESTEP, args{ptraceRequest, pid, ptr, sig}},
	{"ptrace", 0, all, unix.PTRACE_DETACH, args{ptraceRequest, pid, ptr, sig}},
	{"ptrace", 0, all, unix.PTRACE_SEIZE, args{ptraceRequest, pid, ptr, ptraceOptions}},
	{"ptrace", 0, all, unix.PTRACE_SETOPTIONS, args{ptraceRequest, pid, ptr, ptraceOptions}},

	{"seccomp", 0, all, unix.SECCOMP_SET_MODE_STRICT, args{seccompOperation, hex, ptr}},
	{"seccomp", 0, all, unix.SECCOMP_GET_ACTION_AVAIL, args{seccompOperation, hex, intIn}},
	{"seccomp", 0, all, unix.SECCOMP_GET_NOTIF_SIZES, args{seccompOperation, hex, ptr}},
}

// returns are the calls whose result is not best read as a decimal number.
var returns = [...]struct {
	name string
	kind kind
}{
	{"brk", ptr}, {"map_shadow_stack", ptr}, {"mmap", ptr}, {"mremap", ptr}, {"shmat", ptr}, {"umask", mode},
}
