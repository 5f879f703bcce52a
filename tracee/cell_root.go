package tracee

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// newPlanFresh lowers what is mounted in every cell on top of the root that was built once, in a copy of its mounts. What is bound is
// taken from its place there: the host's file systems cannot be reached any more.
func newPlanFresh(root *Root) (*planRoot, error) {
	p := &planRoot{step: StepMount, index: -1, slots: make([]uintptr, slotSources)}
	p.prepare()
	p.do(unix.SYS_UMASK, 0).into = slotUmask
	p.do(unix.SYS_OPENAT, atFDCWD, p.text("/"), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC).into = slotRoot
	for i := range root.Mounts {
		m := root.Mounts[i]
		if path.Clean("/"+m.Target) == "/" || strings.IndexByte(m.Target+m.Source, 0) >= 0 {
			return nil, &Error{StepMount, m.Index, unix.EINVAL}
		}
		if m.Kind == MountBind {
			m.Source = path.Clean("/" + m.Target)
		}
		p.index = m.Index
		p.add(&m, false)
	}
	return p, nil
}

// creates tells whether files or directories are made: in a file system that is new itself. Other places are there.
func (root *Root) creates() bool {
	for i := range root.Mounts {
		m := &root.Mounts[i]
		if m.Kind == MountDir || m.Kind == MountSymlink || m.Kind == MountFile {
			return true
		}
		for _, before := range root.Mounts[:i] {
			if before.Kind == MountFS && m.Kind != MountSeal && Beneath(m.Target, before.Target) {
				return true
			}
		}
	}
	return false
}

// Beneath tells whether a place is in, and not the same as, another one, going by the names alone.
func Beneath(target, above string) bool {
	target, above = path.Clean("/"+target), path.Clean("/"+above)
	return target != above && (above == "/" || strings.HasPrefix(target, above+"/"))
}
