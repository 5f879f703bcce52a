package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Where the machine has Landlock every program is put into a domain of its own. A process in it cannot trace, read, write or take
// descriptors of one outside that runs as the same user, the host first of all, nor signal it (Linux 6.12). That takes no
// privilege and 3 us of a start.

// domainVersion is the version of Landlock that can do that without forbidding anything else, 0 where there is none. Version 1 could
// not: a domain that handles any access to files forbids linking and renaming between directories, and nothing could allow it. It is
// asked for at every start: a host may come under a filter that refuses it, and so may a single thread of the host.
func domainVersion() int {
	if version, err := sys.LandlockVersion(); err == nil && version >= 2 {
		return version
	}
	return 0
}

// domain gives the program a domain, unless the path rules do.
func (e *execution) domain() error {
	spec := &e.lowered.spec
	if e.lowered.domain == 0 && e.config.Walls != 0 { // it was there a moment ago
		return missing(FeatureLandlock, unix.EOPNOTSUPP, "it is not there any more")
	}
	if spec.Landlock != nil || e.lowered.domain == 0 {
		return nil
	}
	ruleset, err := newDomain(e.lowered.domain, e.config.walls())
	if err == nil {
		if err = e.config.openPorts(ruleset); err != nil {
			unix.Close(ruleset)
		}
	}
	if err != nil {
		return exhausted("a Landlock ruleset", err)
	}
	e.ours = append(e.ours, ruleset)
	spec.Landlock = &ruleset
	return nil
}

// newDomain makes a ruleset that forbids no access to files. Before version 6 it has to handle one, and allow it everywhere.
func newDomain(version int, walls sys.LandlockWalls) (int, error) {
	if version >= sys.LandlockScope {
		return sys.NewLandlock(version, 0, walls)
	}
	ruleset, err := sys.NewLandlock(version, unix.LANDLOCK_ACCESS_FS_REFER, walls)
	if err != nil {
		return -1, err
	}
	root, err := unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = sys.AddLandlockPath(ruleset, root, unix.LANDLOCK_ACCESS_FS_REFER)
		unix.Close(root)
	}
	if err != nil {
		unix.Close(ruleset)
		return -1, err
	}
	return ruleset, nil
}
