package core

import (
	"fmt"

	"golang.org/x/sys/unix"

	"gosandbox/internal/cgroup"
	"gosandbox/internal/sys"
	"gosandbox/tracee"
)

// Supports tells whether this machine has a feature; the error says why not, and what to do. An unknown feature is an
// error with CodeEINVAL, a missing one with CodeEUNSUPPORTED.
func Supports(f Feature) error {
	switch f {
	case FeaturePtrace:
		return tracing()
	case FeatureSeccomp:
		if errno := sys.ProbeSeccomp(unix.SECCOMP_RET_TRACE); errno != 0 {
			return missing(f, errno, "the kernel needs CONFIG_SECCOMP_FILTER, and the container must permit seccomp(2)")
		}
		return nil
	case FeatureChangeIDs:
		if !capable(unix.CAP_SETUID) || !capable(unix.CAP_SETGID) {
			return missing(f, unix.EPERM, "run as root, or with CAP_SETUID and CAP_SETGID")
		}
		return nil
	case FeatureRaiseLimits:
		if !capable(unix.CAP_SYS_RESOURCE) {
			return missing(f, unix.EPERM, "run with CAP_SYS_RESOURCE, or raise the hard limits of the host before it starts")
		}
		return nil
	case FeatureNegativeNice:
		var l unix.Rlimit
		if !capable(unix.CAP_SYS_NICE) && (unix.Prlimit(0, unix.RLIMIT_NICE, nil, &l) != nil || l.Cur <= 20) {
			return missing(f, unix.EPERM, "run with CAP_SYS_NICE or a higher RLIMIT_NICE")
		}
		return nil
	case FeatureNotify:
		return notifying()
	case FeatureLandlock:
		if _, err := sys.LandlockVersion(); err != nil {
			return missing(f, err.(unix.Errno), "the kernel needs CONFIG_SECURITY_LANDLOCK and \"landlock\" in its lsm= list")
		}
		return nil
	case FeatureCgroupMemory:
		return groupFeature(f, cgroup.Memory)
	case FeatureCgroupPids:
		return groupFeature(f, cgroup.PIDs)
	case FeatureCgroupCPU:
		return groupFeature(f, cgroup.CPU)
	case FeatureCgroupCpuset:
		return groupFeature(f, cgroup.CPUSet)
	case FeatureCgroupKill:
		return groupFeature(f, cgroup.Kill)
	case FeatureLandlockTcp:
		return behind(f, sys.LandlockTCP, "it needs Linux 6.7: use a newer kernel, or the isolation NET")
	case FeatureLandlockScope:
		return behind(f, sys.LandlockScope, "it needs Linux 6.12: use a newer kernel, or the isolations NET and PID")
	case FeatureInstructions:
		return counting()
	}
	if flag, ok := namespaceOf[f]; ok {
		return namespaced(f, flag)
	}
	return invalid("unknown feature %d", uint32(f))
}

// require fails with the first feature that this machine lacks.
func require(features []Feature) error {
	for _, f := range features {
		if err := Supports(f); err != nil {
			return err
		}
	}
	return nil
}

func missing(f Feature, err unix.Errno, remedy string) *Error {
	return &Error{Code: CodeEUNSUPPORTED, Errno: err, Index: -1, Message: fmt.Sprintf("%v: %v: %s", f, err, remedy)}
}

// capable tells whether the calling thread has a capability in effect.
func capable(capability uint) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if unix.Capget(&header, &sets[0]) != nil {
		return false
	}
	return sets[capability/32].Effective&(1<<(capability%32)) != 0
}

// tracing runs a program, the only probe that tells: Yama, containers and a non-dumpable host can each forbid it.
func tracing() error {
	e, err := prepare(&Config{Args: []string{"/"}}, now())
	if err != nil {
		return err
	}
	defer e.release()
	if err := e.runHere(); err != nil {
		return err
	}
	if failed := e.run.Outcome().Err; failed != nil {
		return missing(FeaturePtrace, unix.EPERM, startError(failed, e.config, e.lowered.spec.Paths).Message)
	}
	return nil
}

// notifying tries it with a directory, which no kernel executes: where its start has got to tells.
func notifying() error {
	policy, err := NewPolicy("permissive", ActionAllow)
	if err == nil {
		err = policy.Add(ArchNative, "getppid", ActionNotify)
	}
	if err != nil {
		return err
	}
	e, err := prepare(&Config{Args: []string{"/"}, Policy: policy, Callback: func(*Event) Action { return ActionAllow }}, now())
	if err != nil {
		return err
	}
	defer e.release()
	if err := e.runHere(); err != nil {
		return err
	}
	switch failed := e.child.Failure(); {
	case e.run.Outcome().Err != nil:
		return missing(FeatureNotify, unix.EPERM, e.run.Outcome().Err.Error())
	case failed.Step == tracee.StepSeccomp && failed.Errno == unix.EBUSY:
		return missing(FeatureNotify, unix.EBUSY, listenedTo)
	case failed.Step == tracee.StepSeccomp:
		return missing(FeatureNotify, failed.Errno, "it needs Linux 5.14, and a container that permits seccomp(2) with listeners")
	}
	return nil
}

// listenedTo is why a process can have no listener.
const listenedTo = "another supervisor answers this process's system calls already, and the kernel permits one; run outside of it, or without callbacks and path rules"
