package paths

import (
	"strings"

	"golang.org/x/sys/unix"
)

// ownProcess stands for the process that makes a call: rules about it are kept as they are written.
const ownProcess = "/proc/self"

// Compile resolves the paths of rules now, as a run does when it starts: root and cwd are descriptors of the directories
// that the program will have; both stay the caller's. Paths that do not exist, or that the host may not look up, keep the part that
// does not.
func Compile(rules []Rule, root, cwd int) (*Rules, error) {
	list := make([]Compiled, 0, len(rules))
	for _, r := range rules {
		if r.Path == "" || r.Access == 0 || r.Access&^all != 0 {
			return nil, unix.EINVAL
		}
		c, err := compile(r, root, cwd)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return newRules(list), nil
}

func compile(r Rule, root, cwd int) (Compiled, error) {
	c := Compiled{Access: r.Access}
	path, wildcard := strings.CutSuffix(r.Path, "/**")
	slash := strings.HasSuffix(path, "/") && strings.Trim(path, "/") != ""
	if path == "" {
		path = "/"
	}
	if rest, ok := strings.CutPrefix(path, ownProcess); ok && (rest == "" || rest[0] == '/') {
		c.Path, c.Scope = ownProcess+strings.TrimRight(rest, "/"), Subtree
		if slash && !wildcard {
			c.Scope = Level
		}
		return c, nil
	}
	fd, rest, err := deepest(path, root, cwd)
	if err != nil {
		return c, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return c, err
	}
	name, err := nameIn(fd, root, sameRoot(root))
	if err != nil {
		return c, err
	}
	c.Path, c.Exists = name, rest == ""
	c.Dir = c.Exists && st.Mode&unix.S_IFMT == unix.S_IFDIR
	for part := range strings.SplitSeq(rest, "/") {
		switch part {
		case "", ".":
		case "..":
			c.Path = Above(c.Path)
		default:
			c.Path = join(c.Path, part)
		}
	}
	switch {
	case wildcard:
		c.Scope = Subtree
	case slash:
		c.Scope = Level
	case c.Dir:
		c.Scope = Subtree
	}
	return c, nil
}

// deepest opens the longest leading part of a path that exists, and tells the rest.
func deepest(path string, root, cwd int) (fd int, rest string, err error) {
	w := walker{root: root, base: cwd, plain: sameRoot(root)}
	for head := path; ; {
		fd, errno := w.object(head, true)
		if errno == 0 {
			return fd, rest, nil
		}
		trimmed := strings.TrimRight(head, "/")
		i := strings.LastIndexByte(trimmed, '/')
		if errno != unix.ENOENT && errno != unix.ENOTDIR && errno != unix.EACCES || trimmed == "" {
			return -1, "", errno
		}
		rest = trimmed[i+1:] + "/" + rest
		switch {
		case i > 0:
			head = trimmed[:i]
		case i == 0:
			head = "/"
		case head != ".":
			head = "."
		default:
			return -1, "", errno
		}
	}
}
