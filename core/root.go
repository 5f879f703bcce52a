package core

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

// Mount is one part of a program's file system. Sources are the host's, at the time of the run; targets are beneath the new root.
type Mount struct {
	Kind     uint32 // MountBind ...
	Flags    uint32 // MountReadWrite ...
	Source   string // of MountBind and MountSymlink
	Target   string // absolute
	Mode     uint32 // of MountTmpfs, MountFile and MountDir; 0: 0755, for a file 0444
	MaxBytes uint64 // of MountTmpfs and of MountDev's shm; 0: 64 MiB
	MaxFiles uint64 // of MountTmpfs; 0: 65536
	Bytes    []byte // of MountFile
}

// MaxMounts bounds the parts of a root.
const MaxMounts = 4096

const (
	defaultBytes = 64 << 20
	defaultFiles = 65536
	mountFlags   = MountReadWrite | MountExec | MountDevices | MountOptional
)

// devices are the nodes of a minimal /dev; links are what belongs beside them.
var (
	devices  = []string{"null", "zero", "full", "random", "urandom", "tty"}
	devLinks = [][2]string{{"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"}}
)

// Check tells what is wrong with a part.
func (m *Mount) Check() error {
	switch {
	case m.Kind > MountDir:
		return invalid("unknown kind of mount %d", m.Kind)
	case m.Flags&^mountFlags != 0:
		return invalid("unknown flags %#x of a mount", m.Flags&^mountFlags)
	case !path.IsAbs(m.Target) || len(m.Target) >= unix.PathMax || strings.IndexByte(m.Target, 0) >= 0:
		return invalid("the target %q of a mount is not absolute, or too long", m.Target)
	case (m.Kind == MountBind || m.Kind == MountSymlink) != (m.Source != ""):
		return invalid("the mount at %s: only BIND and SYMLINK have a source, and they must", m.Target)
	case len(m.Source) >= unix.PathMax || strings.IndexByte(m.Source, 0) >= 0:
		return invalid("the mount at %s: the source is too long, or has a NUL", m.Target)
	case m.Mode > 0o7777:
		return invalid("the mount at %s: mode %#o is above 07777", m.Target, m.Mode)
	case m.Kind != MountFile && len(m.Bytes) > 0:
		return invalid("the mount at %s: only FILE has bytes", m.Target)
	case m.atRoot() && m.Kind != MountBind && m.Kind != MountTmpfs:
		return invalid("the root itself must be a BIND or a TMPFS")
	}
	return nil
}

func (m *Mount) atRoot() bool { return path.Clean(m.Target) == "/" }

func (i *Isolation) hasRoot() bool { return i.Root != "" || len(i.Mounts) > 0 }

func (i *Isolation) checkRoot() error {
	if !i.hasRoot() {
		return nil
	}
	if i.Flags&IsolateMount == 0 {
		return invalid("a root directory or mounts need the isolation MOUNT")
	}
	if strings.IndexByte(i.Root, 0) >= 0 {
		return invalid("a NUL byte in %q", i.Root)
	}
	if len(i.Mounts) > MaxMounts {
		return invalid("more than %d mounts", MaxMounts)
	}
	for at := range i.Mounts {
		m := &i.Mounts[at]
		if err := m.Check(); err != nil {
			return err
		}
		if m.atRoot() && (at > 0 || i.Root != "") {
			return invalid("there is a root already: only the first mount can be at /, and only without a root directory")
		}
		if m.Kind == MountProc && i.Flags&IsolatePID == 0 {
			return invalid("a proc of its own needs the isolation PID")
		}
	}
	return nil
}

// root lowers the mounts. What has to be filled first becomes read-only at the end.
func (i *Isolation) root(ids *tracee.IDs) *tracee.Root {
	if !i.hasRoot() {
		return nil
	}
	b := &rootBuilder{ids: ids}
	if i.Root != "" {
		b.add(-1, &Mount{Kind: MountBind, Source: i.Root, Target: "/", Flags: MountExec})
	} else if !i.Mounts[0].atRoot() {
		b.add(-1, &Mount{Kind: MountTmpfs, Target: "/", MaxBytes: i.room(), MaxFiles: 4 * MaxMounts, Flags: MountExec})
	}
	for at := range i.Mounts {
		b.add(at, &i.Mounts[at])
	}
	return &tracee.Root{Mounts: append(b.mounts, b.seals...)}
}

// room is what the root itself must hold at most: the files that are given as bytes, whole pages of them, and directories.
func (i *Isolation) room() uint64 {
	const page = 64 << 10 // the largest there is
	sum := uint64(1 << 20)
	for at := range i.Mounts {
		sum += (uint64(len(i.Mounts[at].Bytes)) + page - 1) / page * page
	}
	return sum
}

type rootBuilder struct {
	ids    *tracee.IDs
	mounts []tracee.Mount
	seals  []tracee.Mount
}

func (b *rootBuilder) add(index int, m *Mount) {
	op := tracee.Mount{Target: m.Target, Source: m.Source, Mode: m.Mode, Bytes: m.Bytes, Index: index, Optional: m.Flags&MountOptional != 0}
	if op.Mode == 0 {
		op.Mode = 0o755
		if m.Kind == MountFile {
			op.Mode = 0o444
		}
	}
	op.Attributes = attributes(m.Flags)
	switch m.Kind {
	case MountBind:
		op.Kind = tracee.MountBind
	case MountTmpfs:
		b.tmpfs(op, m)
		return
	case MountProc:
		op.Kind, op.Source = tracee.MountFS, "proc"
		op.Attributes |= unix.MOUNT_ATTR_NODEV | unix.MOUNT_ATTR_NOEXEC
		op.Options = [][2]string{{"hidepid", "2"}}
		b.mounts = append(b.mounts, op)
		b.add(index, &Mount{Kind: MountMask, Target: path.Clean(m.Target) + "/keys"}) // names of keys that the same user has elsewhere
		return
	case MountDev:
		b.dev(op, m)
		return
	case MountSymlink:
		op.Kind = tracee.MountSymlink
	case MountFile:
		op.Kind = tracee.MountFile
	case MountMask:
		op.Kind, op.Options = tracee.MountMask, [][2]string{{"size", "4k"}, {"nr_inodes", "1"}, {"mode", "555"}}
	case MountDir:
		op.Kind = tracee.MountDir
	}
	b.mounts = append(b.mounts, op)
}

func attributes(flags uint32) (set uint64) {
	set = unix.MOUNT_ATTR_NOSUID
	for _, a := range []struct {
		flag      uint32
		attribute uint64
	}{{MountReadWrite, unix.MOUNT_ATTR_RDONLY}, {MountExec, unix.MOUNT_ATTR_NOEXEC}, {MountDevices, unix.MOUNT_ATTR_NODEV}} {
		if flags&a.flag == 0 {
			set |= a.attribute
		}
	}
	return set
}

func (b *rootBuilder) tmpfs(op tracee.Mount, m *Mount) {
	size, files := m.MaxBytes, m.MaxFiles
	if size == 0 {
		size = defaultBytes
	}
	if files == 0 {
		files = defaultFiles
	}
	op.Kind, op.Source = tracee.MountFS, "tmpfs"
	op.Options = [][2]string{
		{"size", strconv.FormatUint(size, 10)}, {"nr_inodes", strconv.FormatUint(files+1, 10)}, {"mode", strconv.FormatUint(uint64(op.Mode), 8)},
	}
	if b.ids != nil {
		op.Options = append(op.Options, [2]string{"uid", fmt.Sprint(b.ids.UID)}, [2]string{"gid", fmt.Sprint(b.ids.GID)})
	}
	if op.Attributes&unix.MOUNT_ATTR_RDONLY != 0 {
		op.Attributes &^= unix.MOUNT_ATTR_RDONLY
		b.seals = append(b.seals, tracee.Mount{Kind: tracee.MountSeal, Target: op.Target, Index: op.Index})
	}
	b.mounts = append(b.mounts, op)
}

func (b *rootBuilder) dev(op tracee.Mount, m *Mount) {
	target := path.Clean(m.Target)
	b.add(op.Index, &Mount{Kind: MountTmpfs, Target: target, MaxBytes: 64 << 10, MaxFiles: 64})
	for _, name := range devices {
		b.mounts = append(b.mounts, tracee.Mount{
			Kind: tracee.MountBind, Source: "/dev/" + name, Target: target + "/" + name, Index: op.Index, Optional: name == "tty",
			Attributes: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NOEXEC,
		})
	}
	for _, link := range devLinks {
		b.add(op.Index, &Mount{Kind: MountSymlink, Target: target + "/" + link[0], Source: link[1]})
	}
	b.add(op.Index, &Mount{Kind: MountTmpfs, Target: target + "/shm", Mode: 0o1777, MaxBytes: m.MaxBytes, Flags: MountReadWrite})
}

// subject names the mount that an error is about.
func (i *Isolation) subject(index int) string {
	if index < 0 || index >= len(i.Mounts) {
		if i.Root != "" {
			return ": " + i.Root + " as the root"
		}
		return ": the root"
	}
	m := &i.Mounts[index]
	if m.Source != "" {
		return fmt.Sprintf(": %s at %s", m.Source, m.Target)
	}
	return ": " + m.Target
}

// mountRemedy tells what to do about a mount that failed.
func (i *Isolation) mountRemedy(e *Error) string {
	proc := e.Index >= 0 && e.Index < len(i.Mounts) && i.Mounts[e.Index].Kind == MountProc
	switch {
	case e.Errno == unix.ENOSYS:
		return "it needs Linux 5.12 or later, and a seccomp profile of the container that permits open_tree, move_mount, mount_setattr, fsopen and openat2"
	case e.Errno == unix.EPERM && proc:
		return "the container hides parts of its /proc, and then the kernel refuses a new one: unmask it, or bind the container's"
	case e.Errno == unix.EROFS:
		return "the place for it is missing in a part that is read-only: make it there, or bind that part READ_WRITE"
	case e.Errno == unix.ENOSPC:
		return "the part it lies in is full: see max_bytes and max_files"
	case e.Errno == unix.EEXIST:
		return "something is there already"
	}
	return ""
}
