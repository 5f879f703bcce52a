package cgroup

import (
	"slices"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

const (
	removeTime  = 2_000_000_000 // ns that removing a group may take
	deepestTree = 32            // levels of groups that a run has made in its own
)

// Kill kills everything in the group, from any thread, and does not wait: by cgroup.kill; or by killing what is listed while
// the group is frozen; or, without either, after forking was forbidden. After it no process can be started into the group.
func (g *Group) Kill() error {
	t := g.site.tree
	if dir, _ := g.dir(Kill); dir != "" {
		return g.write(dir+"/cgroup.kill", "1")
	}
	if dir, _ := g.dir(PIDs); dir != "" {
		t.write(dir+"/pids.max", "0")
	}
	if dir, unified := g.dir(Freezer); dir != "" {
		file, on, off := dir+"/freezer.state", "FROZEN", "THAWED"
		if unified {
			file, on, off = dir+"/cgroup.freeze", "1", "0"
		}
		t.write(file, on)
		g.site.killListed(dir)
		return g.write(file, off)
	}
	for _, p := range g.used {
		g.site.killListed(g.in(p))
	}
	return nil
}

// Remove ends the group: it kills what is left and removes the directories, as soon as they are empty, for 2 s at most.
func (g *Group) Remove() error {
	if g.fd >= 0 {
		unix.Close(g.fd)
		g.fd = -1
	}
	failed := g.Unpark()
	deadline := sys.Monotonic() + removeTime
	var rest []*parent
	for i := len(g.used) - 1; i >= 0; i-- {
		dir := g.in(g.used[i])
		if g.site.tree.removeDir(dir) == nil {
			continue
		}
		if len(rest) == 0 {
			g.Kill() // once, the quickest way that there is; clear goes on with what is left
		}
		if err := g.site.clear(dir, deadline); err != nil {
			rest = append(rest, g.used[i])
			if failed == nil {
				failed = err
			}
		}
	}
	if g.used = rest; len(rest) > 0 {
		g.site.enabling.Lock()
		g.site.pending = append(g.site.pending, g)
		g.site.enabling.Unlock()
	}
	return failed
}

// retry removes groups that were still busy at the end of their run and are not any more.
func (s *Site) retry() {
	s.enabling.Lock()
	defer s.enabling.Unlock()
	s.pending = slices.DeleteFunc(s.pending, func(g *Group) bool {
		g.used = slices.DeleteFunc(g.used, func(p *parent) bool {
			err := s.clearOnce(g.in(p), 0)
			return err == nil || err == unix.ENOENT
		})
		return len(g.used) == 0
	})
}

// clear kills what is in a group and in those below it, and removes them, until the deadline.
func (s *Site) clear(dir string, deadline int64) error {
	for pause := int64(50_000); ; pause = min(2*pause, 5_000_000) {
		err := s.clearOnce(dir, 0)
		if err == nil || err == unix.ENOENT {
			return nil
		}
		if err != unix.EBUSY && err != unix.ENOTEMPTY {
			return failure("remove", dir, err, "")
		}
		if sys.Monotonic() >= deadline {
			return failure("remove", dir, err, remedyLeaf)
		}
		sys.Sleep(pause)
	}
}

// clearOnce is one pass over a group, from the bottom up.
func (s *Site) clearOnce(dir string, depth int) error {
	err := s.tree.removeDir(dir)
	if err != unix.EBUSY && err != unix.ENOTEMPTY || depth > deepestTree {
		return err
	}
	if s.tree.write(dir+"/cgroup.kill", "1") != nil { // it kills those below too
		s.tree.write(dir+"/pids.max", "0")
		s.tree.write(dir+"/freezer.state", "THAWED") // a frozen process does not die
		s.killListed(dir)
	}
	names, listed := s.tree.subdirectories(dir)
	if listed != nil {
		return listed
	}
	for _, name := range names {
		s.clearOnce(dir+"/"+name, depth+1)
	}
	return s.tree.removeDir(dir)
}
