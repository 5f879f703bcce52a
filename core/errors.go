package core

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"gosandbox/internal/cgroup"
	"gosandbox/tracee"
	"gosandbox/tracer"
)

// Error is a failure of the library, the machine or the config; never a verdict about the program.
type Error struct {
	Code    int // CodeE...
	Errno   unix.Errno
	Step    Step // of a start, StepNone elsewhere
	Index   int  // which one of several, as told at the step; -1 where there is one only
	Message string
	Stack   []byte // of a fault of the library
}

func (e *Error) Error() string { return e.Message }

// Unwrap makes errors.Is(err, unix.ENOENT) work.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// asError finds the Error in an error, nil when there is none.
func asError(err error) *Error {
	var e *Error
	errors.As(err, &e)
	return e
}

// invalid is a mistake in what the caller asked for.
func invalid(format string, args ...any) *Error {
	return &Error{Code: CodeEINVAL, Index: -1, Message: fmt.Sprintf(format, args...)}
}

// exhausted is a resource that the library could not get.
func exhausted(what string, err error) *Error {
	e := &Error{Code: CodeENOMEM, Step: StepPrepare, Index: -1}
	errors.As(err, &e.Errno)
	e.Message = fmt.Sprintf("prepare: %s: %v", what, err)
	return e
}

// startError explains why a program could not be started.
func startError(err error, config *Config, paths []string) *Error {
	var group *cgroup.Error
	if errors.As(err, &group) {
		return &Error{Code: CodeESETUP, Errno: group.Errno, Step: StepPrepare, Index: -1, Message: "prepare: " + group.Error()}
	}
	var failed *tracee.Error
	var filter *tracer.FilterError
	if !errors.As(err, &failed) {
		failed = &tracee.Error{Step: tracee.StepTrace, Index: -1}
		if errors.As(err, &filter) {
			failed.Step = tracee.StepSeccomp
		}
		errors.As(err, &failed.Errno)
	}
	e := &Error{Code: CodeESETUP, Errno: failed.Errno, Step: Step(failed.Step), Index: failed.Index}
	reason := "killed while it was at work"
	if e.Errno != 0 {
		reason = errnoText(e.Errno)
	}
	e.Message = fmt.Sprintf("%s: %s%s", e.Step, reason, subject(e, config, paths))
	if r := remedy(e, config, paths); r != "" {
		e.Message += " (" + r + ")"
	}
	return e
}

// subject names the thing that the step failed for.
func subject(e *Error, config *Config, paths []string) string {
	switch e.Step {
	case StepExec:
		if config.ExecFD != nil {
			return fmt.Sprintf(": descriptor %d", *config.ExecFD)
		}
		if len(paths) > 1 && e.Errno == unix.ENOENT {
			return ": " + config.Args[0]
		}
		return ": " + paths[max(e.Index, 0)]
	case StepCwd:
		return ": " + config.Dir
	case StepOpen:
		for i := range config.Files {
			if f := &config.Files[i]; f.Child == e.Index && f.source == sourcePath {
				return fmt.Sprintf(": %s for descriptor %d", f.path, e.Index)
			}
		}
		return fmt.Sprintf(": descriptor %d", e.Index)
	case StepDescriptors:
		for i := range config.Files {
			if f := &config.Files[i]; f.Child == e.Index && f.source == sourceHost {
				return fmt.Sprintf(": host descriptor %d as descriptor %d", f.number, e.Index)
			}
		}
		if config.ExecFD != nil {
			return fmt.Sprintf(": host descriptor %d, to be executed", *config.ExecFD)
		}
		return fmt.Sprintf(": descriptor %d", e.Index)
	case StepRlimit:
		return ": " + rlimitName(e.Index)
	case StepMount:
		return config.Isolation.subject(e.Index)
	case StepHostname:
		return ": " + config.Isolation.Hostname
	case StepPut:
		if e.Index >= 0 && e.Index < len(config.Puts) {
			return fmt.Sprintf(": %q", config.Puts[e.Index].Target)
		}
	case StepCollect:
		return collectSubject(config, e.Index)
	case StepIDs:
		if config.IDs != nil {
			return fmt.Sprintf(": uid %d, gid %d", config.IDs.UID, config.IDs.GID)
		}
	}
	return ""
}

// remedy tells what to do about the failures that people meet.
func remedy(e *Error, config *Config, paths []string) string {
	switch {
	case e.Step == StepExec && e.Errno == unix.ENOENT && config.ExecFD == nil:
		if len(paths) > 1 {
			return "not found in PATH"
		}
		if config.Isolation.hasRoot() {
			return "the path is looked up inside of the program's root; so is its interpreter"
		}
		return missingInterpreter(config.Dir, paths[0])
	case e.Step == StepExec && e.Errno == unix.ENOEXEC:
		return "neither a program for this machine nor a script that begins with #!"
	case e.Step == StepExec && e.Errno == unix.EACCES:
		return "not executable for the program's user, or on a file system mounted noexec"
	case e.Step == StepExec && e.Errno == unix.E2BIG:
		return "arguments and environment are too long; a larger stack limit allows more"
	case e.Step == StepLandlock && e.Errno == unix.E2BIG:
		return "the host itself stands in too many Landlock rulesets"
	case e.Step == StepMount:
		return config.Isolation.mountRemedy(e)
	case e.Step == StepRoot:
		return "the host's own root must be a mount that can be left: not a chroot or an initramfs"
	case e.Step == StepPut:
		return putRemedy(e, config)
	case e.Step == StepIDMap && e.Errno == unix.EPERM:
		return "an ordinary user can map one id only: its own; root, or CAP_SETUID and CAP_SETGID, maps any"
	case e.Step == StepIDs && e.Errno == unix.EINVAL:
		return "the user namespace has no such id: map it with add_id_map"
	case e.Step == StepIDs && e.Errno == unix.EPERM:
		return "changing the user needs root, or CAP_SETUID and CAP_SETGID"
	case e.Step == StepRlimit && e.Errno == unix.EPERM:
		return "above the host's hard limit; raising that needs CAP_SYS_RESOURCE"
	case e.Step == StepNice && (e.Errno == unix.EPERM || e.Errno == unix.EACCES):
		return "a nice value below the host's needs CAP_SYS_NICE or RLIMIT_NICE"
	case e.Step == StepTrace && e.Errno == unix.EPERM:
		return "tracing is forbidden: see kernel.yama.ptrace_scope, the container's seccomp profile, and PR_SET_DUMPABLE of the host"
	case e.Step == StepSeccomp && e.Errno == unix.EBUSY:
		return listenedTo
	case e.Step == StepClone && e.Errno == unix.EAGAIN:
		return "the host is at its limit of processes: RLIMIT_NPROC, pids cgroup or kernel.pid_max"
	case e.Step == StepDescriptors && e.Errno == unix.EBADF:
		return "the host has closed it"
	case e.Errno == unix.EMFILE:
		return "the host is at its limit of open files, RLIMIT_NOFILE"
	}
	return ""
}

// fault is a failure of the library's own.
func fault(err error) *Error {
	e := &Error{Code: CodeEINTERNAL, Index: -1, Message: fmt.Sprintf("internal fault, the run was killed: %v", err)}
	errors.As(err, &e.Errno)
	var p *tracer.PanicError
	if errors.As(err, &p) {
		e.Stack = p.Stack
	}
	return e
}
