package cgroup

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// hierarchy is a tree of groups as this process sees it.
type hierarchy struct {
	mount
	own         string   // the own group, as a path from the mount's directory; "" is the mount's directory itself
	hidden      bool     // the own group is not below what is mounted
	controllers []string // of version 1
}

// hierarchies joins what is mounted with where the process is. Of several mounts of one hierarchy it takes one that shows the
// own group, and a writable one before others.
func hierarchies(mountinfo, cgroup string) (found []hierarchy) {
	mounts := parseMounts(mountinfo)
	for _, member := range parseMemberships(cgroup) {
		var best *hierarchy
		for _, m := range mounts {
			if m.unified != (member.controllers == nil) || !m.has(member.controllers) {
				continue
			}
			h := hierarchy{mount: m, controllers: member.controllers}
			h.own, h.hidden = below(m.root, member.path)
			if best == nil || h.rank() > best.rank() {
				best = &h
			}
		}
		if best != nil {
			found = append(found, *best)
		}
	}
	return found
}

func (h *hierarchy) rank() (rank int) {
	if !h.hidden {
		rank += 2
	}
	if !h.readOnly {
		rank++
	}
	return rank
}

// has tells whether a mount is of the hierarchy with these controllers.
func (m *mount) has(controllers []string) bool {
	for _, c := range controllers {
		if !slices.Contains(m.options, c) {
			return false
		}
	}
	return true
}

// below is the way from root to path; hidden: there is none. A path with ".." leads out of the cgroup namespace.
func below(root, path string) (way string, hidden bool) {
	if slices.Contains(strings.Split(path, "/"), "..") || slices.Contains(strings.Split(root, "/"), "..") {
		return "", true
	}
	root, path = strings.TrimSuffix(root, "/"), strings.TrimSuffix(path, "/")
	if path == root {
		return "", false
	}
	way, found := strings.CutPrefix(path, root+"/")
	if !found {
		return "", true
	}
	return "/" + way, false
}

// named is the group that the caller has named, as a path from the top of each hierarchy: the caller may also have given the
// directory in one of them.
func named(parent string, all []hierarchy) (string, error) {
	if slices.Contains(strings.Split(parent, "/"), "..") || strings.IndexByte(parent, 0) >= 0 {
		return "", failure("use", parent, unix.EINVAL, "the path of a parent group has no .. and no NUL in it")
	}
	longest := ""
	for i := range all {
		if dir := all[i].dir; len(dir) > len(longest) && (parent == dir || strings.HasPrefix(parent, dir+"/")) {
			longest = dir
		}
	}
	if parent = strings.Trim(parent[len(longest):], "/"); parent == "" {
		return "", nil
	}
	return "/" + parent, nil
}

// ownDir is the directory of the own group.
func (h *hierarchy) ownDir() (string, error) {
	if h.hidden {
		return "", failure("find the own group in", h.dir, unix.ENOENT, remedyHidden)
	}
	return h.dir + h.own, nil
}
