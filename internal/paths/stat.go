package paths

import (
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

func decimal(n int32) string { return strconv.Itoa(int(n)) }

// copyOut writes a struct of the kernel's into the program.
func copyOut[T any](c *Call, address uint64, v *T) Answer {
	errno := sys.WriteWhole(c.TID, address, unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)))
	if errno != 0 {
		return failed(errno)
	}
	return value(0)
}

// onStat serves stat, lstat and fstat (buffer in argument 1), newfstatat (2).
func onStat(_ *Server, c *Call, r *row, f *found) Answer {
	var st unix.Stat_t
	flags := unix.AT_EMPTY_PATH
	if r.flags >= 0 {
		flags |= int(c.Args[r.flags]) &^ unix.AT_SYMLINK_NOFOLLOW
	}
	buffer := r.path + 1
	if r.path < 0 {
		buffer = 1
	}
	if err := unix.Fstatat(f.fd, "", &st, flags); err != nil {
		return failed(errnoOf(err))
	}
	return copyOut(c, c.Args[buffer], &st)
}

func onStatx(_ *Server, c *Call, _ *row, f *found) Answer {
	var st unix.Statx_t
	flags := int(uint32(c.Args[2]))&^unix.AT_SYMLINK_NOFOLLOW | unix.AT_EMPTY_PATH
	if err := unix.Statx(f.fd, "", flags, int(uint32(c.Args[3])), &st); err != nil {
		return failed(errnoOf(err))
	}
	return copyOut(c, c.Args[4], &st)
}

func onStatfs(_ *Server, c *Call, _ *row, f *found) Answer {
	var st unix.Statfs_t
	if err := unix.Fstatfs(f.fd, &st); err != nil {
		return failed(errnoOf(err))
	}
	return copyOut(c, c.Args[1], &st)
}

// onAccess serves access, faccessat and faccessat2. A right that the rules lack is as one that the file lacks.
func onAccess(s *Server, c *Call, r *row, f *found) Answer {
	mode := uint32(c.Args[r.path+1])
	if mode&^7 != 0 {
		return failed(unix.EINVAL)
	}
	if err := unix.Faccessat2(f.fd, "", mode, unix.AT_EMPTY_PATH|unix.AT_EACCESS); err != nil {
		return failed(errnoOf(err))
	}
	if !f.named {
		return value(0)
	}
	var need Access
	if mode&unix.R_OK != 0 {
		need |= Read
	}
	if mode&unix.W_OK != 0 {
		need |= Write
	}
	if mode&unix.X_OK != 0 && !f.is(unix.S_IFDIR) {
		need |= Exec
	}
	if s.allowed(c, f)&need != need {
		return failed(unix.EACCES)
	}
	return value(0)
}

// onReadlink serves readlink and readlinkat. What a link of /proc says about the task is told as the task would see it.
func onReadlink(s *Server, c *Call, r *row, f *found) Answer {
	size := int32(c.Args[r.path+2])
	if size <= 0 {
		return failed(unix.EINVAL)
	}
	if !f.is(unix.S_IFLNK) {
		if f.empty {
			return failed(unix.ENOENT)
		}
		return failed(unix.EINVAL)
	}
	text, errno := s.linkText(c, f)
	if errno != 0 {
		return failed(errno)
	}
	text = text[:min(len(text), int(size))]
	if errno := sys.WriteWhole(c.TID, c.Args[r.path+1], []byte(text)); errno != 0 {
		return failed(errno)
	}
	return value(int64(len(text)))
}

func (s *Server) linkText(c *Call, f *found) (string, unix.Errno) {
	var buffer [unix.PathMax]byte
	n, err := unix.Readlinkat(f.fd, "", buffer[:])
	if err != nil {
		return "", errnoOf(err)
	}
	text := string(buffer[:n])
	if !s.walk.isProc(f.dev, f.fd) || !f.named {
		return text, 0
	}
	w := s.walker(c, -1)
	parent, errno := w.slow(Above(f.name), true)
	if errno != 0 {
		return text, 0
	}
	defer unix.Close(parent)
	own, fd, errno := w.procLink(parent, f.name[strings.LastIndexByte(f.name, '/')+1:])
	if errno != 0 || own != "" {
		return own, errno
	}
	if fd < 0 {
		return text, 0
	}
	defer unix.Close(fd)
	if len(text) > 0 && text[0] == '/' && !s.walk.plain {
		if name, err := nameIn(fd, s.walk.root, s.walk.plain); err == nil && name[0] == '/' {
			return name, 0
		}
	}
	return text, 0
}

// doReadlinkat is readlinkat, whose path may be empty for a descriptor of a link.
func doReadlinkat(s *Server, c *Call, r *row) Answer {
	if int32(c.Args[r.path+2]) <= 0 {
		return failed(unix.EINVAL)
	}
	path, errno := s.path(c, r.path, true)
	if errno != 0 {
		return failed(errno)
	}
	f, answer := s.find(c, r.dirfd(c), path, false)
	if f == nil {
		return answer
	}
	defer f.close()
	if path == "" { // a descriptor made with O_PATH, which opens nothing
		if f, answer = s.name(f); f == nil {
			return answer
		}
		f.empty = true
	}
	if f.named {
		if answer, ok := s.permit(c, f, r.need); !ok {
			return answer
		}
	}
	return onReadlink(s, c, r, f)
}
