package paths

import (
	"bytes"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// onExec lets an allowed file be executed by the program itself. Its memory may say something else by then: VerifyExec looks
// at what came of it.
func onExec(s *Server, c *Call, _ *row, f *found) Answer {
	if f.is(unix.S_IFLNK) {
		return failed(unix.ELOOP)
	}
	if answer, ok := s.interpreters(c, f); !ok {
		return answer
	}
	return Answer{Kind: Continue}
}

// Program tells the file that the program is started from, by a descriptor: it may be executed though it is in no directory.
func (s *Server) Program(fd int) {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) == nil {
		s.program = [2]uint64{st.Dev, st.Ino}
	}
}

// nameless is the right to execute what is in no directory, such as a memory file, which would else be a way to execute a copy of
// any file: it needs the rule for everything.
func (s *Server) nameless(f *found) Access {
	var st unix.Stat_t
	if s.program != [2]uint64{} && unix.Fstat(f.fd, &st) == nil && s.program == [2]uint64{st.Dev, st.Ino} {
		return Exec
	}
	least, _ := s.rules.reach("/")
	return least & Exec
}

// onContinue serves chdir and fchdir.
func onContinue(_ *Server, _ *Call, _ *row, f *found) Answer {
	if !f.is(unix.S_IFDIR) {
		return failed(unix.ENOTDIR)
	}
	return Answer{Kind: Continue}
}

// doChangeDirectory serves fchdir.
func doChangeDirectory(s *Server, c *Call, r *row) Answer {
	fd, errno := base(c, int32(c.Args[0]))
	if errno != 0 {
		return failed(errno)
	}
	f, answer := s.identify(fd, true)
	if f == nil {
		return answer
	}
	defer f.close()
	if answer, ok := s.permit(c, f, r.need); !ok {
		return answer
	}
	return onContinue(s, c, r, f)
}

// ForbiddenExec tells that a task executes a file that the rules do not allow.
type ForbiddenExec struct{ Path string }

func (e *ForbiddenExec) Error() string { return "executes " + e.Path + ", which is not allowed" }

// VerifyExec checks a task that stands in EVENT_EXEC, before its first instruction: whatever file is mapped into it must be
// one that may be executed. Those are the program, or the interpreter of a script, and the dynamic loader. (A script is
// only read, by its interpreter.) Any error means: kill.
func (s *Server) VerifyExec(tid, pid int32) error {
	if s.walk.root < 0 {
		root, err := sys.OpenOf(tid, "/root")
		if err != nil {
			return err
		}
		s.walk.root, s.walk.plain = root, sameRoot(root)
	}
	c := &Call{TID: tid, PID: pid, Valid: func() bool { return true }}
	fd, err := sys.OpenOf(tid, "/exe")
	if err != nil {
		return err
	}
	f, answer := s.identify(fd, true)
	if f == nil && answer.Kind == Errno {
		return answer.Errno
	}
	if f == nil {
		return &ForbiddenExec{answer.Path}
	}
	defer f.close()
	if _, ok := s.permit(c, f, Exec); !ok {
		return &ForbiddenExec{f.name}
	}
	maps, err := sys.Mappings(tid)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(maps) {
		name, ok := mappedFile(string(bytes.TrimSuffix(line, []byte("\n"))))
		if !ok {
			continue
		}
		inside, ok := s.inside(name)
		if !ok || s.rules.Allowed(inside)&Exec == 0 && inside != f.name && inside != "/"+f.name {
			return &ForbiddenExec{name}
		}
		s.note(inside, Exec, One)
	}
	return nil
}

// inside is a name of the host's view as the program sees it.
func (s *Server) inside(name string) (string, bool) {
	if s.walk.plain {
		return name, true
	}
	var buffer [unix.PathMax]byte
	root, err := sys.DescriptorName(s.walk.root, buffer[:])
	if err != nil {
		return "", false
	}
	if string(root) == "/" {
		return name, true
	}
	rest, ok := strings.CutPrefix(name, string(root))
	return rest, ok && rest != "" && rest[0] == '/'
}

// mappedFile is the file in a line of /proc/PID/maps; false when the mapping is not of a file in a directory.
func mappedFile(line string) (string, bool) {
	rest := line
	for range 5 { // range, permissions, offset, device, inode
		_, after, found := strings.Cut(strings.TrimLeft(rest, " "), " ")
		if !found {
			return "", false
		}
		rest = after
	}
	name := strings.TrimLeft(rest, " ")
	if !strings.HasPrefix(name, "/") {
		return "", false
	}
	return strings.TrimSuffix(strings.ReplaceAll(name, `\012`, "\n"), deletedMark), true
}
