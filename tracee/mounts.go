package tracee

import (
	"path"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Root says what the program's file system is made of. Its mounts are made in order, in a mount namespace of the program's
// own; the first one is the root itself, with the target "/".
type Root struct{ Mounts []Mount }

// Mount is one part of a root. Target is where it goes, beneath the root whatever symbolic links say; what is missing on the way
// is made.
type Mount struct {
	Kind       MountKind
	Source     string // host's path, type of a file system, or text of a symbolic link
	Target     string
	Attributes uint64      // MOUNT_ATTR_...
	Options    [][2]string // of a file system
	Mode       uint32
	Bytes      []byte
	Optional   bool // nothing is done when Source is missing
	Direct     bool // a symbolic link on the way is an error
	Index      int  // which one it is in an Error
}

// MountKind is what a Mount does.
type MountKind uint16

// The kinds.
const (
	MountBind    MountKind = iota // Source with all that is mounted below it
	MountFS                       // a new file system of type Source
	MountDir                      // a directory
	MountSymlink                  // a symbolic link to Source
	MountFile                     // a file that holds Bytes
	MountMask                     // what is there is hidden, if it is there
	MountSeal                     // the mount at Target becomes read-only, without those below
)

// planRoot is a Root as a list of calls, and what they point to.
type planRoot struct {
	sources []call // made with the ids of the host
	calls   []call // made with those of the program, and capabilities
	slots   []uintptr
	stat    unix.Stat_t
	keep    []any // what the calls point to

	step   Step
	index  int
	inside uintptr // how targets are looked up: one of the next two
	follow uintptr // as the program would
	direct uintptr // no symbolic link is followed
	empty  uintptr
}

// mountAttributes is struct mount_attr of the kernel.
type mountAttributes struct{ set, clear, propagation, userns uint64 }

// openHow is struct open_how of the kernel.
type openHow struct{ flags, mode, resolve uint64 }

// The slots.
const (
	slotRoot   = 1 + iota // the root
	slotTree              // the mount that is being made
	slotPlace             // where it goes
	slotParent            // the directory of that
	slotFS                // a file system that is being set up
	slotUmask
	slotSources // and those that follow: what is bound
)

const (
	atFDCWD      = ^uintptr(99)
	cloneTree    = unix.OPEN_TREE_CLONE | unix.OPEN_TREE_CLOEXEC | unix.AT_RECURSIVE
	attributesOf = unix.AT_EMPTY_PATH
)

func newPlanRoot(root *Root) (p *planRoot, err error) {
	if root == nil {
		return nil, nil
	}
	if len(root.Mounts) == 0 {
		return nil, &Error{StepMount, -1, unix.EINVAL}
	}
	p = &planRoot{step: StepMount, index: -1, slots: make([]uintptr, slotSources)}
	p.prepare()
	slash, dot := p.text("/"), p.text(".")

	// Nothing that is mounted from here on is seen by the host.
	p.do(unix.SYS_MOUNT, 0, slash, 0, unix.MS_REC|unix.MS_PRIVATE)
	p.do(unix.SYS_UMASK, 0).into = slotUmask
	for i := range root.Mounts {
		m := &root.Mounts[i]
		if (i == 0) != (path.Clean("/"+m.Target) == "/" && m.Kind <= MountFS) || strings.IndexByte(m.Target+m.Source, 0) >= 0 {
			return nil, &Error{StepMount, m.Index, unix.EINVAL} // the root is the first, and only the first
		}
		p.index = m.Index
		p.add(m, i == 0)
	}
	p.index = -1
	p.take(p.do(unix.SYS_UMASK, 0), 0, slotUmask)

	// Until here the host's paths meant what they mean to the host: the new root lies on top of "/", where only its descriptor
	// leads. Now the old root comes to lie on the new one, and goes.
	p.step, p.index = StepRoot, 0
	p.take(p.do(unix.SYS_FCHDIR, 0), 0, slotRoot)
	p.index = 1
	p.do(unix.SYS_PIVOT_ROOT, dot, dot)
	p.index = 2
	p.do(unix.SYS_UMOUNT2, dot, unix.MNT_DETACH)
	p.do(unix.SYS_CHDIR, slash)
	p.take(p.do(unix.SYS_CLOSE, 0), 0, slotRoot)
	return p, nil
}

// prepare makes what many calls point to.
func (p *planRoot) prepare() {
	p.empty = p.text("")
	how := &openHow{flags: unix.O_PATH | unix.O_CLOEXEC, resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	p.follow = p.pointer(unsafe.Pointer(how), how)
	how = &openHow{flags: how.flags, resolve: how.resolve | unix.RESOLVE_NO_SYMLINKS}
	p.direct = p.pointer(unsafe.Pointer(how), how)
	p.inside = p.follow
}

// do appends a call.
func (p *planRoot) do(nr uintptr, args ...uintptr) *call {
	c := call{nr: nr, step: p.step, index: p.index}
	copy(c.args[:], args)
	p.calls = append(p.calls, c)
	return &p.calls[len(p.calls)-1]
}

// take lets a call have an argument from a slot.
func (p *planRoot) take(c *call, argument, slot int16) *call {
	c.from[argument] = slot
	return c
}

func (p *planRoot) pointer(at unsafe.Pointer, of any) uintptr {
	p.keep = append(p.keep, of)
	return uintptr(at)
}

func (p *planRoot) text(s string) uintptr {
	b := append([]byte(s), 0)
	return p.pointer(unsafe.Pointer(&b[0]), b)
}

// since is how many calls follow the one at a position.
func (p *planRoot) since(at int) int { return len(p.calls) - at - 1 }

// add appends the calls that make one part.
func (p *planRoot) add(m *Mount, root bool) {
	target := path.Clean("/" + m.Target)
	if p.inside = p.follow; m.Direct {
		p.inside = p.direct
	}
	if m.Kind != MountMask && m.Kind != MountSeal {
		for at := 1; at < len(target); at++ {
			if target[at] == '/' {
				p.dir(target[:at], 0o755)
			}
		}
	}
	begin := len(p.calls)
	switch m.Kind {
	case MountBind:
		p.source(m)
		p.attributes(slotTree, mountAttributes{set: m.Attributes, propagation: unix.MS_PRIVATE}, unix.AT_RECURSIVE)
	case MountFS:
		p.fresh(m)
	case MountDir:
		p.dir(target, m.Mode)
	case MountSymlink:
		p.within(target, func(base uintptr) { p.take(p.do(unix.SYS_SYMLINKAT, p.text(m.Source), 0, base), 1, slotParent) })
	case MountFile:
		p.within(target, func(base uintptr) { p.file(base, m) })
	case MountMask:
		p.mask(target, m)
	case MountSeal:
		p.lookup(target, slotPlace)
		p.attributes(slotPlace, mountAttributes{set: unix.MOUNT_ATTR_RDONLY}, 0)
		p.close(slotPlace)
	}
	switch {
	case m.Kind > MountFS:
	case root:
		p.take(p.do(unix.SYS_MOVE_MOUNT, 0, p.empty, atFDCWD, p.text("/"), unix.MOVE_MOUNT_F_EMPTY_PATH), 0, slotTree)
		p.take(p.do(unix.SYS_FCNTL, 0, unix.F_DUPFD_CLOEXEC, 0), 0, slotTree).into = slotRoot
		p.close(slotTree)
	default:
		p.place(target, m.Kind == MountFS)
		p.attach()
	}
	if m.Optional && m.Kind == MountBind {
		p.calls[begin].forgive, p.calls[begin].pardon = unix.EBADF, p.since(begin)
	}
}

// source opens what is bound; nothing optional is an invalid descriptor.
func (p *planRoot) source(m *Mount) {
	slot := int16(len(p.slots))
	p.slots = append(p.slots, ^uintptr(0))
	c := call{nr: unix.SYS_OPEN_TREE, args: [6]uintptr{atFDCWD, p.text(m.Source), cloneTree}, into: slot, step: p.step, index: p.index}
	if m.Optional {
		c.forgive = unix.ENOENT
	}
	p.sources = append(p.sources, c)
	p.take(p.do(unix.SYS_FCNTL, 0, unix.F_DUPFD_CLOEXEC, 0), 0, slot).into = slotTree
}

// lookup finds a path beneath the new root, as the program would.
func (p *planRoot) lookup(target string, slot int16) *call {
	relative := strings.TrimPrefix(path.Clean("/"+target), "/")
	if relative == "" {
		relative = "."
	}
	c := p.take(p.do(unix.SYS_OPENAT2, 0, p.text(relative), p.inside, unsafe.Sizeof(openHow{})), 0, slotRoot)
	c.into = slot
	return c
}

func (p *planRoot) close(slot int16) { p.take(p.do(unix.SYS_CLOSE, 0), 0, slot) }

// within does something in the directory of a path.
func (p *planRoot) within(target string, what func(base uintptr)) {
	p.lookup(path.Dir(target), slotParent)
	what(p.text(path.Base(target)))
	p.close(slotParent)
}

// dir makes a directory, unless there is something.
func (p *planRoot) dir(target string, mode uint32) {
	begin := len(p.calls)
	p.lookup(target, slotPlace).forgive = unix.ENOENT
	p.close(slotPlace)
	missing := len(p.calls)
	p.within(target, func(base uintptr) {
		p.take(p.do(unix.SYS_MKDIRAT, 0, base, uintptr(mode)), 0, slotParent)
	})
	p.calls[begin].pardon = missing - begin - 1
	p.calls[missing-1].leave = p.since(missing - 1)
}

func (p *planRoot) file(base uintptr, m *Mount) {
	const how = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	p.take(p.do(unix.SYS_OPENAT, 0, base, how, uintptr(m.Mode)), 0, slotParent).into = slotFS
	const most = 1 << 30 // the kernel writes no more at once than a little less than 2 GiB
	for rest := m.Bytes; len(rest) > 0; rest = rest[min(len(rest), most):] {
		n := min(len(rest), most)
		p.take(p.do(unix.SYS_WRITE, 0, p.pointer(unsafe.Pointer(&rest[0]), m.Bytes), uintptr(n)), 0, slotFS).whole = true
	}
	p.close(slotFS)
}

func (p *planRoot) attributes(slot int16, a mountAttributes, flags uintptr) {
	attributes := &a
	p.take(p.do(unix.SYS_MOUNT_SETATTR, 0, p.empty, attributesOf|flags, p.pointer(unsafe.Pointer(attributes), attributes),
		unsafe.Sizeof(a)), 0, slot)
}

// fresh makes a new file system.
func (p *planRoot) fresh(m *Mount) {
	p.do(unix.SYS_FSOPEN, p.text(m.Source), unix.FSOPEN_CLOEXEC).into = slotFS
	for _, o := range m.Options {
		p.take(p.do(unix.SYS_FSCONFIG, 0, unix.FSCONFIG_SET_STRING, p.text(o[0]), p.text(o[1])), 0, slotFS)
	}
	p.take(p.do(unix.SYS_FSCONFIG, 0, unix.FSCONFIG_CMD_CREATE), 0, slotFS)
	p.take(p.do(unix.SYS_FSMOUNT, 0, unix.FSMOUNT_CLOEXEC, uintptr(m.Attributes)), 0, slotFS).into = slotTree
	p.close(slotFS)
}

// place finds or makes what the tree is put on: a directory, or a file for a file.
func (p *planRoot) place(target string, dir bool) {
	begin := len(p.calls)
	p.lookup(target, slotPlace).forgive = unix.ENOENT
	if !dir {
		p.look(slotTree)
	}
	p.within(target, func(base uintptr) {
		if dir {
			p.take(p.do(unix.SYS_MKDIRAT, 0, base, 0o755), 0, slotParent)
			return
		}
		p.do(leaveIfDir).leave = 2
		p.take(p.do(unix.SYS_MKNODAT, 0, base, unix.S_IFREG|0o444), 0, slotParent)
		p.do(leaveAlways).leave = 1
		p.take(p.do(unix.SYS_MKDIRAT, 0, base, 0o755), 0, slotParent)
	})
	p.lookup(target, slotPlace)
	p.calls[begin].leave = p.since(begin)
}

func (p *planRoot) look(slot int16) {
	p.take(p.do(unix.SYS_FSTAT, 0, uintptr(unsafe.Pointer(&p.stat))), 0, slot)
}

// attach puts the tree in its place.
func (p *planRoot) attach() {
	const flags = unix.MOVE_MOUNT_F_EMPTY_PATH | unix.MOVE_MOUNT_T_EMPTY_PATH
	p.take(p.take(p.do(unix.SYS_MOVE_MOUNT, 0, p.empty, 0, p.empty, flags), 0, slotTree), 2, slotPlace)
	p.close(slotPlace)
	p.close(slotTree)
}

// mask hides what is there.
func (p *planRoot) mask(target string, m *Mount) {
	const nothing = unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV | unix.MOUNT_ATTR_NOEXEC
	begin := len(p.calls)
	p.lookup(target, slotPlace).forgive = unix.ENOENT
	p.look(slotPlace)
	branch := len(p.calls)
	p.do(leaveIfDir)
	p.do(unix.SYS_OPEN_TREE, atFDCWD, p.text("/dev/null"), cloneTree).into = slotTree
	p.attributes(slotTree, mountAttributes{set: nothing, propagation: unix.MS_PRIVATE}, 0)
	end := len(p.calls)
	p.do(leaveAlways)
	p.calls[branch].leave = p.since(branch)
	p.fresh(&Mount{Source: "tmpfs", Attributes: nothing, Options: m.Options})
	p.calls[end].leave = p.since(end)
	p.attach()
	p.calls[begin].pardon = p.since(begin)
}
