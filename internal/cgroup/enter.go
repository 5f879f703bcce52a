package cgroup

import (
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Park puts a thread of the host into the version 1 groups, so that what it clones is born there; 3 us each, against about a
// millisecond for moving a process. It does nothing for version 2, which has CLONE_INTO_CGROUP. Unpark must follow at once:
// the thread counts as one of the run's tasks.
func (g *Group) Park(tid int32) error {
	for _, p := range g.used {
		if p.unified {
			continue
		}
		g.parked = tid
		if err := g.write(g.in(p)+"/tasks", g.who()); err != nil {
			g.Unpark()
			return err
		}
	}
	return nil
}

// who is what names the parked thread. For a thread that moves itself the kernel need not hold up every fork and exit of the machine, which
// it does for the time of an RCU grace period when it has not done so lately.
func (g *Group) who() string {
	if g.parked == sys.ThreadID() {
		return "0"
	}
	return strconv.Itoa(int(g.parked))
}

// Unpark puts the thread back into the host's own groups. After an error the thread is still in a group of the run: nothing
// but its end frees that.
func (g *Group) Unpark() error {
	if g.parked == 0 {
		return nil
	}
	var failed error
	for _, p := range g.used {
		if p.unified {
			continue
		}
		file := p.origin + "/tasks"
		if err := g.site.tree.write(file, g.who()); err != nil && err != unix.ESRCH && failed == nil {
			failed = failure("put a thread back by", file, err, "the host's own group must not be removed while it runs")
		}
	}
	if failed == nil {
		g.parked = 0
	}
	return failed
}

// Add moves a process into the version 2 group, for kernels and containers without clone3. Version 1 needs Park all the same.
func (g *Group) Add(pid int32) error {
	for _, p := range g.used {
		if p.unified {
			return g.write(g.in(p)+"/cgroup.procs", strconv.Itoa(int(pid)))
		}
	}
	return nil
}

// kill ends the processes that a group's list names. A number in it may be another process's by the time of the kill, so each is
// held by a descriptor and looked up again. The host itself is on the list while a thread of it is parked.
func (s *Site) killListed(dir string) {
	file := dir + "/cgroup.procs"
	listed := s.processes(file)
	type held struct {
		pid int32
		fd  int
	}
	for len(listed) > 0 {
		n := min(len(listed), 64) // descriptors held at a time
		var block []held
		for _, pid := range listed[:n] {
			if pid <= 0 || pid == sys.Self() {
				continue // 0: of a pid namespace that is not below ours
			}
			if fd, err := unix.PidfdOpen(int(pid), 0); err == nil {
				block = append(block, held{pid, fd})
			}
		}
		still := map[int32]bool{}
		for _, pid := range s.processes(file) {
			still[pid] = true
		}
		for _, h := range block {
			if still[h.pid] {
				sys.KillDescriptor(h.fd, unix.SIGKILL)
			}
			unix.Close(h.fd)
		}
		listed = listed[n:]
	}
}

// processes reads a list of processes.
func (s *Site) processes(file string) (pids []int32) {
	text, err := s.tree.read(file)
	if err != nil {
		return nil
	}
	for _, line := range lines(text) {
		if pid, err := strconv.ParseInt(line, 10, 32); err == nil {
			pids = append(pids, int32(pid))
		}
	}
	return pids
}
