package core

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/landlock"
	"gosandbox/internal/paths"
	"gosandbox/tracer"
)

// pathServer enforces the path rules of one run: Landlock in the kernel, where the machine has it and can say what the rules say, and a
// server for all else.
type pathServer struct {
	server   *paths.Server // of the serving thread
	verifier *paths.Server // of the supervising thread
	run      *tracer.Run
	decider  *decider // for calls that are not about files
	action   Action   // for what no rule allows
	ruleset  int      // Landlock's, -1: none
	exact    bool     // it alone decides about plain opens
}

// lowerPaths compiles the path rules of a config; nil when there are none.
func (c *Config) lowerPaths(candidates []string) (_ *pathServer, err error) {
	rules := c.pathRules()
	if len(rules) == 0 {
		return nil, nil
	}
	another := c.IDs != nil && (int(c.IDs.UID) != unix.Geteuid() || int(c.IDs.GID) != unix.Getegid())
	if another && !capable(unix.CAP_SYS_PTRACE) {
		return nil, missing(FeatureNotify, unix.EPERM, "path rules for a program of another user need CAP_SYS_PTRACE "+
			"(containers: --cap-add SYS_PTRACE); or give the host itself the ids of the program")
	}
	root, err := unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, exhausted("the root directory", err)
	}
	defer unix.Close(root)
	dir := c.Dir
	if dir == "" {
		dir = "."
	}
	cwd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		var errno unix.Errno
		errors.As(err, &errno)
		return nil, &Error{Code: CodeESETUP, Errno: errno, Step: StepCwd, Index: -1, Message: "cwd: " + errnoText(errno) + ": " + dir}
	}
	defer unix.Close(cwd)
	var list []paths.Rule
	for _, r := range rules {
		list = append(list, paths.Rule{Path: r.Path, Access: paths.Access(r.Access)})
	}
	for _, path := range c.startFiles(candidates) {
		list = append(list, paths.Rule{Path: path, Access: paths.Read | paths.Exec})
	}
	list = append(list, paths.Rule{Path: "/proc/self/exe", Access: paths.Stat}) // by which the dynamic loader finds $ORIGIN
	compiled, err := paths.Compile(list, root, cwd)
	switch err {
	case nil:
	case unix.EMFILE, unix.ENFILE, unix.ENOMEM:
		return nil, exhausted("path rules", err)
	default:
		e := invalid("path rules: %v", err)
		errors.As(err, &e.Errno)
		return nil, e
	}
	f := &pathServer{action: c.pathAction(), ruleset: -1}
	if c.lesson == nil { // else the server is to see every open
		if ruleset, exact, err := landlock.New(compiled, root); err == nil {
			f.ruleset, f.exact = ruleset, exact
		}
	}
	var creds *paths.Creds
	if another {
		creds = &paths.Creds{UID: c.IDs.UID, GID: c.IDs.GID}
	}
	f.server = paths.NewServer(compiled, creds, func(pid int32) bool { return f.run.Member(pid) })
	f.verifier = paths.NewServer(compiled, creds, nil)
	if c.lesson != nil {
		f.server.Note, f.server.NoteMove, f.verifier.Note = c.lesson.path, c.lesson.move, c.lesson.path
	}
	if c.ExecFD != nil {
		f.server.Program(*c.ExecFD)
		f.verifier.Program(*c.ExecFD)
	}
	return f, nil
}

// systemDirs hold the interpreters and dynamic loaders that need no rule. A program names its own, and its author is not trusted: one that
// names another program of the machine, a model solution say, must not be able to run that in its place.
var systemDirs = []string{"/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/usr/bin/", "/usr/lib/", "/usr/lib32/", "/usr/lib64/",
	"/usr/libexec/", "/usr/libx32/", "/usr/sbin/"}

func ofSystem(path string) bool {
	return path == filepath.Clean(path) && slices.ContainsFunc(systemDirs, func(dir string) bool { return strings.HasPrefix(path, dir) })
}

// startFiles are the program that the caller has asked for and what the kernel needs to load it. They need no rule.
func (c *Config) startFiles(candidates []string) (list []string) {
	if c.ExecFD != nil {
		return nil // executed by descriptor: the path, if it has one, is nobody's affair
	}
	for _, path := range candidates {
		const chain = 4 // scripts that are interpreted by scripts
		for range chain {
			if !filepath.IsAbs(path) {
				list = append(list, path) // relative to the working directory, as the rules are
				path = filepath.Join(c.Dir, path)
			} else {
				list = append(list, path)
			}
			if path = interpreter(path); !ofSystem(path) {
				break
			}
		}
	}
	return list
}

// Enter is called by the serving thread.
func (f *pathServer) Enter() error { return f.server.Enter() }

// Act is called by the serving thread.
func (f *pathServer) Act(e *tracer.Event) tracer.Decision {
	if !paths.Covers(int32(e.Nr)) {
		return f.decider.fallback()
	}
	waiting := *e // the run's own event is another's by the time that a slow answer is there
	return f.decision(e, f.server.Act(&paths.Call{
		TID: e.TID, PID: e.PID, Nr: int32(e.Nr), Args: e.Args, Valid: waiting.Waits,
	}))
}

func (f *pathServer) decision(e *tracer.Event, a paths.Answer) tracer.Decision {
	switch a.Kind {
	case paths.Errno:
		return tracer.Decision{Kind: tracer.DecideErrno, Errno: a.Errno}
	case paths.Value:
		e.SetReturn(a.Value)
		return tracer.Decision{Kind: tracer.DecideReturn}
	case paths.Open:
		e.SetFD(a.FD, a.Flags)
		return tracer.Decision{Kind: tracer.DecideGive}
	case paths.Continue:
		return tracer.Decision{Kind: tracer.DecideAllow}
	case paths.Denied:
		if f.action == ActionKill {
			return tracer.Decision{Kind: tracer.DecideKill, Path: a.Path}
		}
		return tracer.Decision{Kind: tracer.DecideErrno, Errno: unix.Errno(f.action - ActionErrno(0))}
	case paths.Later:
		return tracer.Decision{Kind: tracer.DecideLater, Later: func(e *tracer.Event) tracer.Decision { return f.decision(e, a.Finish()) }}
	}
	return tracer.Decision{Kind: tracer.DecideKill}
}

// VerifyExec is called by the supervising thread.
func (f *pathServer) VerifyExec(tid, pid int32) (path string, allowed bool, err error) {
	err = f.verifier.VerifyExec(tid, pid)
	var forbidden *paths.ForbiddenExec
	if errors.As(err, &forbidden) {
		return forbidden.Path, false, nil
	}
	return "", err == nil, err
}

func (f *pathServer) close() {
	f.server.Close()
	f.verifier.Close()
	if f.ruleset >= 0 {
		unix.Close(f.ruleset)
		f.ruleset = -1
	}
}
