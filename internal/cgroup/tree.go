package cgroup

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// tree is the file system that the groups are in. Tests bring one that behaves like a kernel they do not run on.
type tree interface {
	read(path string) (string, error)
	write(path, text string) error
	makeDir(path string) error
	removeDir(path string) error
	subdirectories(path string) ([]string, error)
	open(path string) (fd int, err error)
}

// kernel is the real one.
type kernel struct{}

const largestFile = 4 << 20

func (kernel) read(path string) (string, error)             { return sys.ReadFile(path, largestFile) }
func (kernel) write(path, text string) error                { return sys.WriteFile(path, text) }
func (kernel) makeDir(path string) error                    { return unix.Mkdir(path, 0o755) }
func (kernel) removeDir(path string) error                  { return unix.Rmdir(path) }
func (kernel) subdirectories(path string) ([]string, error) { return sys.Subdirectories(path) }
func (kernel) open(path string) (int, error) {
	return unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}
