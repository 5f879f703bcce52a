package core

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/harvest"
	"gosandbox/tracee"
)

// Collect takes files that the program has left, once all its processes are dead; see gosandbox_config_collect in sandbox.h. A bound that is 0
// is the default of that.
type Collect struct {
	Pattern string // a name or a glob beneath Dir
	Dir     string // as the program would name it when it starts; "" is its working directory
	Into    string // directory of the host's; "" with IntoFD nil: memory
	IntoFD  *int   // open regular file of the host's
	Flags   uint32 // CollectExecutable, CollectSparse

	MaxBytes   uint64 // of one file
	MaxTotal   uint64 // of all
	MaxFiles   int
	MaxEntries int // of directories that are looked at
	MaxDepth   int
	MaxTime    time.Duration
}

// CollectedFile is one that a Collect has found, or did not find.
type CollectedFile struct {
	Collect int    // which one; -1: none
	Name    string // beneath its directory; the program's bytes, not trusted
	Status  FileStatus
	Errno   unix.Errno
	Size    uint64
	Mode    uint32 // type and permissions; 0: not known
	MTime   int64  // ns since 1970
	Bytes   []byte // with FileCollected, in memory
}

// MaxCollects bounds the collections of one run.
const MaxCollects = tracee.MaxGives

// Check tells what is wrong with it.
func (c *Collect) Check() error {
	if _, wrong := harvest.ParsePattern(c.Pattern); wrong != "" {
		return invalid("the pattern %q of files to collect: %s", c.Pattern, wrong)
	}
	switch {
	case strings.IndexByte(c.Dir+c.Into, 0) >= 0 || len(c.Dir) >= unix.PathMax || len(c.Into) >= unix.PathMax:
		return invalid("the files %q: a directory is too long, or has a NUL", c.Pattern)
	case c.Into != "" && c.IntoFD != nil:
		return invalid("the files %q: they go into a directory or a file, not both", c.Pattern)
	case c.IntoFD != nil && *c.IntoFD < 0:
		return invalid("the files %q: descriptor %d is negative", c.Pattern, *c.IntoFD)
	case c.Flags&^(CollectExecutable|CollectSparse) != 0:
		return invalid("the files %q: unknown flags %#x", c.Pattern, c.Flags)
	case c.MaxBytes > MaxCapture || c.MaxTotal > MaxCapture:
		return invalid("the files %q: a bound above %d bytes", c.Pattern, uint64(MaxCapture))
	case c.MaxFiles < 0 || c.MaxFiles > 1<<20 || c.MaxEntries < 0 || c.MaxEntries > 1<<24 || c.MaxDepth < 0 || c.MaxDepth > 2048 || c.MaxTime < 0:
		return invalid("the files %q: a bound is out of range", c.Pattern)
	}
	return nil
}

// limits are the bounds with their defaults.
func (c *Collect) limits() harvest.Limits {
	l := harvest.Limits{Files: 256, Bytes: 64 << 20, Total: 256 << 20, Entries: 65536, Depth: 16, Time: 10e9}
	if c.MaxFiles > 0 {
		l.Files = c.MaxFiles
	}
	if c.MaxBytes > 0 {
		l.Bytes = c.MaxBytes
	}
	if c.MaxTotal > 0 {
		l.Total = c.MaxTotal
	}
	if c.MaxEntries > 0 {
		l.Entries = c.MaxEntries
	}
	if c.MaxDepth > 0 {
		l.Depth = c.MaxDepth
	}
	if c.MaxTime > 0 {
		l.Time = int64(c.MaxTime)
	}
	return l
}

// collectSubject names the directory that could not be opened.
func collectSubject(c *Config, index int) string {
	if index < 0 || index >= len(c.Collects) {
		return ""
	}
	of := &c.Collects[index]
	switch {
	case of.IntoFD != nil:
		return fmt.Sprintf(": descriptor %d or %q, for %q", *of.IntoFD, of.Dir, of.Pattern)
	case of.Into != "":
		return fmt.Sprintf(": %q or %q, for %q", of.Into, of.Dir, of.Pattern)
	}
	return fmt.Sprintf(": %q, for %q", of.Dir, of.Pattern)
}

func told(index int, f *harvest.File) CollectedFile {
	return CollectedFile{Collect: index, Name: f.Name, Status: FileStatus(f.Status), Errno: f.Errno, Size: f.Size, Mode: f.Mode, MTime: f.MTime, Bytes: f.Bytes}
}
