package core

import (
	"strings"

	"golang.org/x/sys/unix"
)

// PathRule allows access to a file, a directory or a subtree.
type PathRule struct {
	Path   string
	Access uint32 // bits: 1 read, 2 write, 4 exec, 8 stat
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
