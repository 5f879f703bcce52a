package core

import (
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracee"
)

// Template is isolation that was prepared once, for many runs: namespaces and a root file system stand ready before a run asks for
// them. Each run gets new ones, made ahead on a thread of the template, so nothing of one run is visible to another. All methods
// may be called by any threads at once. It must be closed.
type Template struct {
	config     *Config // the part that it keeps
	ids        *tracee.IDs
	namespaces tracee.Namespaces // of a run; without Holder
	steward    *tracee.Steward   // the keeping thread's

	mu      sync.Mutex
	closed  bool
	stopped bool    // the thread has ended
	failed  error   // why the last cell could not be made
	ready   []*cell // nobody's yet
	ended   []*cell // of runs that are over
	waiting int     // runs that wait for a cell
	running int     // runs that have one
	most    int     // of these at once, lately
	groups  keptGroups
	nets    networks

	cpus sys.CPUSet // that the thread may run on
	cpu  int        // the one that it is on, -1: any
	busy int32      // the one of the last run

	order uint32 // futex: counts what the thread is told
	news  uint32 // futex: counts what it tells
}

const (
	mostCells  = 8 // bounds the cells that are ready at a time
	spareCells = 3 // those beyond one for each run
)

// cell is where one run takes place.
type cell struct {
	template *Template
	holder   int         // pidfd of the process that keeps its namespaces
	network  network     // the place of that one
	used     bool        // something was done in it
	ending   atomic.Bool // it was killed
	groups   *groups     // of the run, when that has left them
}

// NewTemplate prepares what a config says about isolation: Isolation, and IDs, which become those of runs that name none. The sources of
// mounts are those of now. What of the root cannot be made is told here.
func NewTemplate(c *Config) (*Template, error) {
	if c.Template != nil {
		return nil, invalid("a template is made from isolation of the config's own, not from another template")
	}
	own := &Config{Isolation: c.Isolation, IDs: c.IDs, Require: c.Require}
	i := &own.Isolation
	i.UIDs, i.GIDs, i.Mounts = slices.Clone(i.UIDs), slices.Clone(i.GIDs), slices.Clone(i.Mounts)
	if i.Flags == 0 {
		return nil, invalid("a template needs some isolation: set_isolation, or use_judge_root")
	}
	if err := i.check(); err != nil {
		return nil, err
	}
	if err := own.available(); err != nil {
		return nil, err
	}
	i.fromHere()
	l := &lowered{}
	if c.IDs != nil {
		l.spec.IDs = &tracee.IDs{UID: c.IDs.UID, GID: c.IDs.GID}
	}
	if err := l.isolate(own); err != nil {
		return nil, err
	}
	n := l.spec.Namespaces
	n.Rooted = l.spec.Root != nil
	root, fresh := splitRoot(l.spec.Root)
	steward, err := tracee.NewSteward(&tracee.StewardSpec{Namespaces: n, IDs: l.spec.IDs, Root: root, Fresh: fresh})
	if err != nil {
		return nil, startError(err, own, nil)
	}
	t := &Template{config: own, ids: l.spec.IDs, steward: steward, most: 1}
	t.nets.kept = own.Isolation.sparesNetworks()
	t.namespaces = tracee.Namespaces{Flags: n.Flags, DenyGroups: n.DenyGroups, Rooted: n.Rooted}
	if err := sys.StartThread(t.keep); err != nil {
		return nil, exhausted("a thread", err)
	}
	// The first cell shows what is wrong with the parts that are made anew.
	first, err := t.take()
	if err != nil {
		t.Close()
		return nil, err
	}
	t.putBack(first)
	return t, nil
}

// Close frees the template. Runs in it go on; what it has made ahead is gone when Close returns, the rest when the last run is over.
func (t *Template) Close() {
	t.mu.Lock()
	t.closed = true
	busy := t.running > 0
	t.mu.Unlock()
	t.tell()
	for !busy {
		seen := atomic.LoadUint32(&t.news)
		t.mu.Lock()
		over := t.stopped
		t.mu.Unlock()
		if over {
			return
		}
		sys.FutexWait(&t.news, seen, 0)
	}
}

// inTemplate is the config with the isolation of its template.
func (c *Config) inTemplate() (*Config, error) {
	t := c.Template
	if t == nil {
		return c, nil
	}
	if i := &c.Isolation; i.Flags != 0 || i.hasRoot() || i.Hostname != "" || i.Loopback || len(i.UIDs) > 0 || len(i.GIDs) > 0 {
		return nil, invalid("the config names a template, and isolation of its own as well: one or the other")
	}
	copied := *c
	copied.Isolation = Isolation{Flags: t.config.Isolation.Flags}
	if t.namespaces.Rooted {
		copied.Isolation.Root = "/"
	}
	if c.IDs == nil && t.ids != nil {
		copied.IDs = &IDs{UID: t.ids.UID, GID: t.ids.GID}
	}
	return &copied, nil
}

// enterCell takes a cell for the run. From there the host's files cannot be reached, so those that are named by a path are opened
// here, with the host's rights.
func (e *execution) enterCell() error {
	spec := &e.lowered.spec
	for i := range spec.Files {
		f := &spec.Files[i]
		if f.Path == "" {
			continue
		}
		fd, err := openNow(f.Path, f.Flags, f.Mode)
		if err != nil {
			failed := startError(&tracee.Error{Step: tracee.StepOpen, Index: f.Target, Errno: err.(unix.Errno)}, e.config, spec.Paths)
			if err == unix.ENXIO {
				failed.Message += " (a pipe with a name can wait for its other end: open it, and give the descriptor)"
			}
			return failed
		}
		f.Path, f.From = "", fd
		e.ours = append(e.ours, fd)
	}
	cell, err := e.config.Template.take()
	if err != nil {
		return err
	}
	e.cell = cell
	spec.Namespaces = &tracee.Namespaces{}
	*spec.Namespaces = e.config.Template.namespaces
	spec.Namespaces.Holder = cell.holder
	spec.Root = nil
	return nil
}

// openNow opens a file without waiting for anybody: ENXIO for a named pipe.
func openNow(path string, flags int, mode uint32) (int, error) {
	fd, err := unix.Open(path, flags|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, mode)
	if err != nil {
		return -1, err
	}
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	if err == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO && flags&unix.O_PATH == 0 {
		err = unix.ENXIO
	}
	if err == nil && flags&(unix.O_NONBLOCK|unix.O_PATH) == 0 {
		var now int
		if now, err = unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err == nil {
			_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, now&^unix.O_NONBLOCK)
		}
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// leaveGroups hands the run's groups to the template, which removes them; false: there is none.
func (e *execution) leaveGroups() bool {
	if e.cell == nil {
		return false
	}
	e.cell.groups = e.groups
	return true
}
