package core

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/paths"
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
func interpreter(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	name, _ := paths.Interpreter(fd)
	return name
}
