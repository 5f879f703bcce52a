package cgroup

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Figures of a group. Times are ns, sizes bytes.
type Figures struct {
	HasMemory bool
	Memory    uint64 // in use by the program: anonymous and shared memory, page tables where they are told; not page cache
	PageCache uint64 // charged to the group
	Peak      uint64 // of everything charged to the group; 0 where the kernel does not tell
	Kernel    uint64 // the most that the kernel held for the group, process structures and page tables; 0 where it does not tell
	Reached   bool   // the limit was reached, if by page cache alone, and page cache given up for it
	OOMKills  uint64 // processes killed because nothing could be reclaimed

	HasUsage          bool
	CPU, User, System int64
}

// Sample looks at what the program has in use now, for the peak. It decides nothing: on a machine of many processors the kernel adds
// up what each has counted only now and then.
func (g *Group) Sample() (bytes uint64, ok bool) {
	dir, unified := g.dir(Memory)
	if dir == "" {
		return 0, false
	}
	r, f := reader{tree: g.site.tree}, Figures{}
	r.stat(&f, dir, unified)
	g.seen(f.Memory)
	return f.Memory, r.err == nil
}

func (g *Group) seen(bytes uint64) {
	for {
		known := g.sampled.Load()
		if bytes <= known || g.sampled.CompareAndSwap(known, bytes) {
			return
		}
	}
}

// Tasks are figures of processes and threads together.
type Tasks struct {
	Peak    uint64 // alive at once; 0 where the kernel does not tell
	Refused uint64 // forks that failed at the limit
}

// Tasks reads them; a group without the controller has none.
func (g *Group) Tasks() (t Tasks) {
	r := reader{tree: g.site.tree}
	if dir, _ := g.dir(PIDs); dir != "" {
		t = Tasks{r.number(dir+"/pids.peak", true), r.fields(dir + "/pids.events")["max"]}
	}
	return t
}

// Read reads the figures. A file that should be there and cannot be read is an error.
func (g *Group) Read() (f Figures, err error) {
	r := reader{tree: g.site.tree}
	if dir, unified := g.dir(Memory); dir != "" {
		f.HasMemory = true
		if unified {
			r.memory(&f, dir)
		} else {
			r.memoryLegacy(&f, dir, g.limited)
		}
		g.seen(f.Memory)
	}
	if dir, unified := g.dir(Usage); dir != "" {
		f.HasUsage = true
		r.usage(&f, dir, unified)
	}
	return f, r.err
}

// Begin notes the CPU time that was used before the program began: by the parked thread, and by its start.
func (g *Group) Begin() (err error) {
	r := reader{tree: g.site.tree}
	if dir, unified := g.dir(Usage); dir != "" {
		r.usage(&g.before, dir, unified)
	}
	return r.err
}

// Since takes off what was used before Begin.
func (g *Group) Since(f Figures) Figures {
	f.CPU = max(f.CPU-g.before.CPU, 0)
	f.User = max(f.User-g.before.User, 0)
	f.System = max(f.System-g.before.System, 0)
	return f
}

// Killed tells whether the kernel has killed a process of the group because that was at its memory limit, and not because the
// machine, or a group above, had no memory left.
func (g *Group) Killed() bool {
	dir, unified := g.dir(Memory)
	if dir == "" || g.limited == 0 {
		return false
	}
	r := reader{tree: g.site.tree}
	if r.oomKills(dir, unified) == 0 {
		return false
	}
	var f Figures
	if unified {
		r.memory(&f, dir)
	} else {
		r.memoryLegacy(&f, dir, g.limited)
	}
	return f.Reached
}

// ProgramPeak is the most memory that the program itself had in use, and never less than known, which the caller has from
// elsewhere. While the limit was not reached, no page cache was reclaimed: what is there at the end was at most there at the
// peak, so peak less page cache is the program's, and in version 2 with what the kernel holds for it. After that only samples tell. The
// mark also contains what each processor that the tree ran on had charged in advance; one was there, so its share is taken off.
func (g *Group) ProgramPeak(f *Figures, known uint64) uint64 {
	inAdvance := 63 * uint64(unix.Getpagesize()) // bytes a processor, at the most
	known = max(known, g.sampled.Load())
	if others := f.PageCache + f.Kernel + inAdvance; f.HasMemory && !f.Reached && f.Peak > others {
		return max(known, f.Peak-others)
	}
	return known
}

// reader reads files and keeps the first failure.
type reader struct {
	tree tree
	err  error
}

func (r *reader) text(file string, optional bool) string {
	text, err := r.tree.read(file)
	if err != nil && !optional && r.err == nil {
		r.err = failure("read", file, err, "")
	}
	return text
}

func (r *reader) number(file string, optional bool) uint64 {
	n, _ := strconv.ParseUint(strings.TrimSpace(r.text(file, optional)), 10, 64)
	return n
}

// fields reads lines of a name and a number.
func (r *reader) fields(file string) map[string]uint64 {
	all := map[string]uint64{}
	for _, line := range lines(r.text(file, true)) {
		name, value, _ := strings.Cut(line, " ")
		if n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64); err == nil {
			all[name] = n
		}
	}
	return all
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' })
}

func (r *reader) memory(f *Figures, dir string) {
	r.stat(f, dir, true)
	f.Peak = r.number(dir+"/memory.peak", true)
	f.Reached = r.fields(dir + "/memory.events")["max"] > 0
	f.OOMKills = r.oomKills(dir, true)
}

func (r *reader) memoryLegacy(f *Figures, dir string, limit uint64) {
	r.stat(f, dir, false)
	f.Peak = r.number(dir+"/memory.max_usage_in_bytes", false)
	// The kernel's own count, memory.failcnt, stays 0 on current ones.
	f.Reached = limit > 0 && f.Peak >= limit
	f.Kernel = r.number(dir+"/memory.kmem.max_usage_in_bytes", true)
	f.OOMKills = r.oomKills(dir, false)
}

// stat reads what is in use. Shared memory is counted with the page cache too.
func (r *reader) stat(f *Figures, dir string, unified bool) {
	stat := r.fields(dir + "/memory.stat")
	file, shared := stat["file"], stat["shmem"]
	f.Memory = stat["anon"] + shared + stat["pagetables"]
	if !unified {
		file, shared = stat["total_cache"], stat["total_shmem"]
		f.Memory = stat["total_rss"] + shared
	}
	f.PageCache = file - min(file, shared)
}

// oomKills reads the count; kernels before 4.13 do not tell it in version 1.
func (r *reader) oomKills(dir string, unified bool) uint64 {
	if unified {
		text := r.text(dir+"/memory.events", false)
		if text == "" {
			return 0
		}
		return r.fields(dir + "/memory.events")["oom_kill"]
	}
	return r.fields(dir + "/memory.oom_control")["oom_kill"]
}

// usage reads the CPU time: version 2 tells us, version 1 ns.
func (r *reader) usage(f *Figures, dir string, unified bool) {
	if unified {
		stat := r.fields(dir + "/cpu.stat")
		f.CPU, f.User, f.System = int64(stat["usage_usec"])*1000, int64(stat["user_usec"])*1000, int64(stat["system_usec"])*1000
		return
	}
	f.CPU = int64(r.number(dir+"/cpuacct.usage", false))
	f.User = int64(r.number(dir+"/cpuacct.usage_user", true))
	f.System = int64(r.number(dir+"/cpuacct.usage_sys", true))
}
