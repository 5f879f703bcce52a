package core

import (
	"encoding/hex"
	"path"
	"slices"

	"golang.org/x/sys/unix"

	"gosandbox/internal/harvest"
	"gosandbox/tracee"
)

// workspace is a new directory for one run. It lies alone in another one, which is the host's: the program can neither rename nor
// replace it.
type workspace struct {
	base  int    // directory that both are made in
	name  string // of the outer one
	outer int
	inner int // open for reading since it was empty: its mode does not matter any more
	path  string
	actor *IDs // whose rights it is emptied with; nil: the host's
}

const (
	workspaceBase = "/tmp"
	workspaceBox  = "box"
)

// newWorkspace makes one that belongs to the program.
func newWorkspace(c *Config) (*workspace, error) {
	base := *c.Workspace
	if base == "" {
		base = workspaceBase
	}
	if !path.IsAbs(base) {
		var room [unix.PathMax]byte
		n, err := unix.Getcwd(room[:])
		if err != nil || n < 2 {
			return nil, exhausted("the working directory", err)
		}
		base = string(room[:n-1]) + "/" + base
	}
	var random [9]byte
	if _, err := unix.Getrandom(random[:], 0); err != nil {
		return nil, exhausted("a name for a workspace", err)
	}
	w := &workspace{base: -1, outer: -1, inner: -1, name: "gosandbox-" + hex.EncodeToString(random[:])}
	w.path = path.Clean(base) + "/" + w.name + "/" + workspaceBox
	if err := w.make(base, c); err != nil {
		w.remove()
		copied := *c
		copied.Dir = w.path
		return nil, startError(&tracee.Error{Step: tracee.StepDir, Index: -1, Errno: err.(unix.Errno)}, &copied, nil)
	}
	return w, nil
}

func (w *workspace) make(base string, c *Config) (err error) {
	const directory = unix.O_DIRECTORY | unix.O_CLOEXEC
	if w.base, err = unix.Open(base, unix.O_PATH|directory, 0); err != nil {
		return err
	}
	if err = unix.Mkdirat(w.base, w.name, 0o700); err != nil {
		return err
	}
	if w.outer, err = unix.Openat(w.base, w.name, unix.O_RDONLY|unix.O_NOFOLLOW|directory, 0); err != nil {
		return err
	}
	if err = unix.Mkdirat(w.outer, workspaceBox, 0o700); err != nil {
		return err
	}
	if w.inner, err = unix.Openat(w.outer, workspaceBox, unix.O_RDONLY|unix.O_NOFOLLOW|directory, 0); err != nil {
		return err
	}
	ids, other := c.hostIDs()
	// With several ids it can have made what one of them alone may not remove.
	if maps := c.surroundings().UIDs; other && unix.Geteuid() == 0 && ids.UID != 0 && (len(maps) == 0 || len(maps) == 1 && maps[0].Count == 1) {
		w.actor = &ids
	}
	if other && (int(ids.UID) != unix.Geteuid() || int(ids.GID) != unix.Getegid()) {
		if err = unix.Fchown(w.inner, int(ids.UID), int(ids.GID)); err != nil {
			return err
		}
	}
	if err = unix.Fchmod(w.inner, 0o700); err != nil { // whatever the umask is
		return err
	}
	return unix.Fchmod(w.outer, 0o711)
}

// configure makes the workspace the working directory, and one that path rules do not forbid.
func (w *workspace) configure(c *Config) *Config {
	copied := *c
	copied.Dir, copied.workspacePath = w.path, w.path
	if len(c.pathRules()) > 0 {
		copied.Paths = append(slices.Clip(c.Paths), PathRule{Path: w.path, Access: PathRead | PathWrite})
	}
	return &copied
}

// remove empties it and removes it, and tells if that could not be.
func (w *workspace) remove() (files []CollectedFile) {
	left := func(name string, err error) {
		errno, _ := err.(unix.Errno)
		files = []CollectedFile{{Collect: -1, Name: name, Status: FileLeft, Errno: errno}}
	}
	if w.inner >= 0 {
		if f, ok := w.empty(); !ok {
			left(w.path+"/"+f.Name, f.Errno)
		}
		unix.Close(w.inner)
	}
	if w.outer >= 0 {
		if err := unix.Unlinkat(w.outer, workspaceBox, unix.AT_REMOVEDIR); err != nil && err != unix.ENOENT && files == nil {
			left(w.path, err)
		}
		unix.Close(w.outer)
	}
	if w.base >= 0 {
		if err := unix.Unlinkat(w.base, w.name, unix.AT_REMOVEDIR); err != nil && err != unix.ENOENT && files == nil {
			left(path.Dir(w.path), err)
		}
		unix.Close(w.base)
	}
	w.base, w.outer, w.inner = -1, -1, -1
	return files
}

// empty removes what is in it. Where the program could not remove something, because others own it, the host does not either: a
// directory in which everybody may write can be moved here, with all that it holds.
func (w *workspace) empty() (harvest.File, bool) {
	if w.actor == nil {
		return harvest.Empty(w.inner)
	}
	actor, err := harvest.NewActor(w.actor.UID, w.actor.GID)
	if err != nil {
		errno, _ := err.(unix.Errno)
		return harvest.File{Status: harvest.Left, Errno: errno}, false
	}
	defer actor.Close()
	return actor.Empty(w.inner)
}
