package core

import (
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracee"
	"gosandbox/tracer"
)

// lowered is a config translated for a run.
type lowered struct {
	spec        tracee.Spec
	limits      tracer.Limits
	independent bool   // the run has its own of what the caller may close
	output      uint64 // bytes, MaxUint64: no limit

	filterProgram []unix.SockFilter
	inherit       bool        // it comes with the supervising thread
	handed        bool        // the child sends its filter's listener
	decider       *decider    // nil: no call is notified of
	paths         *pathServer // nil: no path rules
	domain        int         // version of Landlock by which it gets a domain, 0: it gets none
}

// lower checks a config and translates it. Descriptors that need something made for the run (bytes, captures) still lack
// their From.
func lower(c *Config) (*lowered, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	l := &lowered{output: math.MaxUint64}
	l.spec = tracee.Spec{
		Paths: candidates(c.Args[0], c.Env), ExecFD: -1,
		Args: c.Args, Env: c.Env, Dir: c.Dir, Umask: c.Umask, Nice: c.Nice,
	}
	if c.ExecFD != nil {
		l.spec.ExecFD = *c.ExecFD
	}
	if c.IDs != nil {
		l.spec.IDs = &tracee.IDs{UID: c.IDs.UID, GID: c.IDs.GID}
	}
	if len(c.CPUs) > 0 {
		l.spec.CPUs = new(sys.CPUSet)
		for _, cpu := range c.CPUs {
			l.spec.CPUs[cpu/64] |= 1 << (cpu % 64)
		}
	}
	if err := l.files(c.Files); err != nil {
		return nil, err
	}
	l.limitsOf(c)
	if err := l.isolate(c); err != nil {
		return nil, err
	}
	return l, l.filter(c)
}

func (c *Config) check() error {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return invalid("no program: argv is empty, or its first string is")
	}
	texts := slices.Concat(c.Args, c.Env, []string{c.Dir})
	for i := range c.Files {
		texts = append(texts, c.Files[i].path)
	}
	for _, text := range texts {
		if strings.IndexByte(text, 0) >= 0 {
			return invalid("a NUL byte in %q", text)
		}
	}
	for _, e := range c.Env {
		if strings.IndexByte(e, '=') < 1 {
			return invalid("environment entry %q is not NAME=value", e)
		}
	}
	if l := c.Limits; l.CPU < 0 || l.Wall < 0 || l.Processes < 0 {
		return invalid("a negative limit")
	}
	if c.Limits.MemoryGrace != nil && c.Limits.Memory == 0 {
		return invalid("a grace for memory, but no limit of memory")
	}
	if c.Limits.ForkErrno > 4095 {
		return invalid("errno %d for a refused fork is above 4095", c.Limits.ForkErrno)
	}
	if c.ExecFD != nil && *c.ExecFD < 0 {
		return invalid("descriptor %d of the program is negative", *c.ExecFD)
	}
	for _, r := range c.Rlimits {
		if r.Resource < 0 || r.Resource >= len(rlimitNames) {
			return invalid("unknown resource limit %d", r.Resource)
		}
		if r.Soft > r.Hard {
			return invalid("%s: the soft limit %d is above the hard limit %d", rlimitName(r.Resource), r.Soft, r.Hard)
		}
	}
	for _, cpu := range c.CPUs {
		if cpu < 0 || cpu >= 4096 {
			return invalid("CPU %d is out of range", cpu)
		}
	}
	if c.Nice != nil && (*c.Nice < -20 || *c.Nice > 19) {
		return invalid("nice value %d is out of range -20..19", *c.Nice)
	}
	if c.Umask != nil && *c.Umask > 0o777 {
		return invalid("umask %#o is above 0777", *c.Umask)
	}
	if c.IDs != nil && (c.IDs.UID == math.MaxUint32 || c.IDs.GID == math.MaxUint32) {
		return invalid("-1 is not a user or group id")
	}
	if c.Trace != nil {
		if err := c.Trace.Check(); err != nil {
			return err
		}
	}
	if c.Record != nil {
		if err := c.Record.Check(); err != nil {
			return err
		}
	}
	if err := c.checkWalls(); err != nil {
		return err
	}
	if err := c.checkPaths(); err != nil {
		return err
	}
	if err := c.checkFiles(); err != nil {
		return err
	}
	return c.Isolation.check()
}

// candidates are the paths that a program name can mean.
func candidates(name string, env []string) []string {
	if strings.Contains(name, "/") {
		return []string{name}
	}
	path := DefaultPath
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, "PATH="); ok {
			path = value
			break // getenv takes the first one, too
		}
	}
	var paths []string
	for dir := range strings.SplitSeq(path, ":") {
		if dir == "" {
			dir = "." // as every shell has it
		}
		paths = append(paths, dir+"/"+name)
	}
	return paths
}

// files lowers the descriptors: the last word on each counts, 0 to 2 are on /dev/null unless named.
func (l *lowered) files(files []File) error {
	final := map[int]*File{}
	for child := range 3 {
		null := Null(child)
		final[child] = &null
	}
	for i := range files {
		f := &files[i]
		if f.Child < 0 || f.Child > tracee.MaxDescriptor {
			return invalid("descriptor %d is out of range 0..%d", f.Child, tracee.MaxDescriptor)
		}
		if f.source == sourceCapture && f.max > MaxCapture {
			return invalid("descriptor %d: a capture of %d bytes is above %d", f.Child, f.max, uint64(MaxCapture))
		}
		final[f.Child] = f
	}
	null := -1
	for child := range tracee.MaxDescriptor + 1 {
		f := final[child]
		if f == nil {
			continue
		}
		lowered := tracee.File{Target: child, Same: -1, From: -1}
		switch f.source {
		case sourceNull:
			if null < 0 {
				null = child
				lowered.Path, lowered.Flags = "/dev/null", unix.O_RDWR
			} else {
				lowered.Same = null
			}
		case sourceHost, sourcePipe:
			lowered.From = f.number
		case sourcePath:
			if f.path == "" {
				return invalid("descriptor %d: an empty path", child)
			}
			lowered.Path, lowered.Flags, lowered.Mode = f.path, f.flags, f.mode
		case sourceSame:
			origin, err := follow(final, child)
			if err != nil {
				return err
			}
			lowered.Same = origin
		}
		l.spec.Files = append(l.spec.Files, lowered)
	}
	// A descriptor that is the same as one on /dev/null, which is itself the same as the first such one.
	for i := range l.spec.Files {
		if f := &l.spec.Files[i]; f.Same >= 0 && final[f.Same].source == sourceNull {
			f.Same = null
		}
	}
	return nil
}

// follow finds the descriptor that a chain of SameAs ends at.
func follow(files map[int]*File, child int) (int, error) {
	at := files[child]
	for range len(files) {
		next := files[at.number]
		if next == nil {
			return 0, invalid("descriptor %d is to be the same as %d, which is not set", child, at.number)
		}
		if next.source != sourceSame {
			return next.Child, nil
		}
		at = next
	}
	return 0, invalid("descriptor %d is the same as itself, by a circle", child)
}

// limitsOf lowers the limits to those of the tracer and to rlimits. An rlimit that only backs up a limit stays within what
// the host may set; one that is the limit itself fails at start when the host may not.
func (l *lowered) limitsOf(c *Config) {
	lim := &c.Limits
	l.limits = tracer.Limits{
		CPU: int64(lim.CPU), Wall: int64(lim.Wall), Memory: lim.Memory,
		Processes: lim.Processes, ForkErrno: lim.ForkErrno,
	}
	// Too small for a file; and 1, not 0, keeps the kernel from starting a core handler.
	l.backup(unix.RLIMIT_CORE, 1)
	if lim.CPU > 0 { // for a host that is stopped or starved: whole seconds, and early with threads, so well above
		l.backup(unix.RLIMIT_CPU, uint64((lim.CPU+time.Second-1)/time.Second)+2)
	}
	stack := lim.Stack
	if stack == StackAsMemory {
		if stack = lim.Memory; stack == 0 {
			stack = unix.RLIM_INFINITY
		}
	}
	if lim.Memory > 0 {
		// Only private writable memory counts here, so reservations of Java or Go pass; the watch enforces the limit itself.
		grace := max(lim.Memory, 1<<30)
		if lim.Stack == StackAsMemory {
			grace = plus(grace, min(stack, 1<<40)*64)
		}
		if lim.MemoryGrace != nil {
			grace = *lim.MemoryGrace
		}
		l.limits.DataLimit = l.backup(unix.RLIMIT_DATA, plus(lim.Memory, grace))
	}
	switch {
	case lim.Stack == StackAsMemory: // as far as the host may go: it is the memory that is limited
		l.backup(unix.RLIMIT_STACK, stack)
	case stack > 0:
		l.rlimit(unix.RLIMIT_STACK, stack)
	}
	if lim.AddressSpace > 0 {
		l.rlimit(unix.RLIMIT_AS, lim.AddressSpace)
		l.limits.AddressSpace, l.limits.AddressLimit = lim.AddressSpace, true
	}
	if lim.Output != nil {
		l.output = *lim.Output
		l.limits.FileSize = max(*lim.Output, 1)
		l.rlimit(unix.RLIMIT_FSIZE, *lim.Output)
	}
	if lim.OpenFiles > 0 {
		l.rlimit(unix.RLIMIT_NOFILE, lim.OpenFiles)
	}
	for _, r := range c.Rlimits {
		l.spec.Rlimits = slices.DeleteFunc(l.spec.Rlimits, func(o tracee.Rlimit) bool { return o.Resource == r.Resource })
		l.spec.Rlimits = append(l.spec.Rlimits, tracee.Rlimit{Resource: r.Resource, Soft: r.Soft, Max: r.Hard})
		switch r.Resource {
		case unix.RLIMIT_DATA:
			l.limits.DataLimit = min(r.Soft, l.limits.DataLimit)
		case unix.RLIMIT_AS:
			l.limits.AddressSpace = r.Soft
		case unix.RLIMIT_FSIZE:
			if r.Soft < l.output {
				l.limits.FileSize = 0 // reached before the limit is: the program's own affair
			}
		}
	}
}

func (l *lowered) rlimit(resource int, value uint64) {
	l.spec.Rlimits = append(l.spec.Rlimits, tracee.Rlimit{Resource: resource, Soft: value, Max: value})
}

// plus adds without passing RLIM_INFINITY.
func plus(a, b uint64) uint64 { return a + min(b, math.MaxUint64-a) }

func (l *lowered) backup(resource int, value uint64) uint64 {
	var host unix.Rlimit
	if unix.Prlimit(0, resource, nil, &host) == nil {
		value = min(value, host.Max)
	}
	l.rlimit(resource, value)
	return value
}

// filter finds the program's system call filter. Loading one costs the start a good deal, so what most runs have, no rules of
// the caller's own, comes with the supervising thread.
func (l *lowered) filter(c *Config) (err error) {
	key, policy := c.filterKey(), c.policy()
	if policy.Notifies() {
		if c.Callback == nil {
			return invalid("a rule of the policy says NOTIFY, but there is no callback to ask")
		}
		l.decider = &decider{policy: policy, callback: c.Callback}
	}
	if l.paths, err = c.lowerPaths(l.spec.Paths); err != nil {
		return err
	}
	if f := l.paths; f != nil {
		key.files = supervised
		if f.exact {
			key.files = landlocked
		}
		if f.ruleset >= 0 {
			l.spec.Landlock = &f.ruleset
		}
		f.decider = &decider{policy: policy}
		if l.decider != nil {
			l.decider.files, l.decider.asks = true, policy.lower(filterKey{})
		}
	}
	l.domain = domainVersion()
	key.exposed = l.domain == 0
	if key.listens = l.decider != nil || l.paths != nil; key.listens {
		l.spec.Listen, l.spec.Cookie = true, uintptr(sys.Cookie())
		l.handed = !sys.CanStealFD()
		key.handed = l.handed
	}
	l.inherit = policy.plain() && key.processes == 0 && !key.listens && !key.isolated && !key.keyless && !key.reservations && key.tcp == 0
	if l.inherit {
		policy, key.byDescriptor = permissive, false
	}
	l.filterProgram, err = policy.filter(key)
	if !l.inherit {
		l.spec.Filter = l.filterProgram
	}
	return err
}

func (c *Config) filterKey() filterKey {
	flags := c.Isolation.Flags
	key := filterKey{byDescriptor: c.ExecFD != nil, allocations: true, reservations: c.Limits.AddressSpace > 0,
		isolated: flags != 0, network: flags&IsolateNet != 0, exchange: flags&IsolateIPC != 0, keyless: c.Template != nil, sparing: c.Template != nil && c.Template.config.Isolation.sparesNetworks()}
	key.amongOthers = flags&IsolatePID == 0
	key.tcp = c.Walls & tcpWalls
	for _, p := range c.Ports {
		key.anyPort = key.anyPort || p.Number == 0 && p.Walls&WallTcpBind != 0
	}
	if c.Limits.ForkErrno != 0 {
		key.processes, key.forkErrno = min(c.Limits.Processes, 2), c.Limits.ForkErrno
	}
	return key
}

func (c *Config) policy() *Policy {
	if c.Policy == nil {
		return permissive
	}
	return c.Policy
}
