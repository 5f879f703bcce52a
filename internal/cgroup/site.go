package cgroup

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Site is where the groups of runs are made: one parent group per hierarchy.
type Site struct {
	tree    tree
	maker   maker
	parents []*parent
	where   [controllerCount]*parent // nil: not there
	why     [controllerCount]error   // it is not

	enabling sync.Mutex            // guards the following, and pending
	pending  []*Group              // that could not be removed yet
	enabled  [controllerCount]bool // in subtree_control of the parent, version 2
}

// parent is the group of one hierarchy below which groups are made.
type parent struct {
	dir     string
	unified bool
	origin  string // version 1: the host's own group, which parked threads return to
}

// Find looks for the place below which groups can be made: below the named group (a path from the top of the hierarchies, or
// the directory of a group), or with "" where the host's own group is. It leaves the host's groups as they are, but for
// those that an earlier host has left behind: they are removed. A site without any controller is an error; what else is
// missing is told by Missing.
func Find(parent string) (*Site, error) {
	t := kernel{}
	mountinfo, err := t.read("/proc/self/mountinfo")
	if err != nil {
		return nil, failure("read", "/proc/self/mountinfo", err, "mount /proc")
	}
	own, err := t.read("/proc/self/cgroup")
	if err != nil {
		return nil, failure("read", "/proc/self/cgroup", err, "mount /proc, on a kernel with CONFIG_CGROUPS")
	}
	return find(t, self(), parent, mountinfo, own)
}

func find(t tree, m maker, parent, mountinfo, own string) (*Site, error) {
	s := &Site{tree: t, maker: m}
	all := hierarchies(mountinfo, own)
	if len(all) == 0 {
		return nil, failure("find", "/sys/fs/cgroup", unix.ENOENT, remedyMount)
	}
	for c := range controllerCount {
		s.why[c] = failure("find controller "+c.String()+" in", "/proc/self/cgroup", unix.ENOENT, "this kernel has it not, or it is not mounted")
	}
	if parent != "" {
		name, err := named(parent, all)
		if err != nil {
			return nil, err
		}
		parent = "/" + strings.TrimPrefix(name, "/") // the top of the hierarchies is not the same as none given
	}
	for i := range all {
		if all[i].unified {
			s.findUnified(&all[i], parent)
		} else {
			s.findLegacy(&all[i], parent)
		}
	}
	if len(s.parents) == 0 {
		return nil, s.worst()
	}
	slices.Reverse(s.parents) // version 2 first: a sweep there kills at once
	for _, p := range s.parents {
		s.sweep(p)
	}
	return s, nil
}

// worst is the reason that helps most: why the memory controller is not there, or any other.
func (s *Site) worst() error {
	for _, err := range s.why {
		if e, ok := err.(*Error); ok && e.Path != "/proc/self/cgroup" {
			return err
		}
	}
	return s.why[Memory]
}

// Missing tells why a controller cannot be used; nil: it can.
func (s *Site) Missing(c Controller) error {
	if s.where[c] == nil {
		return s.why[c]
	}
	return nil
}

// findLegacy finds the parent in a hierarchy of version 1.
func (s *Site) findLegacy(h *hierarchy, parentName string) {
	var here []Controller
	for c := range controllerCount {
		if slices.Contains(h.controllers, c.String()) && s.where[c] == nil {
			here = append(here, c)
		}
	}
	if len(here) == 0 {
		return
	}
	origin, err := h.ownDir()
	p := &parent{dir: origin, origin: origin}
	if parentName != "" {
		p.dir = strings.TrimSuffix(h.dir+parentName, "/")
	}
	if err == nil {
		err = s.try(p, nil)
	}
	for _, c := range here {
		if s.why[c] = err; err == nil {
			s.where[c] = p
		}
	}
	if err == nil {
		s.parents = append(s.parents, p)
	}
}

// findUnified finds the parent in the hierarchy of version 2: the named group, or the host's own, or, because a group with
// processes cannot have groups with controllers, the one above it.
func (s *Site) findUnified(h *hierarchy, parentName string) {
	var candidates []string
	var err error
	if own, hidden := h.ownDir(); parentName != "" {
		candidates = []string{strings.TrimSuffix(h.dir+parentName, "/")}
	} else if hidden != nil {
		err = hidden
	} else {
		candidates = []string{own}
		if i := strings.LastIndexByte(h.own, '/'); i >= 0 {
			candidates = append(candidates, h.dir+h.own[:i])
		}
	}
	type found struct {
		parent *parent
		gives  [controllerCount]bool
		count  int
	}
	var best found
	for _, dir := range candidates {
		f := found{parent: &parent{dir: dir, unified: true}}
		failed := s.try(f.parent, func(probe string) {
			for c := range controllerCount {
				if why := s.offers(dir, probe, c); why == nil {
					f.gives[c] = true
					f.count++
				} else if s.where[c] == nil && best.parent == nil {
					s.why[c] = why
				}
			}
		})
		if failed != nil && err == nil {
			err = failed
		}
		if failed == nil && (best.parent == nil || f.count > best.count) {
			best = f
		}
	}
	if best.parent == nil {
		for c := range controllerCount {
			if s.where[c] == nil {
				s.why[c] = err
			}
		}
		return
	}
	s.parents = append(s.parents, best.parent)
	for c := range controllerCount {
		if best.gives[c] {
			// What both versions have is taken from this one: nothing has to be parked, and all is in one group.
			s.where[c], s.why[c] = best.parent, nil
		}
	}
}

// offers tells why a group of version 2 does not give its children a controller; probe is such a child.
func (s *Site) offers(dir, probe string, c Controller) error {
	if c.core() {
		file := probe + "/" + coreFiles[c]
		if _, err := s.tree.read(file); err != nil && !isWriteOnly(err) {
			return failure("read", file, err, "the kernel is too old for it")
		}
		return nil
	}
	enabled, err := s.tree.read(dir + "/cgroup.subtree_control")
	if err != nil {
		return failure("read", dir+"/cgroup.subtree_control", err, "")
	}
	if slices.Contains(strings.Fields(enabled), c.String()) {
		return nil
	}
	available, err := s.tree.read(dir + "/cgroup.controllers")
	if err != nil {
		return failure("read", dir+"/cgroup.controllers", err, "")
	}
	if !slices.Contains(strings.Fields(available), c.String()) {
		return failure("find controller "+c.String()+" in", dir+"/cgroup.controllers", unix.ENOENT, remedyEnable)
	}
	if _, err := s.tree.read(dir + "/cgroup.type"); err != nil {
		return nil // the top of the hierarchy, which may have both processes and groups
	}
	if inside, err := s.tree.read(dir + "/cgroup.procs"); err != nil || strings.TrimSpace(inside) != "" {
		return failure("enable controller "+c.String()+" in", dir, unix.EBUSY, remedyInside)
	}
	return nil
}

// coreFiles are the files that show what the kernel gives every group of version 2.
var coreFiles = [controllerCount]string{Usage: "cpu.stat", Freezer: "cgroup.freeze", Kill: "cgroup.kill"}

// isWriteOnly: cgroup.kill exists but cannot be read, by anyone but root (EINVAL) or at all (EACCES).
func isWriteOnly(err error) bool { return err == unix.EINVAL || err == unix.EACCES }

// try makes a group below a parent, the only test that tells, has a look at it, and removes it.
func (s *Site) try(p *parent, look func(probe string)) error {
	if p.unified {
		kind, err := s.tree.read(p.dir + "/cgroup.type")
		if kind = strings.TrimSpace(kind); err == nil && kind != "domain" {
			return failure("make a group in", p.dir, unix.EOPNOTSUPP, remedyThreaded+"; it is "+kind)
		}
	}
	file := p.dir + "/cgroup.procs"
	if _, err := s.tree.read(file); err != nil && err != unix.EOPNOTSUPP {
		return failure("read", file, err, "")
	}
	dir := p.dir + "/" + s.name()
	if err := s.tree.makeDir(dir); err != nil {
		return failure("make", dir, err, "")
	}
	if look != nil {
		look(dir)
	}
	if s.tree.removeDir(dir) == nil {
		return nil
	}
	return s.clear(dir, sys.After(removeTime))
}
