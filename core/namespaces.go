package core

import (
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/internal/isolate"
)

// namespaceOf tells which isolation a feature is about.
var namespaceOf = map[Feature]Isolate{
	FeatureUserNamespace: IsolateUser, FeaturePIDNamespace: IsolatePID, FeatureMountNamespace: IsolateMount,
	FeatureNetNamespace: IsolateNet, FeatureIPCNamespace: IsolateIPC, FeatureUTSNamespace: IsolateUTS,
	FeatureCgroupNamespace: IsolateCgroup, FeatureTimeNamespace: IsolateTime,
}

// kinds are the kernel's words for namespaces.
var kinds = map[Isolate]string{
	IsolateUser: "user", IsolatePID: "pid", IsolateMount: "mnt", IsolateNet: "net", IsolateIPC: "ipc", IsolateUTS: "uts",
	IsolateCgroup: "cgroup", IsolateTime: "time",
}

// namespaced tells whether this process can give its programs a namespace, alone or with a user namespace.
func namespaced(f Feature, flag Isolate) error {
	err := probeNamespaces(flag)
	if err != nil && flag != IsolateUser {
		err = probeNamespaces(flag | IsolateUser)
	}
	if err == nil {
		return nil
	}
	kind, errno := kinds[flag], err.Errno
	if flag != IsolateUser {
		if user := probeNamespaces(IsolateUser); user != nil {
			kind, errno = "user", user.Errno
		}
	}
	return missing(f, errno, isolate.Reason(kind, errno))
}

// probed remembers what was found out, per user: a host can change its ids.
var probed struct {
	sync.Mutex
	found map[probe]*Error
}

type probe struct {
	flags Isolate
	euid  int
	admin bool
}

// probeNamespaces makes namespaces in a process that ends before it executes anything; nil: it could.
func probeNamespaces(flags Isolate) *Error {
	key := probe{flags, unix.Geteuid(), capable(unix.CAP_SYS_ADMIN)}
	probed.Lock()
	defer probed.Unlock()
	if err, ok := probed.found[key]; ok {
		return err
	}
	var failed *Error
	i := Isolation{Flags: flags}
	if flags&IsolateMount != 0 { // what a root needs of the kernel
		i.Mounts = []Mount{{Kind: MountTmpfs, Target: "/"}, {Kind: MountBind, Source: "/", Target: "/host"}}
	}
	if err := attempt(&Config{Args: []string{"/"}, Isolation: i}); err != nil {
		failed = err
	}
	if probed.found == nil {
		probed.found = map[probe]*Error{}
	}
	if failed == nil { // what is missing now may be there later
		probed.found[key] = nil
	}
	return failed
}

// passing tells a failure that says nothing about the machine: the host is at its limits, or was interrupted.
func passing(errno unix.Errno) bool {
	switch errno {
	case unix.EAGAIN, unix.ENOMEM, unix.EMFILE, unix.ENFILE, unix.EINTR:
		return true
	}
	return false
}

// attempt starts what cannot be executed and tells what failed before that; nil: nothing did.
func attempt(c *Config) *Error {
	l, err := lower(c)
	if err != nil {
		return asError(err)
	}
	e, err := assemble(c, l, nil, now())
	if err != nil {
		return asError(err)
	}
	defer e.release()
	e.runHere()
	if _, err := e.result(); asError(err) != nil && asError(err).Step != StepExec {
		return asError(err)
	}
	return nil
}
