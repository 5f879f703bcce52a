package core

import (
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// The words of the text form of a policy. docs/policy.schema.json has the same, which a test compares.

var (
	policyFields    = []string{"$schema", "comment", "profile", "default", "rules", "paths", "path_action"}
	ruleFields      = []string{"call", "arch", "action", "when", "reason"}
	conditionFields = []string{"arg", "op", "a", "b"}
	pathFields      = []string{"path", "access"}
	errnoFields     = []string{"errno"}
	actionNames     = []string{"ALLOW", "KILL", "NOTIFY"}
	archNames       = []string{"native", "x86_64", "aarch64"}
)

// comparisonNames and comparisons belong together.
var (
	comparisonNames = []string{
		"EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ", "EQ_32", "NE_32", "LT_32", "LE_32", "GT_32", "GE_32", "MASKED_EQ_32",
	}
	comparisons = []uint32{
		CmpEQ, CmpNE, CmpLT, CmpLE, CmpGT, CmpGE, CmpMaskedEQ, CmpEQ32, CmpNE32, CmpLT32, CmpLE32, CmpGT32, CmpGE32, CmpMaskedEQ32,
	}
	comparisonSigns = []string{"==", "!=", "<", "<=", ">", ">="}
)

// archOf is the architecture with that name.
func archOf(name string) (seccomp.Arch, bool) {
	switch name {
	case "native":
		return seccomp.Native(), true
	case "x86_64":
		return seccomp.AMD64, true
	case "aarch64":
		return seccomp.ARM64, true
	}
	return 0, false
}

// constants are names for the numbers that rules compare with most. Those that differ between architectures, such as
// O_DIRECTORY, are left out: a policy can be read on one machine and used on another.
var constants = map[string]uint64{
	"AF_UNSPEC": unix.AF_UNSPEC, "AF_UNIX": unix.AF_UNIX, "AF_INET": unix.AF_INET, "AF_INET6": unix.AF_INET6,
	"AF_NETLINK": unix.AF_NETLINK, "AF_PACKET": unix.AF_PACKET, "AF_VSOCK": unix.AF_VSOCK, "AF_ALG": unix.AF_ALG,
	"SOCK_STREAM": unix.SOCK_STREAM, "SOCK_DGRAM": unix.SOCK_DGRAM, "SOCK_RAW": unix.SOCK_RAW,
	"SOCK_SEQPACKET": unix.SOCK_SEQPACKET, "SOCK_CLOEXEC": unix.SOCK_CLOEXEC, "SOCK_NONBLOCK": unix.SOCK_NONBLOCK,
	"O_RDONLY": unix.O_RDONLY, "O_WRONLY": unix.O_WRONLY, "O_RDWR": unix.O_RDWR, "O_ACCMODE": unix.O_ACCMODE,
	"O_CREAT": unix.O_CREAT, "O_EXCL": unix.O_EXCL, "O_TRUNC": unix.O_TRUNC, "O_APPEND": unix.O_APPEND,
	"O_NONBLOCK": unix.O_NONBLOCK, "O_CLOEXEC": unix.O_CLOEXEC, "O_PATH": unix.O_PATH,
	"PROT_NONE": unix.PROT_NONE, "PROT_READ": unix.PROT_READ, "PROT_WRITE": unix.PROT_WRITE, "PROT_EXEC": unix.PROT_EXEC,
	"MAP_SHARED": unix.MAP_SHARED, "MAP_PRIVATE": unix.MAP_PRIVATE, "MAP_FIXED": unix.MAP_FIXED,
	"MAP_ANONYMOUS": unix.MAP_ANONYMOUS,
	"CLONE_VM":      unix.CLONE_VM, "CLONE_FS": unix.CLONE_FS, "CLONE_FILES": unix.CLONE_FILES, "CLONE_SIGHAND": unix.CLONE_SIGHAND,
	"CLONE_VFORK": unix.CLONE_VFORK, "CLONE_PARENT": unix.CLONE_PARENT, "CLONE_THREAD": unix.CLONE_THREAD,
	"CLONE_NEWNS": unix.CLONE_NEWNS, "CLONE_NEWCGROUP": unix.CLONE_NEWCGROUP, "CLONE_NEWUTS": unix.CLONE_NEWUTS,
	"CLONE_NEWIPC": unix.CLONE_NEWIPC, "CLONE_NEWUSER": unix.CLONE_NEWUSER, "CLONE_NEWPID": unix.CLONE_NEWPID,
	"CLONE_NEWNET": unix.CLONE_NEWNET, "CLONE_PTRACE": unix.CLONE_PTRACE,
	"SIGKILL": uint64(unix.SIGKILL), "SIGTERM": uint64(unix.SIGTERM), "SIGSTOP": uint64(unix.SIGSTOP), "SIGINT": uint64(unix.SIGINT),
	"F_DUPFD": unix.F_DUPFD, "F_GETFD": unix.F_GETFD, "F_SETFD": unix.F_SETFD, "F_GETFL": unix.F_GETFL, "F_SETFL": unix.F_SETFL,
	"AT_FDCWD": unix.AT_FDCWD & (1<<32 - 1), "AT_EMPTY_PATH": unix.AT_EMPTY_PATH, "AT_SYMLINK_NOFOLLOW": unix.AT_SYMLINK_NOFOLLOW,
	"PR_SET_NAME": unix.PR_SET_NAME, "PR_SET_DUMPABLE": unix.PR_SET_DUMPABLE, "PR_SET_SECCOMP": unix.PR_SET_SECCOMP,
	"PR_SET_NO_NEW_PRIVS": unix.PR_SET_NO_NEW_PRIVS, "PR_SET_PDEATHSIG": unix.PR_SET_PDEATHSIG,
	"TIOCSTI": unix.TIOCSTI, "TCGETS": unix.TCGETS, "TIOCGWINSZ": unix.TIOCGWINSZ,
	"TCGETS2": unix.TCGETS2, "FIONREAD": unix.TIOCINQ, "FIONBIO": 0x5421, "FIOCLEX": 0x5451, "FIONCLEX": 0x5450,
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
