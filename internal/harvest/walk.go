package harvest

import (
	"slices"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Limits bound a collection; all are above 0.
type Limits struct {
	Files   int    // collected
	Bytes   uint64 // of one file
	Total   uint64 // of all
	Entries int    // looked at in directories
	Depth   int    // directories between the first one and a file
	Time    int64  // ns
}

// node is a directory to be looked into, told by its way there: whole paths would take too much memory.
type node struct {
	parent *node
	name   string
	depth  int
	at     int // the component of the pattern that is next
}

func (n *node) path() string {
	length := 0
	for m := n; m != nil && m.name != ""; m = m.parent {
		length += len(m.name) + 1
	}
	if length == 0 {
		return "."
	}
	b := make([]byte, length-1)
	for m, end := n, length-1; m != nil && m.name != ""; m = m.parent {
		end -= copy(b[end-len(m.name):], m.name)
		if end--; end >= 0 {
			b[end] = '/'
		}
	}
	return string(b)
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// walker finds the files that a pattern stands for.
type walker struct {
	open     func(dir int, path string, flags int) (int, error)
	dir      int
	pattern  Pattern
	limits   *Limits
	deadline int64
	seen     map[string]bool // files that match
	bytes    int             // of their names
	entries  int
	omitted  uint64 // files that match, but of which there are too many to name
	troubles []File
	stopped  bool
}

const (
	nameBytes    = 16 << 20 // that names may take
	mostTroubles = 1024     // directories to be told of
	block        = 64 << 10
)

// find lists the files, sorted. What could not be looked into is in troubles.
func (w *walker) find() []string {
	w.seen = map[string]bool{}
	room := make([]byte, block)
	for stack := []*node{{}}; len(stack) > 0 && !w.stopped; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		part := w.pattern[n.at]
		last := n.at == len(w.pattern)-1
		if name, ok := literal(part); ok {
			if last {
				w.found(join(n.path(), name))
			} else {
				stack = append(stack, &node{n, name, n.depth + 1, n.at + 1})
			}
			continue
		}
		if part == "**" && !last {
			stack = append(stack, &node{n.parent, n.name, n.depth, n.at + 1}) // no directory at all
		}
		w.look(n, part, last, room, func(name string, next int) {
			stack = append(stack, &node{n, name, n.depth + 1, next})
		})
	}
	names := make([]string, 0, len(w.seen))
	for name := range w.seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// look reads one directory.
func (w *walker) look(n *node, part string, last bool, room []byte, descend func(name string, next int)) {
	dir := n.path()
	if long := len(dir) >= unix.PathMax; long || n.depth > w.limits.Depth {
		if long || w.kind(dir) == unix.DT_DIR { // it may not even be there
			w.trouble(dir, TooDeep, 0)
		}
		return
	}
	fd, err := w.open(w.dir, dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK)
	if err != nil {
		if status := statusOf(err); status != Missing {
			w.trouble(dir, status, errnoOf(err))
		}
		return
	}
	defer unix.Close(fd)
	for {
		count, err := unix.ReadDirent(fd, room)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			w.trouble(dir, statusOf(err), errnoOf(err))
		}
		if err != nil || count <= 0 {
			return
		}
		if sys.Until(w.deadline) <= 0 {
			w.stop(dir, TimeOut)
		}
		for rest := room[:count]; len(rest) > 0 && !w.stopped; {
			var name string
			var kind byte
			if name, kind, rest = entry(rest); name == "." || name == ".." || name == "" {
				continue
			}
			if w.entries++; w.entries > w.limits.Entries {
				w.stop(dir, TooMany)
				return
			}
			w.consider(n, dir, name, kind, part, last, descend)
		}
		if w.stopped {
			return
		}
	}
}

// consider decides about one entry.
func (w *walker) consider(n *node, dir, name string, kind byte, part string, last bool, descend func(string, int)) {
	if part != "**" && !matches(part, name) {
		return
	}
	if last && part != "**" {
		w.found(join(dir, name))
		return
	}
	if kind == unix.DT_UNKNOWN {
		kind = w.kind(join(dir, name))
	}
	next := n.at + 1
	if part == "**" {
		next = n.at
	}
	switch {
	case kind == unix.DT_DIR:
		descend(name, next)
	case last:
		w.found(join(dir, name))
	case kind == unix.DT_LNK && part != "**":
		w.trouble(join(dir, name), Symlink, 0)
	}
}

// kind asks for the type of a file where the directory does not tell.
func (w *walker) kind(path string) byte {
	fd, err := w.open(w.dir, path, unix.O_PATH|unix.O_NOFOLLOW)
	if err != nil {
		return unix.DT_UNKNOWN
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return unix.DT_UNKNOWN
	}
	return byte(st.Mode & unix.S_IFMT >> 12)
}

func (w *walker) found(path string) {
	if w.seen[path] {
		return
	}
	if w.bytes += len(path); w.bytes > nameBytes || len(path) >= unix.PathMax {
		w.omitted++
		return
	}
	w.seen[path] = true
}

func (w *walker) trouble(path string, status Status, errno unix.Errno) {
	if len(w.troubles) >= mostTroubles {
		w.omitted++
		return
	}
	w.troubles = append(w.troubles, File{Name: path, Status: status, Errno: errno})
}

// stop ends the search: there may be more.
func (w *walker) stop(path string, status Status) {
	w.stopped = true
	w.troubles = append(w.troubles, File{Name: path, Status: status})
}

// entry takes the first one of a block of struct linux_dirent64.
func entry(b []byte) (name string, kind byte, rest []byte) {
	const header = 19
	if len(b) < header {
		return "", 0, nil
	}
	length := int(b[16]) | int(b[17])<<8
	if length < header || length > len(b) {
		return "", 0, nil
	}
	text := b[header:length]
	if end := slices.Index(text, 0); end >= 0 {
		text = text[:end]
	}
	return string(text), b[18], b[length:]
}
