package tracee

import (
	"slices"

	"golang.org/x/sys/unix"
)

// plan is a spec made ready for the child: pointers to NUL-terminated bytes, numbers, no Go strings. It lives on the heap,
// which does not move, and is kept alive by the Child until the program runs. The child reads it and writes
// integers only.
type plan struct {
	report  report
	gate    uint32 // futex: closed, open, or awaited by the child
	hostPID uintptr

	files  []planFile
	gaps   []gap // ranges of descriptors to close
	dir    *byte
	limits []Rlimit
	ids    *IDs
	nice   *int
	cpus   *[64]uint64
	umask  *uint32
	filter *unix.SockFprog
	listen bool
	cookie uintptr
	paths  []*byte // the last is nil
	execFD int
	// landlock is the ruleset's descriptor in the child, -1 for none.
	landlock int
	hand     *planHand // nil: the listener is taken
	argv     []*byte
	envv     []*byte

	namespaces planNamespaces
	isolated   bool // has namespaces of its own, so is left without capabilities
	denyGroups bool
	root       *planRoot
	steward    *planSteward // nil for a program
	parcels    *planRoot    // files that are made, directories that are handed over; nil without

	empty     [1]byte   // the path of execveat by descriptor
	defaults  [4]uint64 // a struct sigaction that says SIG_DFL
	noSignals uint64    // an empty signal mask
}

// report is where the child has got to, and why it stopped.
type report struct {
	step, index, errno int32
	listener           int32 // its descriptor of the filter's listener
}

type planFile struct {
	target int
	path   *byte
	flags  int
	mode   uint32
	same   int
	from   int
	aside  int     // where it waits, out of the way of all targets; -1 while it has none
	onExec uintptr // O_CLOEXEC or 0
}

type gap struct{ first, last uintptr }

// The gate between the child and its tracer.
const (
	gateClosed uint32 = iota
	gateOpen
	gateAwaited
)

// newPlan lowers a spec. A NUL in a string is EINVAL, told with the step that would have used it.
func newPlan(spec *Spec) (*plan, error) {
	p := &plan{hostPID: uintptr(unix.Getpid()), ids: spec.IDs, nice: spec.Nice, umask: spec.Umask, execFD: -1,
		listen: spec.Listen, cookie: spec.Cookie, landlock: -1}
	var err error
	text := func(step Step, index int, s string) *byte {
		b, e := unix.BytePtrFromString(s)
		if e != nil && err == nil {
			err = &Error{step, index, unix.EINVAL}
		}
		return b
	}
	list := func(strings []string) []*byte {
		l := make([]*byte, len(strings)+1)
		for i, s := range strings {
			l[i] = text(StepExec, i, s)
		}
		return l
	}
	p.argv, p.envv, p.paths = list(spec.Args), list(spec.Env), list(spec.Paths)
	if spec.Dir != "" {
		p.dir = text(StepDir, -1, spec.Dir)
	}
	if spec.CPUs != nil {
		cpus := [64]uint64(*spec.CPUs)
		p.cpus = &cpus
	}
	p.limits = slices.Clone(spec.Rlimits)
	if len(spec.Filter) > 0 {
		filter := slices.Clone(spec.Filter)
		p.filter = &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	}
	for _, f := range spec.Files {
		if f.Target < 0 || f.Target > MaxDescriptor {
			return nil, &Error{StepDescriptors, f.Target, unix.EBADF}
		}
		file := planFile{target: f.Target, flags: f.Flags, mode: f.Mode, same: f.Same, from: f.From, aside: -1}
		if f.Path != "" {
			file.path = text(StepOpen, f.Target, f.Path)
			file.same = -1
		}
		p.files = append(p.files, file)
	}
	slices.SortFunc(p.files, func(a, b planFile) int { return a.target - b.target })
	if spec.ExecFD >= 0 {
		p.execFD = p.above()
		p.files = append(p.files, planFile{
			target: p.execFD, same: -1, from: spec.ExecFD, aside: -1, onExec: unix.O_CLOEXEC,
		})
	}
	if spec.Landlock != nil {
		p.landlock = p.above()
		p.files = append(p.files, planFile{
			target: p.landlock, same: -1, from: *spec.Landlock, aside: -1, onExec: unix.O_CLOEXEC,
		})
	}
	if spec.Hand != nil {
		socket := p.above()
		p.files = append(p.files, planFile{
			target: socket, same: -1, from: *spec.Hand, aside: -1, onExec: unix.O_CLOEXEC,
		})
		p.hand = newPlanHand(socket)
	}
	handover := p.above()
	if len(spec.Give) > 0 {
		p.files = append(p.files, planFile{target: handover, same: -1, from: spec.Handover, aside: -1, onExec: unix.O_CLOEXEC})
	}
	p.gaps = gapsBetween(p.files)
	if spec.Namespaces != nil {
		p.isolated, p.denyGroups = true, spec.Namespaces.DenyGroups
		if n := spec.Namespaces; n.Flags&unix.CLONE_NEWUSER != 0 && spec.IDs == nil {
			return nil, &Error{StepIDs, -1, unix.EINVAL}
		}
		var e error
		if p.namespaces, e = newPlanNamespaces(spec.Namespaces); e != nil {
			return nil, e
		}
	}
	var e error
	if p.root, e = newPlanRoot(spec.Root); e != nil {
		return nil, e
	}
	if p.root != nil && p.namespaces.flags&unix.CLONE_NEWNS == 0 {
		return nil, &Error{StepMount, -1, unix.EINVAL}
	}
	if p.parcels, e = newPlanParcels(spec, uintptr(handover)); e != nil {
		return nil, e
	}
	return p, err
}

// above is the first descriptor above all targets.
func (p *plan) above() int {
	if len(p.files) == 0 {
		return 0
	}
	return p.files[len(p.files)-1].target + 1
}

// gapsBetween tells which descriptors lie outside of the sorted targets.
func gapsBetween(files []planFile) []gap {
	var gaps []gap
	next := 0
	for _, f := range files {
		if f.target > next {
			gaps = append(gaps, gap{uintptr(next), uintptr(f.target - 1)})
		}
		next = f.target + 1
	}
	return append(gaps, gap{uintptr(next), 0xffffffff})
}
