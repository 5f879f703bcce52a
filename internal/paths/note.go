package paths

import (
	"strings"

	"golang.org/x/sys/unix"
)

// noteFound tells what a rule about something found must allow. For a directory that is a Level.
func (s *Server) noteFound(c *Call, f *found, need Access) {
	if !strings.HasPrefix(f.name, "/") {
		return
	}
	name, scope := f.name, One
	switch {
	case f.is(unix.S_IFDIR):
		scope = Level
	case f.is(unix.S_IFLNK) && !s.walk.isProc(f.dev, f.fd):
		name, scope = Above(name), Level // a rule that names a link is for what that leads to
	}
	if s.walk.isProc(f.dev, f.fd) {
		owner, rest := splitOwner(name)
		if pid, tid, ok := s.walker(c, -1).numbers(f.dev); ok && owner != "" && (owner == pid || owner == tid) {
			name = ownProcess + rest
			if strings.HasPrefix(rest, "/task/") { // by a number that is another's next time
				name, scope = ownProcess+"/task", Subtree
			}
		}
	}
	s.Note(name, need, scope)
}

// noteEntry tells of a change to an entry, which need not exist.
func (s *Server) noteEntry(e *entry) {
	if s.Note == nil {
		return
	}
	var st unix.Stat_t
	if unix.Fstatat(e.parent, e.last, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFLNK {
		s.Note(Above(e.name), Write, Level)
		return
	}
	s.Note(e.name, Write, One)
}

// note tells of an access to a name that need not exist.
func (s *Server) note(name string, need Access, scope Scope) {
	if s.Note != nil {
		s.Note(name, need, scope)
	}
}
