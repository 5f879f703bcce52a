package paths

import (
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// Creds are the ids that a program has when they are not those of the host.
type Creds struct {
	UID, GID uint32
	Groups   []uint32
}

// Server carries out the calls of one run. One thread uses it at a time; Finish of an answer may run beside it.
//
// Its thread is a locked one that ends with the run: Enter gives it a umask and a working directory of its own and, with
// creds, the program's file access rights, for good. So a child must not be started from it after Enter, and it must not
// carry a seccomp filter or Landlock ruleset that stands in the way of files.
//
// A program that runs as root and then gives up its ids is served with those it had at the start; the rules hold all the same.
type Server struct {
	rules   *Rules
	creds   *Creds
	member  func(pid int32) bool
	walk    walker
	buffer  [unix.PathMax]byte
	shared  bool      // its thread has the umask and the directory of the host
	blocked int32     // threads that wait for a fifo or a peer
	program [2]uint64 // device and inode of a program that the caller gave by descriptor
	// Note, when it is not nil, is told of every access that the rules had to allow, on the thread that serves. Set it before the first call.
	Note func(name string, need Access, scope Scope)
	// NoteMove likewise of a file that gets another name: the old one must be open to all that the new one is.
	NoteMove func(old, new string)
}

// NewServer makes the server of a run. creds is nil when the program has the host's ids. member tells, from any thread,
// whether a process belongs to the run; without it a program sees its own process only behind /proc/PID.
func NewServer(rules *Rules, creds *Creds, member func(pid int32) bool) *Server {
	return &Server{rules: rules, creds: creds, member: member, walk: walker{root: -1, base: -1}}
}

// Enter makes the calling thread the server's.
func (s *Server) Enter() error {
	switch err := sys.OwnDirectories(); err {
	case nil:
		sys.Umask(0)
	case unix.EPERM, unix.ENOSYS:
		s.shared = true // a container that permits no unshare
	default:
		return err
	}
	if s.creds == nil {
		return nil
	}
	return sys.ActAs(s.creds.UID, s.creds.GID, s.creds.Groups)
}

// Close releases the descriptors of the server.
func (s *Server) Close() {
	if s.walk.root >= 0 {
		unix.Close(s.walk.root)
		s.walk.root = -1
	}
}

// Act answers a call. A call that the table does not know fails with ENOSYS.
func (s *Server) Act(c *Call) Answer {
	if c.Nr < 0 || int(c.Nr) >= len(byNumber) || byNumber[c.Nr] == nil {
		return failed(unix.ENOSYS)
	}
	if s.walk.root < 0 {
		root, err := sys.OpenOf(c.TID, "/root")
		if err != nil {
			return failed(unix.EACCES)
		}
		s.walk.root, s.walk.plain = root, sameRoot(root)
	}
	r := byNumber[c.Nr]
	if r.on == nil {
		return r.do(s, c, r)
	}
	f, answer := s.target(c, r)
	if f == nil {
		return answer
	}
	defer f.close()
	return r.on(s, c, r, f)
}

// found is what a path leads to.
type found struct {
	fd    int
	name  string // canonical; without a leading slash for what is in no directory
	mode  uint32 // type and permissions
	dev   uint64
	named bool // by a path, not by a descriptor alone
	empty bool // by a descriptor, though it was then named
}

func (f *found) close() { unix.Close(f.fd) }

func (f *found) is(format uint32) bool { return f.mode&unix.S_IFMT == format }

// target finds the object that a call is about and checks the row's access. nil: the answer is that.
func (s *Server) target(c *Call, r *row) (*found, Answer) {
	follow, empty := r.follow, false
	if r.flags >= 0 {
		flags := uint32(c.Args[r.flags])
		if flags&^r.known != 0 {
			return nil, failed(unix.EINVAL)
		}
		follow = (follow || flags&unix.AT_SYMLINK_FOLLOW != 0) && flags&unix.AT_SYMLINK_NOFOLLOW == 0
		empty = flags&unix.AT_EMPTY_PATH != 0
	}
	path := ""
	if r.path >= 0 {
		var errno unix.Errno
		if path, errno = s.path(c, r.path, empty); errno != 0 {
			return nil, failed(errno)
		}
	}
	dirfd := r.dirfd(c)
	f, answer := s.find(c, dirfd, path, follow)
	if f != nil && !f.named && (r.need != Stat || pointsOnly(c, dirfd)) { // what the program has open it may look at, and no more
		f, answer = s.name(f)
	}
	if f != nil && f.named {
		if answer, ok := s.permit(c, f, r.need); !ok {
			f.close()
			return nil, answer
		}
	}
	return f, answer
}

// pointsOnly tells a descriptor that was opened with O_PATH, by the mode of its link in /proc.
func pointsOnly(c *Call, fd int32) bool {
	if fd == unix.AT_FDCWD {
		return true
	}
	var st unix.Stat_t
	err := unix.Lstat("/proc/"+decimal(c.TID)+"/fd/"+decimal(fd), &st)
	return err != nil || st.Mode&0o700 == 0
}

// path copies a path argument, once. An empty one is ENOENT unless the call permits it.
func (s *Server) path(c *Call, argument int8, empty bool) (string, unix.Errno) {
	address := c.Args[argument]
	if address == 0 && empty {
		return "", 0
	}
	raw, errno := sys.ReadString(c.TID, address, s.buffer[:])
	switch {
	case !c.Valid():
		return "", unix.ESRCH
	case errno != 0:
		return "", errno
	case len(raw) == 0 && !empty:
		return "", unix.ENOENT
	}
	return string(raw), 0
}

// walker resolves for the thread that makes a call, from a directory of its.
func (s *Server) walker(c *Call, base int) *walker {
	s.walk.base, s.walk.task = base, task{tid: c.TID, pid: c.PID, member: s.member}
	return &s.walk
}

// base opens the directory that relative paths begin at.
func base(c *Call, dirfd int32) (int, unix.Errno) {
	name := "/cwd"
	if dirfd != unix.AT_FDCWD {
		if dirfd < 0 {
			return -1, unix.EBADF
		}
		name = "/fd/" + decimal(dirfd)
	}
	fd, err := sys.OpenOf(c.TID, name)
	if err == unix.ENOENT && dirfd >= 0 {
		err = unix.EBADF
	}
	return fd, errnoOf(err)
}

// find opens what a path names, or the descriptor itself when it is empty.
func (s *Server) find(c *Call, dirfd int32, path string, follow bool) (*found, Answer) {
	at := -1
	var errno unix.Errno
	if path == "" || path[0] != '/' {
		if at, errno = base(c, dirfd); errno != 0 {
			return nil, failed(errno)
		}
	}
	fd := at
	if path != "" {
		fd, errno = s.walker(c, at).object(path, follow)
		if at >= 0 {
			unix.Close(at)
		}
		if errno != 0 {
			return nil, failed(errno)
		}
	}
	return s.identify(fd, path != "")
}

// identify describes what fd stands for, and takes it over.
func (s *Server) identify(fd int, named bool) (*found, Answer) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return nil, failed(errnoOf(err))
	}
	f := &found{fd: fd, mode: st.Mode, dev: st.Dev, named: named}
	if !named {
		return f, Answer{}
	}
	return s.name(f)
}

// name finds the canonical name of f, which is closed when there is none.
func (s *Server) name(f *found) (*found, Answer) {
	fd := f.fd
	name, err := nameIn(fd, s.walk.root, s.walk.plain)
	if err == unix.EXDEV {
		unix.Close(fd)
		return nil, denied("")
	}
	if err != nil {
		unix.Close(fd)
		return nil, failed(errnoOf(err))
	}
	f.name, f.named = name, true
	return f, Answer{}
}

// allowed is what may be done with something found.
func (s *Server) allowed(c *Call, f *found) Access {
	if !strings.HasPrefix(f.name, "/") {
		return all&^Exec | s.nameless(f) // the program has it open
	}
	a := s.rules.Allowed(f.name)
	if s.walk.isProc(f.dev, f.fd) {
		owner, rest := splitOwner(f.name)
		switch {
		case owner == "":
		case !s.walker(c, -1).mine(f.dev, owner):
			return a & Stat
		default:
			if pid, tid, _ := s.walk.numbers(f.dev); owner == pid || owner == tid {
				a |= s.rules.Allowed(ownProcess + rest)
			}
		}
	}
	return a
}

// permit checks an access; when it is not allowed the answer is the second result's.
func (s *Server) permit(c *Call, f *found, need Access) (Answer, bool) {
	if s.allowed(c, f)&need != need {
		return denied(f.name), false
	}
	if s.Note != nil {
		s.noteFound(c, f, need)
	}
	return Answer{}, true
}

// row is what the table says about a call.
type row struct {
	name             string
	dir, path, flags int8 // arguments; -1: AT_FDCWD, none
	follow           bool // a link at the end of the path, unless flags say otherwise
	known            uint32
	need             Access
	// on carries the call out on what the path leads to; do, where that is not the way, from the start.
	on func(*Server, *Call, *row, *found) Answer
	do func(*Server, *Call, *row) Answer
}

func (r *row) dirfd(c *Call) int32 {
	if r.dir < 0 {
		return unix.AT_FDCWD
	}
	return int32(c.Args[r.dir])
}

// byNumber is the table by the machine's numbers.
var byNumber = func() (rows [512]*row) {
	for i := range table {
		if nr, ok := seccomp.Number(seccomp.Native(), table[i].name); ok {
			rows[nr] = &table[i]
		}
	}
	return rows
}()
