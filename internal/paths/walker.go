package paths

import (
	"strings"

	"golang.org/x/sys/unix"
)

// task is the thread that a path is resolved for, in the host's numbers; zero: nobody, and /proc/self does not exist.
type task struct {
	tid, pid int32
	member   func(pid int32) bool // may be nil
}

// walker resolves paths as a task would, without it. Its descriptors stay with whoever made it.
type walker struct {
	root  int  // the task's root directory
	base  int  // where relative paths begin
	plain bool // the root is that of the calling thread too
	task  task
	procs map[uint64]bool // which devices are a procfs
	links int             // symbolic links followed so far
}

const maxLinks = 40 // as the kernel has it

const resolveCached = 0x20 // RESOLVE_CACHED of openat2

// object opens what a path names, with O_PATH. follow tells what to do with a link at its end; a slash there follows too.
func (w *walker) object(path string, follow bool) (int, unix.Errno) {
	if path == "" {
		return -1, unix.ENOENT
	}
	flags := uint64(unix.O_PATH | unix.O_CLOEXEC)
	if !follow {
		flags |= unix.O_NOFOLLOW
	}
	if path[0] != '/' && !w.plain {
		return w.slow(path, follow)
	}
	fd, errno := w.fast(path, flags, 0)
	if errno == 0 {
		if !w.inProc(fd) {
			return fd, 0
		}
		unix.Close(fd) // what it is may depend on who looks
		return w.slow(path, follow)
	}
	if errno == unix.ENOENT || errno == unix.ENOTDIR || errno == unix.EACCES || errno == unix.ENAMETOOLONG {
		// Where no link is on the way, the error cannot come from a link that means the one who follows it.
		fd, again := w.fast(path, flags, unix.RESOLVE_NO_SYMLINKS)
		if again == errno {
			return -1, errno
		}
		if again == 0 {
			unix.Close(fd)
		}
	}
	return w.slow(path, follow)
}

// fast lets the kernel walk, but for links that mean the one who follows them.
func (w *walker) fast(path string, flags, resolve uint64) (int, unix.Errno) {
	dir := w.base
	how := unix.OpenHow{Flags: flags, Resolve: resolve | unix.RESOLVE_NO_MAGICLINKS}
	if path[0] == '/' {
		dir = w.root
		if !w.plain {
			how.Resolve |= unix.RESOLVE_IN_ROOT
		}
	}
	return openat2(dir, path, &how)
}

func openat2(dir int, path string, how *unix.OpenHow) (int, unix.Errno) {
	for range 8 {
		fd, err := unix.Openat2(dir, path, how)
		if errno := errnoOf(err); errno != unix.EINTR && (errno != unix.EAGAIN || how.Resolve&resolveCached != 0) {
			return fd, errno
		}
	}
	return -1, unix.EAGAIN
}

// slow walks component by component. What is held at each step is a descriptor, so nothing moves under it.
func (w *walker) slow(path string, follow bool) (int, unix.Errno) {
	w.links = 0
	at, errno := duplicate(w.start(path))
	if errno != 0 {
		return -1, errno
	}
	for rest := strings.TrimLeft(path, "/"); rest != ""; {
		name := rest
		rest = ""
		slash := false
		if i := strings.IndexByte(name, '/'); i >= 0 {
			name, rest, slash = name[:i], strings.TrimLeft(name[i:], "/"), true
		}
		next, link, errno := w.step(at, name, slash || follow)
		if errno == 0 && link != "" {
			if w.links++; w.links > maxLinks {
				errno = unix.ELOOP
			} else {
				if slash {
					link += "/" + rest
				}
				if link[0] == '/' {
					next, errno = duplicate(w.root)
				} else {
					next, errno = duplicate(at)
				}
				rest, slash = strings.TrimLeft(link, "/"), false
			}
		}
		unix.Close(at)
		if errno != 0 {
			return -1, errno
		}
		at = next
		if slash && !isDirectory(at) {
			unix.Close(at)
			return -1, unix.ENOTDIR
		}
	}
	return at, 0
}

func (w *walker) start(path string) int {
	if path[0] == '/' {
		return w.root
	}
	return w.base
}

// step goes to an entry of the directory at. A link that is to be followed is told by its text, one of /proc that leads
// to an open file or a directory of a task is followed at once.
func (w *walker) step(at int, name string, follow bool) (next int, link string, errno unix.Errno) {
	if name == ".." && w.isRoot(at) {
		name = "."
	}
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC | unix.O_NOFOLLOW}
	next, errno = openat2(at, name, &how)
	if errno != 0 || !follow && name != "." && name != ".." {
		if errno == 0 && w.inProc(next) {
			return next, "", 0
		}
		return next, "", errno
	}
	var st unix.Stat_t
	if err := unix.Fstat(next, &st); err != nil {
		unix.Close(next)
		return -1, "", errnoOf(err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFLNK {
		return next, "", 0
	}
	defer func() {
		if link != "" || errno != 0 {
			unix.Close(next)
			next = -1
		}
	}()
	if w.isProc(st.Dev, next) {
		target, fd, errno := w.procLink(at, name)
		if errno != 0 || target != "" {
			return next, target, errno
		}
		if fd >= 0 {
			unix.Close(next)
			w.links++
			if w.links > maxLinks {
				unix.Close(fd)
				next = -1
				return -1, "", unix.ELOOP
			}
			return fd, "", 0
		}
	}
	var buffer [unix.PathMax]byte
	n, err := unix.Readlinkat(next, "", buffer[:])
	if err != nil {
		return next, "", errnoOf(err)
	}
	if n == 0 {
		return next, "", unix.ENOENT
	}
	return next, string(buffer[:n]), 0
}

// isRoot tells whether a directory is the task's root, where ".." ends.
func (w *walker) isRoot(fd int) bool {
	var a, b unix.Stat_t
	return unix.Fstat(fd, &a) == nil && unix.Fstat(w.root, &b) == nil && a.Ino == b.Ino && a.Dev == b.Dev && !apart(fd, w.root)
}

func isDirectory(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

func duplicate(fd int) (int, unix.Errno) {
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	return fd, errnoOf(err)
}

// sameRoot tells whether a directory is the calling thread's root.
func sameRoot(fd int) bool {
	own, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(own)
	w := walker{root: own}
	return w.isRoot(fd)
}
