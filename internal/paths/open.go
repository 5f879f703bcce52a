package paths

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

const (
	tmpfile = unix.O_TMPFILE &^ unix.O_DIRECTORY
	// openFlags is what open and openat know; they ignore the rest.
	openFlags = unix.O_ACCMODE | unix.O_CREAT | unix.O_EXCL | unix.O_NOCTTY | unix.O_TRUNC | unix.O_APPEND | unix.O_NONBLOCK |
		unix.O_SYNC | unix.O_ASYNC | unix.O_DIRECT | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NOATIME | unix.O_CLOEXEC |
		unix.O_PATH | unix.O_TMPFILE
	pathFlags = unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_PATH | unix.O_CLOEXEC
)

// request is what an open asks for.
type request struct {
	flags   uint64
	mode    uint32
	resolve uint64
	// inMemory: the flags lie in the program's memory (openat2), so it cannot be left to make the call itself.
	inMemory bool
}

func (q *request) has(flag uint64) bool { return q.flags&flag != 0 }

// need is the access that an open takes on a file that exists.
func (q *request) need() (need Access) {
	if q.has(unix.O_PATH) {
		return Stat
	}
	switch q.flags & unix.O_ACCMODE {
	case unix.O_RDONLY:
		need = Read
	case unix.O_WRONLY:
		need = Write
	default:
		need = Read | Write
	}
	if q.has(unix.O_TRUNC) {
		need |= Write
	}
	return need
}

// doOpen serves open, creat, openat and openat2.
func doOpen(s *Server, c *Call, r *row) Answer {
	q, errno := requested(c, r)
	if errno != 0 {
		return failed(errno)
	}
	path, errno := s.path(c, r.path, false)
	if errno != 0 {
		return failed(errno)
	}
	switch {
	case q.resolve != 0:
		return s.openScoped(c, r.dirfd(c), path, q)
	case q.has(unix.O_CREAT):
		return s.create(c, r.dirfd(c), path, q)
	}
	f, answer := s.find(c, r.dirfd(c), path, !q.has(unix.O_NOFOLLOW))
	if f == nil {
		return answer
	}
	return s.openFound(c, f, q)
}

// requested reads what is asked for. The kernel itself says whether it makes sense: without a directory to begin at, an
// open that does fails with EBADF.
func requested(c *Call, r *row) (*request, unix.Errno) {
	q := &request{}
	how := unix.OpenHow{}
	switch r.name {
	case "openat2":
		size := c.Args[3]
		if size < unix.SizeofOpenHow {
			return nil, unix.EINVAL
		}
		if size > 4096 {
			return nil, unix.E2BIG
		}
		raw := make([]byte, size)
		if errno := sys.ReadWhole(c.TID, c.Args[2], raw); errno != 0 {
			return nil, errno
		}
		for _, b := range raw[unix.SizeofOpenHow:] {
			if b != 0 {
				return nil, unix.E2BIG
			}
		}
		how.Flags, how.Mode = binary.NativeEndian.Uint64(raw), binary.NativeEndian.Uint64(raw[8:])
		how.Resolve = binary.NativeEndian.Uint64(raw[16:])
		q.resolve, q.inMemory = how.Resolve, true
	case "creat":
		how.Flags, how.Mode = unix.O_CREAT|unix.O_WRONLY|unix.O_TRUNC, c.Args[1]&0o7777
	default:
		how.Flags = uint64(uint32(c.Args[r.flags])) & openFlags
		if how.Flags&unix.O_PATH != 0 {
			how.Flags &= pathFlags
		}
		if how.Flags&(unix.O_CREAT|tmpfile) != 0 {
			how.Mode = c.Args[r.flags+1] & 0o7777
		}
	}
	q.flags, q.mode = how.Flags, uint32(how.Mode)
	if !q.inMemory && !q.has(unix.O_CREAT|tmpfile) {
		return q, 0 // open refuses no combination of the others
	}
	fd, err := unix.Openat2(-1, "x", &how)
	if err == nil {
		unix.Close(fd)
		return nil, unix.EINVAL
	}
	if err != unix.EBADF && !(err == unix.EAGAIN && how.Resolve&resolveCached != 0) {
		return nil, errnoOf(err)
	}
	return q, 0
}

// openFound opens what was found, and closes f.
func (s *Server) openFound(c *Call, f *found, q *request) Answer {
	keep := false
	defer func() {
		if !keep {
			f.close()
		}
	}()
	need := q.need()
	if q.has(tmpfile) {
		return s.openTemporary(c, f, q)
	}
	if f.is(unix.S_IFLNK) && !q.has(unix.O_PATH) {
		if q.has(unix.O_DIRECTORY) {
			return failed(unix.ENOTDIR)
		}
		return failed(unix.ELOOP)
	}
	if answer, ok := s.permit(c, f, need); !ok {
		return answer
	}
	if q.has(unix.O_PATH) {
		if q.has(unix.O_DIRECTORY) && !f.is(unix.S_IFDIR) {
			return failed(unix.ENOTDIR)
		}
		if q.inMemory {
			return failed(unix.ENOSYS)
		}
		// The kernel installs no such descriptor for another task. The program may make one itself: what it gets is good for
		// nothing that is not checked again by name, and its flags, in registers, stay as they were seen.
		return Answer{Kind: Continue}
	}
	if f.is(unix.S_IFCHR) && s.isTerminalOfCaller(f) {
		return failed(unix.ENXIO)
	}
	flags := int(q.flags)&^(unix.O_NOFOLLOW|unix.O_CREAT|unix.O_EXCL) | unix.O_CLOEXEC | unix.O_NOCTTY
	if f.is(unix.S_IFREG) {
		return s.openLater(c, f.fd, flags, func(own int) Answer { return opened(blocking(own, flags), q) })
	}
	if f.is(unix.S_IFDIR) || q.has(unix.O_NONBLOCK) {
		fd, err := unix.Open(sys.DescriptorPath(f.fd), flags, 0)
		if err != nil {
			return failed(errnoOf(err))
		}
		return opened(fd, q)
	}
	if f.is(unix.S_IFIFO) && q.flags&unix.O_ACCMODE != unix.O_RDWR {
		keep = true
		return s.openFifo(c, f.fd, flags, q)
	}
	fd, err := unix.Open(sys.DescriptorPath(f.fd), flags|unix.O_NONBLOCK, 0)
	if err != nil {
		return failed(errnoOf(err))
	}
	return opened(blocking(fd, flags), q)
}

func opened(fd int, q *request) Answer {
	return Answer{Kind: Open, FD: fd, Flags: uint32(q.flags) & unix.O_CLOEXEC}
}

// isTerminalOfCaller tells /dev/tty: to the server it is the host's, and the program, in a session of its own, has none.
func (s *Server) isTerminalOfCaller(f *found) bool {
	var st unix.Stat_t
	return unix.Fstat(f.fd, &st) != nil || unix.Major(st.Rdev) == 5 && unix.Minor(st.Rdev) == 0
}

// openTemporary makes a file without a name in a directory; what its name would be allowed counts.
func (s *Server) openTemporary(c *Call, f *found, q *request) Answer {
	if !f.is(unix.S_IFDIR) {
		return failed(unix.ENOTDIR)
	}
	need := q.need()
	if s.rules.Allowed(join(f.name, "#"))&need != need {
		return denied(f.name)
	}
	s.note(f.name, need, Level)
	mode, errno := s.underUmask(c, q.mode)
	if errno != 0 {
		return failed(errno)
	}
	fd, err := unix.Open(sys.DescriptorPath(f.fd), int(q.flags)&^unix.O_NOFOLLOW|unix.O_CLOEXEC, mode)
	if err != nil {
		return failed(errnoOf(err))
	}
	return opened(fd, q)
}

// create opens a file that may not exist yet. Links at the end are followed here, one by one, so that the directory and the
// name in it are known before anything is made.
func (s *Server) create(c *Call, dirfd int32, path string, q *request) Answer {
	whole := path
	at := -1
	defer func() {
		if at >= 0 {
			unix.Close(at)
		}
	}()
	for range maxLinks + 1 {
		e, answer := s.entry(c, dirfd, at, path)
		if e == nil {
			return answer
		}
		if !e.plain {
			_, err := unix.Openat(e.parent, e.last, unix.O_CREAT|unix.O_CLOEXEC|unix.O_NOFOLLOW|int(q.flags)&unix.O_EXCL, 0)
			e.close()
			if err == nil {
				err = unix.EISDIR
			}
			return failed(errnoOf(err))
		}
		var buffer [unix.PathMax]byte
		n, err := unix.Readlinkat(e.parent, e.last, buffer[:])
		if err != nil || q.has(unix.O_NOFOLLOW) || q.has(unix.O_EXCL) {
			defer e.close()
			return s.createEntry(c, e, q)
		}
		if s.walker(c, -1).inProc(e.parent) { // it exists, and may mean the task
			e.close()
			f, answer := s.find(c, dirfd, whole, true)
			if f == nil {
				return answer
			}
			return s.openFound(c, f, q)
		}
		if at >= 0 {
			unix.Close(at)
		}
		at, path = e.parent, string(buffer[:n])
	}
	return failed(unix.ELOOP)
}

// createEntry opens the entry of a directory that is held, and makes it when it is not there.
func (s *Server) createEntry(c *Call, e *entry, q *request) Answer {
	need := q.need()
	may := s.rules.Allowed(e.name)
	var st unix.Stat_t
	err := unix.Fstatat(e.parent, e.last, &st, unix.AT_SYMLINK_NOFOLLOW)
	exists := err == nil
	if err != nil && err != unix.ENOENT {
		return failed(errnoOf(err))
	}
	switch {
	case exists && q.has(unix.O_EXCL):
		return failed(unix.EEXIST)
	case exists && (st.Mode&unix.S_IFMT != unix.S_IFREG || s.walker(c, -1).inProc(e.parent)):
		return s.openEntry(c, e, q)
	case may&need != need, !exists && may&Write == 0:
		return denied(e.name)
	}
	if !exists {
		need |= Write
	}
	s.note(e.name, need, One)
	mode, errno := s.underUmask(c, q.mode)
	if errno != 0 {
		return failed(errno)
	}
	flags := int(q.flags) | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_NOCTTY
	if may&Write == 0 {
		flags &^= unix.O_CREAT
	}
	fd, err := unix.Openat(e.parent, e.last, flags|unix.O_NONBLOCK, mode)
	if err == unix.EAGAIN && !q.has(unix.O_NONBLOCK) { // it exists, and another holds a lease on it
		return s.openEntry(c, e, q)
	}
	if err != nil {
		return failed(errnoOf(err))
	}
	return opened(blocking(fd, flags), q)
}

// openEntry opens the entry of a directory that was there.
func (s *Server) openEntry(c *Call, e *entry, q *request) Answer {
	fd, errno := s.walker(c, e.parent).object(e.last, false)
	if errno != 0 {
		return failed(errno)
	}
	f, answer := s.identify(fd, true)
	if f == nil {
		return answer
	}
	if f.is(unix.S_IFDIR) {
		f.close()
		return failed(unix.EISDIR)
	}
	return s.openFound(c, f, q)
}

// openScoped serves openat2 with limits to the walk. The kernel walks, with the task's directory as the base; what the
// walk finds in a procfs could be the server's own, so that is refused.
func (s *Server) openScoped(c *Call, dirfd int32, path string, q *request) Answer {
	at, errno := base(c, dirfd)
	if errno != 0 && (path[0] != '/' || q.resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) != 0) {
		return failed(errno)
	}
	if errno == 0 {
		defer unix.Close(at)
	}
	if path[0] == '/' && q.resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) == 0 {
		if !s.walk.plain {
			return failed(unix.EXDEV)
		}
		at = s.walk.root
	}
	if !s.walk.plain && q.resolve&(unix.RESOLVE_IN_ROOT|unix.RESOLVE_BENEATH) == 0 {
		return failed(unix.EXDEV) // ".." or a link could leave the task's root
	}
	head, last := path, ""
	if q.has(unix.O_CREAT) {
		i := strings.LastIndexByte(path, '/')
		head, last = path[:i+1], path[i+1:]
		if head == "" {
			head = "."
		}
		if last == "" || last == "." || last == ".." {
			return failed(unix.EISDIR)
		}
	}
	flags := uint64(unix.O_PATH | unix.O_CLOEXEC)
	if q.has(unix.O_NOFOLLOW) && last == "" {
		flags |= unix.O_NOFOLLOW
	}
	fd, errno := openat2(at, head, &unix.OpenHow{Flags: flags, Resolve: q.resolve | unix.RESOLVE_NO_MAGICLINKS})
	if errno != 0 {
		return failed(errno)
	}
	if s.walk.inProc(fd) {
		unix.Close(fd)
		return failed(unix.EXDEV)
	}
	f, answer := s.identify(fd, true)
	if f == nil {
		return answer
	}
	if last == "" {
		return s.openFound(c, f, q)
	}
	defer f.close()
	e := &entry{parent: f.fd, dir: f.name, last: last, name: join(f.name, last), plain: true}
	var st unix.Stat_t
	if unix.Fstatat(e.parent, e.last, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK && !q.has(unix.O_EXCL) {
		return failed(unix.ELOOP) // the limits of the walk would have to hold for it too
	}
	return s.createEntry(c, e, q)
}

// underUmask is the mode to make something with next, so that it comes out as under the umask of the task. A thread that shares the host's
// umask can only take away from the mode what the task's takes.
func (s *Server) underUmask(c *Call, mode uint32) (uint32, unix.Errno) {
	mask, err := sys.UmaskOf(c.TID)
	if err != nil {
		return 0, unix.EACCES
	}
	if s.shared {
		return mode &^ mask, 0
	}
	sys.Umask(mask)
	return mode, 0
}
