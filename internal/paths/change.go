package paths

import (
	"encoding/binary"
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// What is changed is reached through the server's own descriptor, in which no name is looked up any more.

func onChmod(_ *Server, c *Call, r *row, f *found) Answer {
	mode := uint32(c.Args[r.path+1]) & 0o7777
	if f.is(unix.S_IFLNK) {
		return failed(unix.EOPNOTSUPP)
	}
	return done(unix.Chmod(sys.DescriptorPath(f.fd), mode))
}

// onChown serves chown, lchown and fchownat.
func onChown(_ *Server, c *Call, r *row, f *found) Answer {
	uid, gid := int(int32(c.Args[r.path+1])), int(int32(c.Args[r.path+2]))
	return done(unix.Fchownat(f.fd, "", uid, gid, unix.AT_EMPTY_PATH))
}

// doTimes serves utime, utimes, futimesat and utimensat.
func doTimes(s *Server, c *Call, r *row) Answer {
	times, errno := s.times(c, r)
	if errno != 0 {
		return failed(errno)
	}
	if c.Args[r.path] == 0 && r.dir >= 0 { // the descriptor itself
		return s.onDescriptor(c, int32(c.Args[r.dir]), func(fd int) error {
			return unix.UtimesNanoAt(unix.AT_FDCWD, sys.DescriptorPath(fd), times, 0)
		})
	}
	f, answer := s.target(c, r)
	if f == nil {
		return answer
	}
	defer f.close()
	return done(unix.UtimesNanoAt(unix.AT_FDCWD, sys.DescriptorPath(f.fd), times, 0))
}

// times reads what the calls of the family take; nil is now.
func (s *Server) times(c *Call, r *row) ([]unix.Timespec, unix.Errno) {
	address := c.Args[r.path+1]
	if address == 0 {
		return nil, 0
	}
	raw := make([]byte, 32)
	if r.name == "utime" {
		raw = raw[:16]
	}
	if errno := sys.ReadWhole(c.TID, address, raw); errno != 0 {
		return nil, errno
	}
	word := func(i int) int64 { return int64(binary.NativeEndian.Uint64(raw[8*i:])) }
	switch r.name {
	case "utime":
		return []unix.Timespec{{Sec: word(0)}, {Sec: word(1)}}, 0
	case "utimensat":
		return []unix.Timespec{{Sec: word(0), Nsec: word(1)}, {Sec: word(2), Nsec: word(3)}}, 0
	}
	if a, b := word(1), word(3); a < 0 || a >= 1e6 || b < 0 || b >= 1e6 {
		return nil, unix.EINVAL
	}
	return []unix.Timespec{{Sec: word(0), Nsec: word(1) * 1000}, {Sec: word(2), Nsec: word(3) * 1000}}, 0
}

// onTruncate minds the program's own limit of file sizes, which the kernel would look up in the server.
func onTruncate(s *Server, c *Call, _ *row, f *found) Answer {
	length := int64(c.Args[1])
	if length < 0 {
		return failed(unix.EINVAL)
	}
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return failed(errnoOf(err))
	}
	if f.is(unix.S_IFREG) && length > st.Size {
		limit, err := sys.SoftLimit(c.TID, sys.FileSizeLimit)
		if err != nil {
			return failed(unix.EACCES)
		}
		if uint64(length) > limit {
			sys.SignalThread(c.PID, c.TID, unix.SIGXFSZ)
			return failed(unix.EFBIG)
		}
	}
	if !f.is(unix.S_IFREG) {
		return done(unix.Truncate(sys.DescriptorPath(f.fd), length)) // says what is wrong
	}
	return s.openLater(c, f.fd, unix.O_WRONLY|unix.O_CLOEXEC, func(own int) Answer {
		defer unix.Close(own)
		return done(unix.Ftruncate(own, length))
	})
}

// onWatch adds a file to an inotify instance of the program's.
func onWatch(_ *Server, c *Call, _ *row, f *found) Answer {
	fd, errno := borrow(c, int32(c.Args[0]))
	if errno != 0 {
		return failed(errno)
	}
	defer unix.Close(fd)
	wd, err := unix.InotifyAddWatch(fd, sys.DescriptorPath(f.fd), uint32(c.Args[2])&^unix.IN_DONT_FOLLOW)
	if err != nil {
		return failed(errnoOf(err))
	}
	return value(int64(wd))
}

// doWatch looks at the mask, which says whether a link is followed.
func doWatch(s *Server, c *Call, r *row) Answer {
	plain := *r
	plain.follow = uint32(c.Args[2])&unix.IN_DONT_FOLLOW == 0
	f, answer := s.target(c, &plain)
	if f == nil {
		return answer
	}
	defer f.close()
	return onWatch(s, c, r, f)
}

// doDescriptor serves fchmod, fchown, fsetxattr and fremovexattr: a descriptor that was opened for reading changes nothing.
func doDescriptor(s *Server, c *Call, r *row) Answer {
	var name string
	var data []byte
	var errno unix.Errno
	if r.name == "fsetxattr" || r.name == "fremovexattr" {
		if name, errno = s.attribute(c, 1); errno != 0 {
			return failed(errno)
		}
	}
	if r.name == "fsetxattr" {
		if data, errno = attributeValue(c); errno != 0 {
			return failed(errno)
		}
	}
	return s.onDescriptor(c, int32(c.Args[0]), func(fd int) error {
		switch r.name {
		case "fchmod":
			return unix.Fchmod(fd, uint32(c.Args[1])&0o7777)
		case "fchown":
			return unix.Fchown(fd, int(int32(c.Args[1])), int(int32(c.Args[2])))
		case "fsetxattr":
			return unix.Fsetxattr(fd, name, data, int(int32(c.Args[4])))
		case "fremovexattr":
			return unix.Fremovexattr(fd, name)
		}
		return unix.ENOSYS
	})
}

// onDescriptor changes what a descriptor of the program is open on, when the rules allow that.
func (s *Server) onDescriptor(c *Call, fd int32, change func(fd int) error) Answer {
	own, errno := borrow(c, fd)
	if errno == unix.EPERM {
		own, errno = reopened(c, fd)
	}
	if errno != 0 {
		return failed(errno)
	}
	f, answer := s.identify(own, true)
	if f == nil {
		return answer
	}
	defer f.close()
	if answer, ok := s.permit(c, f, Write); !ok {
		return answer
	}
	return done(change(f.fd))
}

// reopened opens what a descriptor of the program is open on, where containers forbid to borrow it. Files and directories only: to open others
// can do something.
func reopened(c *Call, fd int32) (int, unix.Errno) {
	at, err := sys.OpenOf(c.TID, "/fd/"+strconv.Itoa(int(fd)))
	if err != nil {
		return -1, unix.EBADF
	}
	defer unix.Close(at)
	var st unix.Stat_t
	if err := unix.Fstat(at, &st); err != nil {
		return -1, errnoOf(err)
	}
	if kind := st.Mode & unix.S_IFMT; kind != unix.S_IFREG && kind != unix.S_IFDIR || !c.Valid() {
		return -1, unix.EPERM
	}
	own, err := unix.Open(sys.DescriptorPath(at), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err == unix.EACCES {
		own, err = unix.Open(sys.DescriptorPath(at), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	}
	return own, errnoOf(err)
}

// borrow duplicates a descriptor of the program: the same open file.
func borrow(c *Call, fd int32) (int, unix.Errno) {
	if fd < 0 {
		return -1, unix.EBADF
	}
	const thread = unix.O_EXCL // PIDFD_THREAD
	pidfd, err := unix.PidfdOpen(int(c.TID), thread)
	if err == unix.EINVAL {
		pidfd, err = unix.PidfdOpen(int(c.PID), 0)
	}
	if err != nil {
		return -1, errnoOf(err)
	}
	defer unix.Close(pidfd)
	own, err := unix.PidfdGetfd(pidfd, int(fd), 0)
	if err == nil && !c.Valid() {
		unix.Close(own)
		return -1, unix.ESRCH
	}
	return own, errnoOf(err)
}
