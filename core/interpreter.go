package core

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// missingInterpreter explains the most puzzling failure of exec: "No such file or directory" for a file that is there. It
// looks after the fact, so it is a hint and never decides anything.
func missingInterpreter(dir, path string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	name := interpreter(path)
	if name == "" || unix.Access(name, unix.F_OK) == nil {
		return ""
	}
	return fmt.Sprintf("the file is there, but its interpreter %s is not", strings.Trim(strconv.Quote(name), `"`))
}

// interpreter is the interpreter of a script or the dynamic loader of a program, "" when there is none.
func interpreter(path string) (name string) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var head [256]byte
	n, _ := unix.Pread(fd, head[:], 0)
	switch {
	case bytes.HasPrefix(head[:max(n, 0)], []byte("#!")):
		line, _, _ := bytes.Cut(head[2:n], []byte("\n"))
		blank := func(r rune) bool { return r == ' ' || r == '\t' } // to the kernel \r is part of the name
		if fields := strings.FieldsFunc(string(line), blank); len(fields) > 0 {
			name = fields[0]
		}
	case bytes.HasPrefix(head[:max(n, 0)], []byte(elf.ELFMAG)):
		name = elfInterpreter(fd)
	}
	return name
}

// preader reads a descriptor without the os package.
type preader int

func (fd preader) ReadAt(b []byte, offset int64) (int, error) {
	n, err := unix.Pread(int(fd), b, offset)
	if err == nil && n < len(b) {
		err = io.EOF
	}
	return max(n, 0), err
}

func elfInterpreter(fd int) string {
	file, err := elf.NewFile(preader(fd))
	if err != nil {
		return ""
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < unix.PathMax {
			name := make([]byte, p.Filesz)
			if _, err := p.ReadAt(name, 0); err == nil {
				return string(bytes.TrimRight(name, "\x00"))
			}
		}
	}
	return ""
}
