// Package landlock turns path rules into a ruleset of the kernel, which checks opens and execs where they happen: nothing can
// race it, and it costs little.
//
// It does not see stat, access, chdir, readlink, statfs, chmod, chown, utime, reading of extended attributes, opens with
// O_PATH, and connecting to a UNIX socket. Nor can it say "the entries of this directory, but not what is beneath them", or
// speak of a file that does not exist yet, or of the processes of a run alone among those of a procfs. All of that is for a supervisor.
package landlock

import (
	"errors"

	"golang.org/x/sys/unix"

	"gosandbox/internal/paths"
	"gosandbox/internal/sys"
)

// What the rights of path rules are to the kernel, for a directory and all beneath; a file takes those in onFile only.
const (
	onRead  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	onWrite = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV |
		unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_REFER |
		unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG |
		unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_SYM
	onExec = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE // to execute a file the kernel opens it for reading

	onFile = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE |
		unix.LANDLOCK_ACCESS_FS_IOCTL_DEV | onExec
)

// handled is all that a version of the interface can forbid of the above.
func handled(version int) uint64 {
	const first = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
	access := uint64(first)
	if version >= 2 {
		access |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		access |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 5 {
		access |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	return access
}

// New makes a ruleset, which serves any number of programs: each enters it with landlock_restrict_self after no_new_privs.
// It belongs to the caller. root is the directory that the rules' paths begin at.
//
// exact tells that the ruleset allows opens without O_PATH, O_CREAT and O_TMPFILE, and execs, just where the rules do: those
// can be left to the kernel. Otherwise a supervisor must decide about opens; what it does itself is not bound by the ruleset, and
// for execs the ruleset allows more, never less.
func New(rules *paths.Rules, root int) (ruleset int, exact bool, err error) {
	version, err := sys.LandlockVersion()
	if err != nil {
		return -1, false, err
	}
	can := handled(version)
	ruleset, err = sys.NewLandlock(version, can, sys.LandlockWalls{})
	if err != nil {
		return -1, false, err
	}
	exact = version >= 3 // before, nothing stops a truncation by open
	for _, rule := range rules.List() {
		fits, err := add(ruleset, root, rule, can)
		if err != nil {
			unix.Close(ruleset)
			return -1, false, err
		}
		exact = exact && fits
	}
	return ruleset, exact, nil
}

// add adds a rule, or one that allows more when there is no way to say what it says.
func add(ruleset, root int, rule paths.Compiled, can uint64) (exact bool, err error) {
	access := rights(rule.Access) & can
	if access == 0 {
		return true, nil
	}
	if rule.Own() {
		// The ruleset is made before the process is. The supervisor opens what is there.
		return false, nil
	}
	path, exact := rule.Path, rule.Exists && (rule.Scope == paths.Subtree || rule.Scope == paths.One && !rule.Dir)
	if rule.Access&(paths.Read|paths.Exec) == paths.Exec {
		exact = false // it could be read as well
	}
	for {
		how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC | unix.O_NOFOLLOW, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
		fd, err := unix.Openat2(root, path, &how)
		if err == nil {
			defer unix.Close(fd)
			if access&^onExec != 0 && coversProc(fd, rule) {
				exact = false // what a process outside of the run has there is not the program's to read
			}
			return exact, addTo(ruleset, fd, access)
		}
		if !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.ENOTDIR) && !errors.Is(err, unix.EACCES) || path == "/" {
			return false, err
		}
		path, exact = paths.Above(path), false // it may come to be beneath
	}
}

func addTo(ruleset, fd int, access uint64) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= onFile
	}
	if access == 0 {
		return nil
	}
	return sys.AddLandlockPath(ruleset, fd, access)
}

func rights(a paths.Access) (access uint64) {
	if a&paths.Read != 0 {
		access |= onRead
	}
	if a&paths.Write != 0 {
		access |= onWrite
	}
	if a&paths.Exec != 0 {
		access |= onExec
	}
	return access
}
