package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Where the machine has Landlock every program is put into a domain of its own. A process in it cannot trace, read, write or take
// descriptors of one outside that runs as the same user, the host first of all, nor signal it (Linux 6.12). That takes no
// privilege and 3 us of a start.

// hasDomains tells whether the machine can do that without forbidding anything else. Version 1 could not: a domain that handles any
// access to files forbids linking and renaming between directories, and nothing could allow it.
func hasDomains() bool {
	version, err := sys.LandlockVersion()
	return err == nil && version >= 2
}

// domain gives the program a domain, unless the path rules do.
func (e *execution) domain() error {
	spec := &e.lowered.spec
	if spec.Landlock != nil || !e.lowered.apart {
		return nil
	}
	ruleset, err := newDomain()
	if err != nil {
		return exhausted("a Landlock ruleset", err)
	}
	e.ours = append(e.ours, ruleset)
	spec.Landlock = &ruleset
	return nil
}

// newDomain makes a ruleset that forbids no access to files. Before version 6 it has to handle one, and allow it everywhere.
func newDomain() (int, error) {
	if version, err := sys.LandlockVersion(); err != nil || version >= 6 {
		return sys.NewLandlock(0)
	}
	ruleset, err := sys.NewLandlock(unix.LANDLOCK_ACCESS_FS_REFER)
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
