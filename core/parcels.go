package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/harvest"
	"gosandbox/internal/sys"
	"gosandbox/tracee"
)

// parcels are what goes into a run and comes out of it as files. All methods may be called on nil, which is a run without.
type parcels struct {
	puts      []tracee.Put
	frees     []func()
	sinks     []harvest.Sink // of each collection; nil: memory
	kept      []int          // descriptors of sinks
	dirs      []string       // that the child hands over
	dirOf     []int          // of each collection, the index in dirs
	socket    int            // where the child sends them, -1 without
	workspace *workspace
}

// pack prepares the files of a config; what is given back is to be closed. With a workspace the config becomes one that names it.
func (c *Config) pack() (_ *Config, _ *parcels, err error) {
	if len(c.Puts) == 0 && len(c.Collects) == 0 && c.Workspace == nil {
		return c, nil, nil
	}
	if err := c.checkFiles(); err != nil {
		return nil, nil, err
	}
	p := &parcels{socket: -1}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	for i := range c.Puts {
		from := &c.Puts[i]
		bytes, free, err := from.content()
		if err != nil {
			return nil, nil, putError(c, i, err)
		}
		if free != nil {
			p.frees = append(p.frees, free)
		}
		mode := from.Mode
		if mode == 0 {
			mode = 0o644
		}
		p.puts = append(p.puts, tracee.Put{Target: from.Target, Mode: mode, Bytes: bytes})
	}
	for i := range c.Collects {
		of := &c.Collects[i]
		sink, err := p.sink(of)
		if err != nil {
			return nil, nil, startError(&tracee.Error{Step: tracee.StepCollect, Index: i, Errno: err.(unix.Errno)}, c, nil)
		}
		p.sinks = append(p.sinks, sink)
		p.dirOf = append(p.dirOf, p.dir(of.Dir))
	}
	if c.Workspace != nil {
		if p.workspace, err = newWorkspace(c); err != nil {
			return nil, nil, err
		}
		c = p.workspace.configure(c)
	}
	return c, p, nil
}

// dir notes a directory, once.
func (p *parcels) dir(name string) int {
	for i, have := range p.dirs {
		if have == name {
			return i
		}
	}
	p.dirs = append(p.dirs, name)
	return len(p.dirs) - 1
}

// sink opens where files go.
func (p *parcels) sink(of *Collect) (harvest.Sink, error) {
	switch {
	case of.Into != "":
		fd, err := unix.Open(of.Into, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		p.kept = append(p.kept, fd)
		return &harvest.IntoDirectory{Dir: fd, Executable: of.Flags&CollectExecutable != 0}, nil
	case of.IntoFD != nil:
		fd, err := unix.FcntlInt(uintptr(*of.IntoFD), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		p.kept = append(p.kept, fd)
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil {
			return nil, err
		}
		if st.Mode&unix.S_IFMT != unix.S_IFREG { // anything else can make the host wait
			return nil, unix.EINVAL
		}
		return &harvest.IntoFile{FD: fd}, nil
	}
	return nil, nil
}

// lower adds to the spec of a run what the child has to do.
func (p *parcels) lower(e *execution) error {
	if p == nil {
		return nil
	}
	spec := &e.lowered.spec
	spec.Puts = p.puts
	if len(p.dirs) == 0 {
		return nil
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return exhausted("a socket for directories", err)
	}
	p.socket, spec.Handover = ends[0], ends[1]
	e.ours = append(e.ours, ends[1])
	for _, dir := range p.dirs {
		spec.Give = append(spec.Give, tracee.Give{Dir: dir})
	}
	return nil
}

// receive takes the descriptors that the child has sent; -1 for one that has not come.
func (p *parcels) receive() []int {
	list := make([]int, len(p.dirs))
	for i := range list {
		list[i], _ = sys.ReceiveFD(p.socket)
	}
	return list
}

// collect takes the files of a run whose processes are dead.
func (p *parcels) collect(c *Config) (files []CollectedFile) {
	if p == nil || len(p.dirs) == 0 {
		return nil
	}
	dirs := p.receive()
	defer func() {
		for _, fd := range dirs {
			if fd >= 0 {
				unix.Close(fd)
			}
		}
	}()
	var actor *harvest.Actor
	if ids, other := c.hostIDs(); other && unix.Geteuid() == 0 {
		var err error
		if actor, err = harvest.NewActor(ids.UID, ids.GID); err != nil {
			return p.allFailed(c, err)
		}
		defer actor.Close()
	}
	for i := range c.Collects {
		of := &c.Collects[i]
		pattern, _ := harvest.ParsePattern(of.Pattern)
		job := harvest.Job{Dir: dirs[p.dirOf[i]], Pattern: pattern, Text: of.Pattern, Limits: of.limits(),
			Sparse: of.Flags&CollectSparse != 0, To: p.sinks[i], Actor: actor}
		if job.Dir < 0 {
			files = append(files, CollectedFile{Collect: i, Name: of.Pattern, Status: FileFailed, Errno: unix.EMFILE})
			continue
		}
		for _, f := range job.Run() {
			files = append(files, told(i, &f))
		}
	}
	return files
}

// allFailed tells of each collection that it could not begin.
func (p *parcels) allFailed(c *Config, err error) (files []CollectedFile) {
	errno, _ := err.(unix.Errno)
	for i := range c.Collects {
		files = append(files, CollectedFile{Collect: i, Name: c.Collects[i].Pattern, Status: FileFailed, Errno: errno})
	}
	return files
}

// tidy removes the workspace and tells what is left of it.
func (p *parcels) tidy() []CollectedFile {
	if p == nil || p.workspace == nil {
		return nil
	}
	w := p.workspace
	p.workspace = nil
	return w.remove()
}

// close frees all.
func (p *parcels) close() {
	if p == nil {
		return
	}
	for _, free := range p.frees {
		free()
	}
	for _, fd := range p.kept {
		unix.Close(fd)
	}
	if p.socket >= 0 {
		unix.Close(p.socket)
	}
	p.frees, p.kept, p.socket = nil, nil, -1
	p.tidy()
}

// surroundings are the program's isolation, whoever makes it.
func (c *Config) surroundings() *Isolation {
	if c.Template != nil {
		return &c.Template.config.Isolation
	}
	return &c.Isolation
}

// hostIDs are the ids that the program has for the host; true: its rights are not those of the host.
func (c *Config) hostIDs() (IDs, bool) {
	i := c.surroundings()
	uid, gid := uint32(unix.Geteuid()), uint32(unix.Getegid())
	if i.Flags&IsolateUser == 0 {
		if c.IDs != nil {
			return *c.IDs, true
		}
		return IDs{uid, gid}, i.Flags != 0
	}
	if !capable(unix.CAP_SETUID) || !capable(unix.CAP_SETGID) {
		return IDs{uid, gid}, true
	}
	inside := IDs{nobody, nobody}
	if c.IDs != nil {
		inside = *c.IDs
	}
	return IDs{mapped(i.UIDs, inside.UID), mapped(i.GIDs, inside.GID)}, true
}

// mapped is what an id of a user namespace is on the host.
func mapped(maps []IDMap, id uint32) uint32 {
	if len(maps) == 0 {
		return outside(id)
	}
	for _, m := range maps {
		if id >= m.Inside && id-m.Inside < m.Count {
			return m.Outside + (id - m.Inside)
		}
	}
	return nobody
}
