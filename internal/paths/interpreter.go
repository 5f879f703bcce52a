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

// interpreterOf is the interpreter of a script or the dynamic loader of a program, "" where there is none or it cannot be read.
func interpreterOf(f *found) (name string, script bool) {
	if !f.is(unix.S_IFREG) {
		return "", false
	}
	fd, err := unix.Open(sys.DescriptorPath(f.fd), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", false
	}
	defer unix.Close(fd)
	var head [kindSize]byte
	n, _ := unix.Pread(fd, head[:], 0)
	text, script := bytes.CutPrefix(head[:max(n, 0)], []byte("#!"))
	if !script {
		return loaderOf(fd, head[:max(n, 0)]), false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line, _, _ = bytes.Cut(line, []byte{0})
	name = strings.TrimLeft(string(line), " \t")
	if i := strings.IndexAny(name, " \t"); i >= 0 {
		name = name[:i]
	}
	return name, true
}

// loaderOf is the dynamic loader that a program of the machine's own kind names.
func loaderOf(fd int, head []byte) string {
	const headerSize, entrySize, entries = 64, 56, 64
	if len(head) < headerSize || !bytes.HasPrefix(head, []byte(elf.ELFMAG)) || elf.Class(head[elf.EI_CLASS]) != elf.ELFCLASS64 {
		return ""
	}
	order := binary.LittleEndian
	count := min(int(order.Uint16(head[56:])), entries)
	table := make([]byte, count*entrySize)
	n, _ := unix.Pread(fd, table, int64(order.Uint64(head[32:])))
	for table = table[:max(n, 0)]; len(table) >= entrySize; table = table[entrySize:] {
		if elf.ProgType(order.Uint32(table)) != elf.PT_INTERP {
			continue
		}
		name := make([]byte, min(order.Uint64(table[32:]), unix.PathMax))
		n, _ := unix.Pread(fd, name, int64(order.Uint64(table[8:])))
		text, _, _ := bytes.Cut(name[:max(n, 0)], []byte{0})
		return string(text)
	}
	return ""
}
