package core

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/cgroup"
	"gosandbox/internal/sys"
	"gosandbox/tracee"
	"gosandbox/tracer"
)

// Cgroup puts a run into control groups of its own. The memory limit is that of the whole tree then, kept by the kernel, and
// memory and CPU time are what the groups tell.
type Cgroup struct {
	// Parent is the group below which they are made: its path from the top of the hierarchies, or its directory. "" finds a
	// place near the host's own group.
	Parent string
	// Quota is the CPU time that the tree gets in each Period, 1 ms or more; 0: no bound. Period is 1 ms to 1 s.
	Quota, Period time.Duration
	// CPUs are the processors that the tree is bound to; unlike those of the config it cannot leave them. Empty: no bound.
	CPUs []int
}

// Check tells what cannot mean anything.
func (c *Cgroup) Check() error {
	const shortest, longest = time.Millisecond, time.Second // the kernel's own bounds
	if c.Quota != 0 && (c.Quota < shortest || c.Period < shortest || c.Period > longest) {
		return invalid("a bandwidth of %v in %v: the quota is at least 1 ms, the period 1 ms to 1 s", c.Quota, c.Period)
	}
	for _, cpu := range c.CPUs {
		if cpu < 0 || cpu >= 4096 {
			return invalid("CPU %d is out of range", cpu)
		}
	}
	return nil
}

// sites are the places that were found, by parent.
var sites struct {
	sync.Mutex
	found map[string]*cgroup.Site
}

// site finds the place for a parent, once. One that does not work any more is looked for again.
func site(parent string, stale *cgroup.Site) (*cgroup.Site, error) {
	sites.Lock()
	defer sites.Unlock()
	if s := sites.found[parent]; s != nil && s != stale {
		return s, nil
	}
	s, err := cgroup.Find(parent)
	if err != nil {
		return nil, err
	}
	if sites.found == nil {
		sites.found = map[string]*cgroup.Site{}
	}
	sites.found[parent] = s
	return s, nil
}

// groups are the control groups of one run.
type groups struct {
	*cgroup.Group
	kills bool  // by one write
	begun error // of Begin
	has   cgroup.Figures
}

// group makes the control groups of a run.
func (e *execution) group(c *Config) error {
	if c.Cgroup == nil {
		return nil
	}
	if err := c.Cgroup.Check(); err != nil {
		return err
	}
	var err error
	key := groupKey{c.Cgroup.Parent, groupLimits(&c.Limits, c.Cgroup)}
	if e.cell != nil {
		e.groups, err = e.cell.template.takeGroups(key)
	} else {
		e.groups, err = newGroups(key)
	}
	if err != nil {
		return err
	}
	e.child.Cgroup = e.groups.V2FD()
	e.run.Group = e.groups
	return nil
}

// groupKey is what groups that no run has used yet differ in.
type groupKey struct {
	parent string
	limits cgroup.Limits
}

func newGroups(key groupKey) (*groups, error) {
	s, err := site(key.parent, nil)
	if err != nil {
		return nil, unsupported(err)
	}
	if s.Missing(cgroup.PIDs) != nil {
		key.limits.Tasks = 0 // the supervisor counts processes anyway
	}
	g, err := s.New(key.limits)
	if err != nil { // the host may have been moved, or the parent made anew
		if s, again := site(key.parent, s); again == nil {
			g, err = s.New(key.limits)
		}
	}
	if err != nil {
		return nil, unsupported(err)
	}
	return &groups{Group: g, kills: s.Missing(cgroup.Kill) == nil}, nil
}

// groupLimits lowers the limits that a group keeps. Everything that the kernel holds for the program is charged to it, so its memory
// limit leaves room for that; threads count as tasks, so there is room for those too.
func groupLimits(l *Limits, c *Cgroup) (g cgroup.Limits) {
	const kernelMemory, threads = 1 << 20, 4096
	if l.Memory > 0 {
		g.Memory = plus(l.Memory, plus(kernelMemory, l.Memory/256))
	}
	if l.Processes > 0 {
		g.Tasks = uint64(l.Processes) + threads
	}
	g.Quota, g.Period = c.Quota.Microseconds(), c.Period.Microseconds()
	numbers := make([]string, len(c.CPUs))
	for i, cpu := range c.CPUs {
		numbers[i] = strconv.Itoa(cpu)
	}
	g.CPUs = strings.Join(numbers, ",")
	return g
}

// unsupported is a group that this machine does not give.
func unsupported(err error) *Error {
	e := &Error{Code: CodeEUNSUPPORTED, Index: -1, Message: err.Error()}
	errors.As(err, &e.Errno)
	return e
}

// enter starts the child in the groups, on the calling thread, which is in those of version 1 while it clones.
func (g *groups) enter(child *tracee.Child) error {
	if err := g.Park(sys.ThreadID()); err != nil {
		return err
	}
	err := child.Start()
	back := g.Unpark()
	if err != nil {
		return err
	}
	if back == nil && !child.Entered {
		back = g.Add(child.PID)
	}
	if back != nil {
		child.Abandon()
	}
	return back
}

// Kill is called by the supervising thread. Without cgroup.kill the supervisor is quicker alone.
func (g *groups) Kill() {
	if g.kills {
		g.Group.Kill()
	}
}

// OutOfMemory is called by the supervising thread.
func (g *groups) OutOfMemory() bool { return g.Killed() }

// executed is called by the supervising thread when the program is in place.
func (g *groups) executed() { g.begun = g.Begin() }

// settle completes the outcome of a finished run with what its groups tell. What was measured otherwise stands where it says more,
// so a run that was killed at a limit also shows a figure past it. It gives the peak to report, which decides nothing.
func (g *groups) settle(o *tracer.Outcome) (peak uint64, err error) {
	if g == nil {
		return 0, nil
	}
	f, err := g.Read()
	if err = errors.Join(err, g.begun); err != nil || !o.Executed {
		return 0, err
	}
	f = g.Since(f)
	g.has = f
	if f.HasUsage {
		o.CPU = max(o.CPU, f.CPU)
		o.User, o.System = tracer.Split(o.CPU, f.User, f.System)
	}
	if f.HasMemory {
		o.OutOfMemory = o.OutOfMemory || g.Killed()
		if f.Reached { // pages of files were given up, and a high-water mark counts some that nobody has seen
			o.MemoryPeak = o.MemoryUsed
		}
		if peak = g.ProgramPeak(&f, o.MemoryPeak); o.OutOfMemory {
			peak = max(peak, f.Peak)
		}
	}
	return peak, nil
}

// fill enters what came from the groups into the result. The peak may count what the kernel held for the program, or a file that is
// gone, so a run that was not over its limit does not show one that is.
func (g *groups) fill(r *Result, peak, limit uint64) {
	if g == nil {
		return
	}
	if g.has.HasUsage {
		r.Sources[FigureCPU], r.Sources[FigureUser], r.Sources[FigureSys] = SourceCgroup, SourceCgroup, SourceCgroup
	}
	if g.has.HasMemory {
		if limit > 0 && r.Status != StatusMemoryLimit {
			peak = min(peak, limit)
		}
		r.MemoryPeak = peak
		r.Sources[FigureMemoryPeak] = SourceCgroup
	}
}

// groupFeature tells whether runs can have a controller.
func groupFeature(f Feature, c cgroup.Controller) error {
	s, err := site("", nil)
	if err == nil {
		err = s.Missing(c)
	}
	if err == nil {
		return nil
	}
	var errno unix.Errno
	errors.As(err, &errno)
	return &Error{Code: CodeEUNSUPPORTED, Errno: errno, Index: -1, Message: f.String() + ": " + err.Error()}
}
