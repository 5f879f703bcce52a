package paths

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// The kernel follows so many scripts that are interpreted by scripts, and reads so much of a file to know its kind.
const (
	maxInterpreters = 5
	kindSize        = 256
)

// interpreters checks what the kernel will execute for a file: the interpreters of scripts and the dynamic loader. It makes
// for an error in time where a rule is missing; VerifyExec looks at what came of it.
func (s *Server) interpreters(c *Call, f *found) (Answer, bool) {
	name, script := interpreterOf(f)
	for depth := 0; name != "" && depth < maxInterpreters; depth++ {
		next, answer := s.find(c, unix.AT_FDCWD, name, true)
		if next == nil {
			return answer, answer.Kind != Denied // the kernel says what is wrong
		}
		answer, ok := s.permit(c, next, Exec)
		name = ""
		if ok && script {
			name, script = interpreterOf(next)
		}
		next.close()
		if !ok {
			return answer, false
		}
	}
	return Answer{}, true
}

// interpreterOf is the Interpreter of a file that a walk has found.
func interpreterOf(f *found) (name string, script bool) {
	if !f.is(unix.S_IFREG) {
		return "", false
	}
	fd, err := unix.Open(sys.DescriptorPath(f.fd), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", false
	}
	defer unix.Close(fd)
	return Interpreter(fd)
}

// Interpreter is what the kernel executes for a file, which it finds as the kernel does: the interpreter of a script, or the dynamic
// loader of a program. "": the file names none, or cannot be read.
func Interpreter(fd int) (name string, script bool) {
	var head [kindSize]byte
	n, _ := unix.Pread(fd, head[:], 0)
	text, script := bytes.CutPrefix(head[:max(n, 0)], []byte("#!"))
	if !script {
		return loader(fd, head[:max(n, 0)]), false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line, _, _ = bytes.Cut(line, []byte{0})
	name = strings.TrimLeft(string(line), " \t") // to the kernel \r is part of the name
	if i := strings.IndexAny(name, " \t"); i >= 0 {
		name = name[:i]
	}
	return name, true
}

// layout is where files of a class have what is needed here: in their header, and in an entry of the table of program headers.
type layout struct {
	table, count, header int
	offset, size, entry  int
	number               func([]byte) uint64
}

var (
	order   = binary.LittleEndian
	layouts = map[elf.Class]layout{
		elf.ELFCLASS32: {28, 44, 52, 4, 16, 32, func(b []byte) uint64 { return uint64(order.Uint32(b)) }},
		elf.ELFCLASS64: {32, 56, 64, 8, 32, 56, order.Uint64},
	}
)

// loader is the dynamic loader that a program names. The kernel reads no section, so neither does this.
func loader(fd int, head []byte) string {
	const tableSize = 65536
	if len(head) <= elf.EI_CLASS || !bytes.HasPrefix(head, []byte(elf.ELFMAG)) {
		return ""
	}
	at, ok := layouts[elf.Class(head[elf.EI_CLASS])]
	if !ok || len(head) < at.header {
		return ""
	}
	table := make([]byte, min(int(order.Uint16(head[at.count:]))*at.entry, tableSize))
	n, _ := unix.Pread(fd, table, int64(at.number(head[at.table:])))
	for table = table[:max(n, 0)]; len(table) >= at.entry; table = table[at.entry:] {
		if elf.ProgType(order.Uint32(table)) != elf.PT_INTERP {
			continue
		}
		name := make([]byte, min(at.number(table[at.size:]), unix.PathMax))
		n, _ := unix.Pread(fd, name, int64(at.number(table[at.offset:])))
		text, _, _ := bytes.Cut(name[:max(n, 0)], []byte{0})
		return string(text)
	}
	return ""
}
