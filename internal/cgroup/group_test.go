package cgroup

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func place(t *testing.T, f *fake, mounts, own string) *Site {
	t.Helper()
	s, err := find(f, testMaker, "", mounts, own)
	if err != nil {
		t.Fatal(err)
	}
	f.writes = nil
	return s
}

func TestSimLimitsOfAGroup(t *testing.T) {
	all := Limits{Memory: 64<<20 + 1, Tasks: 9, Quota: 50_000, Period: 100_000, CPUs: "0-1"}
	f := v2Fake()
	g, err := place(t, f, v2Mount, "0::/\n").New(all)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Remove()
	want := []string{"cgroup.subtree_control=+cpuset", "cgroup.max.descendants=0", "memory.max=67112960", "memory.swap.max=0", "memory.oom.group=1", "pids.max=9",
		"cpu.max=50000 100000", "cpuset.cpus=0-1"}
	if !slices.Equal(f.writes, want) {
		t.Errorf("%q, want %q", f.writes, want)
	}
	if g.V2FD() < 0 {
		t.Error("no descriptor of the group")
	}

	f = hybridFake()
	s := place(t, f, hybridMount+unifiedMount, hybridOwn+"0::/\n")
	all.CPUs = ""
	legacy, err := s.New(all)
	if err != nil {
		t.Fatal(err)
	}
	defer legacy.Remove()
	want = []string{"cgroup.max.descendants=0", "memory.limit_in_bytes=67112960", "memory.memsw.limit_in_bytes=67112960", "memory.oom_control=0", "pids.max=9",
		"cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000"}
	if !slices.Equal(f.writes, want) {
		t.Errorf("%q, want %q", f.writes, want)
	}
	f.writes = nil
	if err := errors.Join(legacy.Park(123), legacy.Unpark()); err != nil {
		t.Fatal(err)
	}
	if want := slices.Repeat([]string{"tasks=123"}, 6); !slices.Equal(f.writes, want) { // in and out of three hierarchies
		t.Errorf("%q", f.writes)
	}
	if f.files["/sys/fs/cgroup/memory/judge/tasks"] != "123\n" || f.files["/sys/fs/cgroup/cpu,cpuacct/tasks"] != "123\n" {
		t.Error("the thread is not back where the host is")
	}
}

// A limit without its controller is refused before anything is made.
func TestSimLimitWithoutController(t *testing.T) {
	f := hybridFake()
	s := place(t, f, hybridMount, hybridOwn)
	if _, err := s.New(Limits{CPUs: "0"}); err == nil || !strings.Contains(err.Error(), "cpuset") {
		t.Error(err)
	}
	f.lacks["pids.max"] = true
	if _, err := s.New(Limits{Tasks: 1}); !errors.Is(err, unix.ENOENT) {
		t.Error(err)
	}
	if left := f.ours(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSimFigures(t *testing.T) {
	f := v2Fake()
	g, err := place(t, f, v2Mount, "0::/\n").New(Limits{Memory: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Remove()
	dir, _ := g.dir(Memory)
	set := func(name, text string) { f.files[dir+"/"+name] = text }
	set("cpu.stat", "usage_usec 1000\nuser_usec 700\nsystem_usec 300\n")
	if err := g.Begin(); err != nil {
		t.Fatal(err)
	}
	set("cpu.stat", "usage_usec 51000\nuser_usec 40700\nsystem_usec 10300\nnr_periods 0\n")
	set("memory.stat", "anon 1000\nfile 5000\nkernel 300\nshmem 2000\n")
	inAdvance := 63 * uint64(unix.Getpagesize())
	set("memory.peak", strconv.FormatUint(9000+inAdvance, 10)+"\n")
	set("pids.peak", "4\n")
	set("pids.events", "max 2\n")
	got, err := g.Read()
	want := Figures{HasMemory: true, Memory: 3000, PageCache: 3000, Peak: 9000 + inAdvance,
		HasUsage: true, CPU: 50_000_000, User: 40_000_000, System: 10_000_000}
	if tasks := g.Tasks(); tasks != (Tasks{4, 2}) {
		t.Errorf("%+v", tasks)
	}
	if got = g.Since(got); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if peak := g.ProgramPeak(&got, 500); peak != 6000 {
		t.Errorf("peak %d", peak)
	}
	got.Reached = true // page cache was reclaimed, so the peak tells nothing any more
	if peak := g.ProgramPeak(&got, 500); peak != 3000 {
		t.Errorf("peak %d", peak)
	}
	if g.Killed() {
		t.Error("killed")
	}
	set("memory.events", "low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\n")
	if got, err = g.Read(); err != nil || !got.Reached || got.OOMKills != 2 || !g.Killed() {
		t.Errorf("%+v, %v", got, err)
	}
	delete(f.files, dir+"/memory.peak") // kernels before 5.19
	if got, err = g.Read(); err != nil || got.Peak != 0 || g.ProgramPeak(&got, 0) != 3000 {
		t.Errorf("%+v, %v", got, err)
	}
	delete(f.files, dir+"/memory.events")
	if _, err = g.Read(); !errors.Is(err, unix.ENOENT) {
		t.Errorf("a figure that cannot be read: %v", err)
	}
}

// Groups of hosts that are gone are removed with what lives in them; nobody else's are touched.
func TestSimSweep(t *testing.T) {
	f := v2Fake()
	stale := []string{mark + "7-99-5-1", mark + "7-100-201-3"} // a process that is gone, and one whose number is ours by now
	kept := []string{
		mark + "7-100-200-9", // ours
		mark + "8-99-5-1",    // of another pid namespace
		mark + "7-99-5",      // not one of our names
		mark + "7-99-5-1-1",
		mark + "7-099-5-1",
		mark + "7--99-5-1",
		mark + "7-99-0-1", // of a host that did not know its own start
		mark + "7-99-5-1x",
		"other-7-99-5-1",
		"judge",
	}
	for _, name := range append(slices.Clone(stale), kept...) {
		f.group("/sys/fs/cgroup/"+name, "99\n", "")
	}
	f.group("/sys/fs/cgroup/"+stale[0]+"/deeper", "98\n", "")
	place(t, f, v2Mount, "0::/\n")
	for _, name := range stale {
		if _, there := f.files["/sys/fs/cgroup/"+name]; there {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range kept {
		if f.files["/sys/fs/cgroup/"+name+"/cgroup.procs"] != "99\n" {
			t.Errorf("%s was touched", name)
		}
	}
}

// Removing is bounded and says what is in the way.
func TestSimRemoveOfAGroupThatStaysBusy(t *testing.T) {
	f := hybridFake()
	g, err := place(t, f, hybridMount, hybridOwn).New(Limits{})
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := g.dir(Memory)
	f.files[dir+"/cgroup.procs"] = "0\n" // of a pid namespace that cannot be seen
	err = g.Remove()
	if !errors.Is(err, unix.EBUSY) || !strings.Contains(err.Error(), dir) {
		t.Error(err)
	}
	f.files[dir+"/cgroup.procs"] = ""
	next, err := g.site.New(Limits{}) // tries again
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Remove(); err != nil || len(f.ours()) > 0 {
		t.Errorf("%v, left behind: %v", err, f.ours())
	}
}
