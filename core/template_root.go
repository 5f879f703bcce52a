package core

import (
	"path"

	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

// splitRoot divides a root into what is built once and what each cell gets anew: file systems that can be written, the proc of its
// own processes, and all that lies in these or covers them. Everything keeps its order. Where the two could be confused, a symbolic
// link on the way is an error.
func splitRoot(root *tracee.Root) (once, fresh *tracee.Root) {
	if root == nil {
		return nil, nil
	}
	sealed := map[string]bool{}
	for i := range root.Mounts {
		if m := &root.Mounts[i]; m.Kind == tracee.MountSeal {
			sealed[path.Clean(m.Target)] = true
		}
	}
	own := func(m *tracee.Mount) bool {
		return m.Kind == tracee.MountFS && (m.Source == "proc" || !sealed[path.Clean(m.Target)])
	}
	if own(&root.Mounts[0]) { // the root itself
		return nil, root
	}
	once, fresh = &tracee.Root{}, &tracee.Root{}
	for i := range root.Mounts {
		m := root.Mounts[i]
		m.Direct = len(fresh.Mounts) > 0 && m.Kind != tracee.MountSeal
		if !own(&m) && !related(&m, fresh.Mounts) {
			once.Mounts = append(once.Mounts, m)
			continue
		}
		m.Direct = true
		fresh.Mounts = append(fresh.Mounts, m)
		if place, needed := placeholder(m, root.Mounts[i+1:]); needed {
			once.Mounts = append(once.Mounts, place)
		}
	}
	return once, fresh
}

// fromHere makes the host's paths absolute: who looks them up has another working directory.
func (i *Isolation) fromHere() {
	var room [unix.PathMax]byte
	n, err := unix.Getcwd(room[:])
	if err != nil || n < 2 || room[0] != '/' {
		return // they will not be found, and that is told
	}
	here := string(room[:n-1])
	if i.Root != "" && !path.IsAbs(i.Root) {
		i.Root = here + "/" + i.Root
	}
	for at := range i.Mounts {
		if m := &i.Mounts[at]; m.Kind == MountBind && !path.IsAbs(m.Source) {
			m.Source = here + "/" + m.Source
		}
	}
}

// related tells whether a part lies in one of the fresh ones, or covers one.
func related(m *tracee.Mount, fresh []tracee.Mount) bool {
	covers := m.Kind == tracee.MountBind || m.Kind == tracee.MountFS || m.Kind == tracee.MountMask
	for i := range fresh {
		f := &fresh[i]
		same := path.Clean(m.Target) == path.Clean(f.Target)
		if same || tracee.Beneath(m.Target, f.Target) || covers && tracee.Beneath(f.Target, m.Target) {
			return true
		}
	}
	return false
}

// placeholder is what the root that is built once has in the place of a part that is made anew: the directory; what is bound, to be
// bound from there; and for a proc the host's, because the kernel lets a user namespace mount one only where one is seen.
func placeholder(m tracee.Mount, later []tracee.Mount) (tracee.Mount, bool) {
	switch {
	case m.Kind == tracee.MountBind:
		return m, true
	case m.Kind == tracee.MountFS && m.Source == "proc":
		m.Kind, m.Source, m.Options, m.Optional = tracee.MountBind, "/proc", nil, true
		m.Attributes |= unix.MOUNT_ATTR_RDONLY
		return m, true
	case m.Kind != tracee.MountFS:
		return m, false
	}
	for i := range later {
		if later[i].Kind == tracee.MountBind && tracee.Beneath(later[i].Target, m.Target) {
			return m, true
		}
	}
	m.Kind, m.Mode, m.Source, m.Options = tracee.MountDir, 0o755, "", nil
	return m, true
}
