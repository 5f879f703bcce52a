package cgroup

import (
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Limits of a group; 0 and "" are none.
type Limits struct {
	Memory uint64 // bytes, of all that is charged to the group; swap is off
	Tasks  uint64 // processes and threads
	Quota  int64  // CPU time in us that may be used in each Period
	Period int64  // us, 1000 to 1000000
	CPUs   string // a list as in "0-2,5"
}

// Group is the control groups of one run: one directory per hierarchy that is used. It is made by New and ends by Remove.
// Not for several threads at once, but for Kill and Sample.
type Group struct {
	site   *Site
	name   string
	used   []*parent
	fd     int   // of the version 2 group, -1 without
	parked int32 // the thread that is in it for the moment, 0: none

	before  Figures       // at Begin
	sampled atomic.Uint64 // most program memory seen
	limited uint64        // bytes, the memory limit
}

// New makes the groups for a run and sets their limits. What was asked for and is not there is an error; besides, the group
// gets the controllers that tell figures or kill.
func (s *Site) New(l Limits) (_ *Group, err error) {
	s.retry()
	wanted := [controllerCount]bool{
		Memory: l.Memory > 0, PIDs: l.Tasks > 0, CPU: l.Quota > 0, CPUSet: l.CPUs != "",
	}
	for c, is := range wanted {
		if is && s.where[c] == nil {
			return nil, s.why[c]
		}
	}
	for _, c := range []Controller{Memory, Usage, Kill} {
		wanted[c] = s.where[c] != nil
	}
	// Every directory costs the run time, so these are there when they are needed, or for nothing with others.
	wanted[Freezer] = !wanted[Kill] && s.where[Freezer] != nil
	if p := s.where[PIDs]; p != nil && (p == s.where[Memory] || !wanted[Kill] && !wanted[Freezer]) {
		wanted[PIDs] = true
	}
	g := &Group{site: s, name: s.name(), fd: -1}
	defer func() {
		if err != nil {
			g.Remove()
		}
	}()
	for c := range controllerCount {
		if !wanted[c] {
			continue
		}
		p := s.where[c]
		if err := s.enable(p, c); err != nil {
			return nil, err
		}
		if slices.Contains(g.used, p) {
			continue
		}
		dir := g.in(p)
		if err := s.tree.makeDir(dir); err != nil {
			return nil, failure("make", dir, err, "")
		}
		g.used = append(g.used, p)
		if p.unified {
			if g.fd, err = s.tree.open(dir); err != nil {
				g.fd = -1
				return nil, failure("open", dir, err, "")
			}
		}
	}
	return g, g.limit(l)
}

// enable has a controller of version 2 handed down by the parent, once.
func (s *Site) enable(p *parent, c Controller) error {
	if !p.unified || c.core() {
		return nil
	}
	s.enabling.Lock()
	defer s.enabling.Unlock()
	if s.enabled[c] {
		return nil
	}
	file := p.dir + "/cgroup.subtree_control"
	if now, err := s.tree.read(file); err != nil || !slices.Contains(strings.Fields(now), c.String()) {
		if err := s.tree.write(file, "+"+c.String()); err != nil {
			remedy := ""
			if err == unix.EBUSY {
				remedy = remedyInside
			}
			return failure("write +"+c.String()+" to", file, err, remedy)
		}
	}
	s.enabled[c] = true
	return nil
}

func (g *Group) in(p *parent) string { return p.dir + "/" + g.name }

// dir is the group's directory that has a controller, and whether it is of version 2; "" when it has it not.
func (g *Group) dir(c Controller) (dir string, unified bool) {
	p := g.site.where[c]
	if p == nil || !slices.Contains(g.used, p) {
		return "", false
	}
	return g.in(p), p.unified
}

// V2FD is a descriptor of the version 2 group for clone3(CLONE_INTO_CGROUP), -1 when there is none. It belongs to the group.
func (g *Group) V2FD() int { return g.fd }

// limit writes the limits. The program makes no groups in its own, which could hold more, or be too many to be removed; version 1
// has nothing to say that with.
func (g *Group) limit(l Limits) error {
	for _, p := range g.used {
		if p.unified {
			if err := g.optional(g.in(p)+"/cgroup.max.descendants", "0"); err != nil {
				return err
			}
		}
	}
	if l.Memory > 0 {
		if err := g.limitMemory(l.Memory); err != nil {
			return err
		}
	}
	if l.Tasks > 0 {
		dir, _ := g.dir(PIDs)
		if err := g.write(dir+"/pids.max", strconv.FormatUint(l.Tasks, 10)); err != nil {
			return err
		}
	}
	if l.Quota > 0 {
		if err := g.limitCPU(l.Quota, l.Period); err != nil {
			return err
		}
	}
	if l.CPUs != "" {
		return g.limitCPUs(l.CPUs)
	}
	return nil
}

// limitMemory sets the memory limit and takes the swap away. Where swap cannot be limited there is none, or it is not
// accounted for: then version 1 is told not to swap.
func (g *Group) limitMemory(bytes uint64) error {
	const page = 4096
	g.limited = (min(bytes, 1<<62) + page - 1) / page * page
	text := strconv.FormatUint(g.limited, 10)
	dir, unified := g.dir(Memory)
	if unified {
		if err := g.write(dir+"/memory.max", text); err != nil {
			return err
		}
		if err := g.optional(dir+"/memory.swap.max", "0"); err != nil {
			return err
		}
		return g.optional(dir+"/memory.oom.group", "1")
	}
	if err := g.write(dir+"/memory.limit_in_bytes", text); err != nil {
		return err
	}
	if err := g.site.tree.write(dir+"/memory.memsw.limit_in_bytes", text); err != nil {
		if err := g.optional(dir+"/memory.swappiness", "0"); err != nil {
			return err
		}
	}
	return g.optional(dir+"/memory.oom_control", "0") // the parent may have switched the killing off
}

func (g *Group) limitCPU(quota, period int64) error {
	dir, unified := g.dir(CPU)
	q, p := strconv.FormatInt(quota, 10), strconv.FormatInt(period, 10)
	if unified {
		return g.write(dir+"/cpu.max", q+" "+p)
	}
	if err := g.write(dir+"/cpu.cfs_period_us", p); err != nil {
		return err
	}
	return g.write(dir+"/cpu.cfs_quota_us", q)
}

// limitCPUs binds the group to processors. In version 1 a new group has no memory nodes either: it gets its parent's.
func (g *Group) limitCPUs(list string) error {
	dir, unified := g.dir(CPUSet)
	if !unified {
		file := g.site.where[CPUSet].dir + "/cpuset.mems"
		nodes, err := g.site.tree.read(file)
		if err != nil {
			return failure("read", file, err, "")
		}
		if err := g.write(dir+"/cpuset.mems", strings.TrimSpace(nodes)); err != nil {
			return err
		}
	}
	return g.write(dir+"/cpuset.cpus", list)
}

func (g *Group) write(file, text string) error {
	if err := g.site.tree.write(file, text); err != nil {
		return failure("write "+text+" to", file, err, "")
	}
	return nil
}

// optional is write for a file that not every kernel has.
func (g *Group) optional(file, text string) error {
	if err := g.site.tree.write(file, text); err != nil && err != unix.ENOENT {
		return failure("write "+text+" to", file, err, "")
	}
	return nil
}
