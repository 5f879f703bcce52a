package core

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// PathRule allows access to a file, a directory or a subtree; see gosandbox_config_add_path in sandbox.h.
type PathRule struct {
	Path   string
	Access uint32 // PathRead, PathWrite, PathExec, PathStat
}

// accessNames are the bits of PathRule.Access, from the lowest.
var accessNames = []string{"read", "write", "exec", "stat"}

// Check says what is wrong with the rule, nil when nothing is.
func (r PathRule) Check() error {
	switch {
	case r.Path == "" || strings.IndexByte(r.Path, 0) >= 0:
		return invalid("a path rule with an empty path, or a NUL byte in it")
	case len(r.Path) >= unix.PathMax:
		return invalid("a path of %d bytes is longer than the kernel takes", len(r.Path))
	case r.Access == 0 || r.Access>>len(accessNames) != 0:
		return invalid("path rule for %q: access %#x; use an OR of READ, WRITE, EXEC and STAT", r.Path, r.Access)
	}
	return nil
}

// pathRules are the rules of the config and those of its policy, which add up.
func (c *Config) pathRules() []PathRule {
	if c.Policy == nil {
		return c.Paths
	}
	return slices.Concat(c.Policy.Paths, c.Paths)
}

// pathAction is what happens to a call that no path rule allows.
func (c *Config) pathAction() Action {
	switch {
	case c.PathAction != nil:
		return *c.PathAction
	case c.Policy != nil && c.Policy.PathAction != nil:
		return *c.Policy.PathAction
	}
	return ActionErrno(uint32(unix.EACCES))
}

// checkPaths checks the path rules and their action.
func (c *Config) checkPaths() error {
	for _, r := range c.pathRules() {
		if err := r.Check(); err != nil {
			return err
		}
	}
	if a := c.pathAction(); a != ActionKill && (a <= ActionErrno(0) || a > ActionErrno(4095)) {
		return invalid("action %#x for path rules: only KILL and ERRNO(1..4095) are possible", uint32(a))
	}
	return nil
}
