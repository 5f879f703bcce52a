package paths

import (
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// entry is a name in a directory that is held: what is made, removed or renamed.
type entry struct {
	parent int
	dir    string // canonical
	last   string // as it was written, with the slashes that follow it
	name   string // canonical, of the entry
	plain  bool   // last is a name, not ".", "..", "/", and no slash follows it
}

func (e *entry) close() { unix.Close(e.parent) }

// proper tells an entry with a name of its own from ".", ".." and "/", which the kernel refuses to make, remove or rename.
func (e *entry) proper() bool { return e.name != "" }

// entry opens the directory that a path names an entry of. Relative paths begin at the descriptor at unless it is
// negative, then at dirfd.
func (s *Server) entry(c *Call, dirfd int32, at int, path string) (*entry, Answer) {
	if path == "" {
		return nil, failed(unix.ENOENT)
	}
	trimmed := strings.TrimRight(path, "/")
	i := strings.LastIndexByte(trimmed, '/')
	head, last, name := path[:i+1], path[i+1:], trimmed[i+1:]
	if trimmed == "" {
		head, last, name = "/", "/", ""
	}
	var errno unix.Errno
	own := at < 0 && path[0] != '/'
	if own {
		if at, errno = base(c, dirfd); errno != 0 {
			return nil, failed(errno)
		}
	}
	parent := at
	if head != "" {
		parent, errno = s.walker(c, at).object(head, true)
		if own {
			unix.Close(at)
		}
	} else if !own {
		parent, errno = duplicate(at)
	}
	if errno != 0 {
		return nil, failed(errno)
	}
	f, answer := s.identify(parent, true)
	if f == nil {
		return nil, answer
	}
	if !f.is(unix.S_IFDIR) {
		f.close()
		return nil, failed(unix.ENOTDIR)
	}
	e := &entry{parent: f.fd, dir: f.name, last: last}
	if name != "" && name != "." && name != ".." {
		e.name, e.plain = join(f.name, name), last == name
	}
	return e, Answer{}
}

// entryOf reads a path argument and finds the entry that it names.
func (s *Server) entryOf(c *Call, dir, argument int8) (*entry, Answer) {
	path, errno := s.path(c, argument, false)
	if errno != 0 {
		return nil, failed(errno)
	}
	dirfd := int32(unix.AT_FDCWD)
	if dir >= 0 {
		dirfd = int32(c.Args[dir])
	}
	return s.entry(c, dirfd, -1, path)
}

// mayChange checks WRITE on an entry. What the kernel finds wrong before it would ask for rights comes first.
func (s *Server) mayChange(e *entry, exists unix.Errno, missing unix.Errno) (Answer, bool) {
	if !e.proper() || s.rules.Allowed(e.name)&Write != 0 {
		if e.proper() {
			s.noteEntry(e)
		}
		return Answer{}, true
	}
	var st unix.Stat_t
	err := errnoOf(unix.Fstatat(e.parent, strings.TrimRight(e.last, "/"), &st, unix.AT_SYMLINK_NOFOLLOW))
	switch {
	case err == 0 && exists != 0:
		return failed(exists), false
	case err == unix.ENOENT && missing != 0:
		return failed(missing), false
	case err != 0 && err != unix.ENOENT:
		return failed(err), false
	}
	return denied(e.name), false
}

// doMake serves mkdir, mknod and symlink, which fail when the entry exists.
func doMake(s *Server, c *Call, r *row) Answer {
	var target string
	if strings.HasPrefix(r.name, "symlink") {
		var errno unix.Errno
		if target, errno = s.path(c, 0, false); errno != 0 {
			return failed(errno)
		}
	}
	e, answer := s.entryOf(c, r.dir, r.path)
	if e == nil {
		return answer
	}
	defer e.close()
	if answer, ok := s.mayChange(e, unix.EEXIST, 0); !ok {
		return answer
	}
	mode, errno := s.underUmask(c, uint32(c.Args[r.path+1])) // of symlink it is something else, and not used
	if errno != 0 {
		return failed(errno)
	}
	switch r.name {
	case "symlink", "symlinkat":
		return done(unix.Symlinkat(target, e.parent, e.last))
	case "mkdir", "mkdirat":
		return done(unix.Mkdirat(e.parent, e.last, mode))
	}
	if format := mode & unix.S_IFMT; format == unix.S_IFCHR || format == unix.S_IFBLK {
		return failed(unix.EPERM) // a device by another name would be open to what the rules say of that
	}
	return done(unix.Mknodat(e.parent, e.last, mode, 0))
}

// doRemove serves unlink, rmdir and unlinkat.
func doRemove(s *Server, c *Call, r *row) Answer {
	flags := 0
	switch r.name {
	case "rmdir":
		flags = unix.AT_REMOVEDIR
	case "unlinkat":
		flags = int(int32(c.Args[2]))
		if flags&^unix.AT_REMOVEDIR != 0 {
			return failed(unix.EINVAL)
		}
	}
	e, answer := s.entryOf(c, r.dir, r.path)
	if e == nil {
		return answer
	}
	defer e.close()
	if answer, ok := s.mayChange(e, 0, unix.ENOENT); !ok {
		return answer
	}
	return done(unix.Unlinkat(e.parent, e.last, flags))
}

// doRename serves rename, renameat and renameat2.
func doRename(s *Server, c *Call, r *row) Answer {
	flags := uint(0)
	if r.flags >= 0 {
		flags = uint(uint32(c.Args[r.flags]))
		exclusive := flags&unix.RENAME_EXCHANGE != 0 && flags&(unix.RENAME_NOREPLACE|unix.RENAME_WHITEOUT) != 0
		if flags&^(unix.RENAME_NOREPLACE|unix.RENAME_EXCHANGE|unix.RENAME_WHITEOUT) != 0 || exclusive {
			return failed(unix.EINVAL)
		}
	}
	dir, second := r.dir, r.path+1
	if dir >= 0 {
		second = r.path + 2
	}
	from, answer := s.entryOf(c, dir, r.path)
	if from == nil {
		return answer
	}
	defer from.close()
	if dir >= 0 {
		dir = r.path + 1
	}
	to, answer := s.entryOf(c, dir, second)
	if to == nil {
		return answer
	}
	defer to.close()
	if answer, ok := s.mayChange(from, 0, unix.ENOENT); !ok {
		return answer
	}
	if answer, ok := s.mayChange(to, 0, 0); !ok {
		return answer
	}
	if from.proper() && to.proper() {
		if s.rules.pinned(from.name) || flags&unix.RENAME_EXCHANGE != 0 && s.rules.pinned(to.name) {
			return failed(unix.EBUSY)
		}
		if s.rules.gains(from.name, to.name) || flags&unix.RENAME_EXCHANGE != 0 && s.rules.gains(to.name, from.name) {
			return failed(unix.EXDEV)
		}
		if s.NoteMove != nil {
			s.NoteMove(from.name, to.name)
		}
	}
	return done(unix.Renameat2(from.parent, from.last, to.parent, to.last, flags))
}

// doLink serves link and linkat.
func doLink(s *Server, c *Call, r *row) Answer {
	flags := uint32(0)
	if r.flags >= 0 {
		flags = uint32(c.Args[r.flags])
		if flags&^(unix.AT_SYMLINK_FOLLOW|unix.AT_EMPTY_PATH) != 0 {
			return failed(unix.EINVAL)
		}
	}
	path, errno := s.path(c, r.path, flags&unix.AT_EMPTY_PATH != 0)
	if errno != 0 {
		return failed(errno)
	}
	old, answer := s.find(c, r.dirfd(c), path, flags&unix.AT_SYMLINK_FOLLOW != 0)
	if old == nil {
		return answer
	}
	defer old.close()
	dir, second := r.dir, r.path+1
	if dir >= 0 {
		dir, second = r.path+1, r.path+2
	}
	to, answer := s.entryOf(c, dir, second)
	if to == nil {
		return answer
	}
	defer to.close()
	if answer, ok := s.mayChange(to, unix.EEXIST, 0); !ok {
		return answer
	}
	name, err := nameIn(old.fd, s.walk.root, s.walk.plain)
	if err != nil || !strings.HasPrefix(name, "/") {
		return failed(unix.EXDEV)
	}
	if to.proper() && s.rules.Allowed(to.name)&^s.rules.Allowed(name) != 0 { // a directory cannot be linked
		return failed(unix.EXDEV)
	}
	if s.NoteMove != nil {
		s.NoteMove(name, to.name)
	}
	return done(unix.Linkat(unix.AT_FDCWD, sys.DescriptorPath(old.fd), to.parent, to.last, unix.AT_SYMLINK_FOLLOW))
}
