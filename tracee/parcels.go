package tracee

import (
	"path"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Put is a file that is made for the program. Target is beneath the working directory, or beneath the program's root when it is absolute.
// Directories that are missing on the way are made; a symbolic link on it, and a file that is there, are errors.
type Put struct {
	Target string
	Mode   uint32
	Bytes  []byte
}

// Give is a directory that the child opens for the host, Dir as the program would name it, "" being the working directory.
type Give struct{ Dir string }

// MaxGives bounds the directories of one program: their messages must fit into the socket.
const MaxGives = 64

// giveMessage is what a message with one descriptor consists of; its control part lies in the slots, so that the child can write the
// number of the descriptor there.
type giveMessage struct {
	header unix.Msghdr
	vector unix.Iovec
	byte   [8]byte
}

const slotsOfGive = 3 // a cmsghdr of two words, and the descriptor

// newPlanParcels lowers the files that the child makes and the directories that it hands over. It makes these calls when its working
// directory is the program's, with the file access rights of the program: what a program, or another one of the same user, has left in
// that place cannot turn the rights of the host against it.
func newPlanParcels(spec *Spec, handover uintptr) (*planRoot, error) {
	if len(spec.Puts) == 0 && len(spec.Give) == 0 {
		return nil, nil
	}
	if len(spec.Give) > MaxGives {
		return nil, &Error{StepCollect, MaxGives, unix.EINVAL}
	}
	p := &planRoot{step: StepPut, index: -1, slots: make([]uintptr, slotSources+slotsOfGive*len(spec.Give))}
	p.prepare()
	how := &openHow{flags: unix.O_PATH | unix.O_CLOEXEC, resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS}
	p.inside = p.pointer(unsafe.Pointer(how), how)
	if inUser := spec.Namespaces != nil && spec.Namespaces.Flags&unix.CLONE_NEWUSER != 0; spec.IDs != nil && !inUser {
		p.do(unix.SYS_SETGROUPS, 0, 0).forgive = unix.EPERM // as at the step of the ids, which comes later and tells
		p.do(unix.SYS_SETFSGID, uintptr(spec.IDs.GID))      // these two tell nothing but the old value
		p.do(unix.SYS_SETFSUID, uintptr(spec.IDs.UID))
	}
	if len(spec.Puts) > 0 {
		p.do(unix.SYS_UMASK, 0).into = slotUmask
		for i := range spec.Puts {
			if err := p.put(i, &spec.Puts[i]); err != nil {
				return nil, err
			}
		}
		p.index = -1
		p.take(p.do(unix.SYS_UMASK, 0), 0, slotUmask)
	}
	p.step = StepCollect
	for i := range spec.Give {
		if err := p.give(i, &spec.Give[i], handover); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// put appends the calls that make one file.
func (p *planRoot) put(index int, f *Put) error {
	p.index = index
	target := path.Clean("/" + f.Target)
	if target == "/" || strings.IndexByte(f.Target, 0) >= 0 {
		return &Error{StepPut, index, unix.EINVAL}
	}
	base := "."
	if path.IsAbs(f.Target) {
		base = "/"
	}
	p.do(unix.SYS_OPENAT, atFDCWD, p.text(base), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC).into = slotRoot
	for at := 1; at < len(target); at++ {
		if target[at] == '/' {
			p.dir(target[:at], 0o755)
		}
	}
	p.within(target, func(name uintptr) { p.file(name, &Mount{Bytes: f.Bytes, Mode: f.Mode}) })
	p.close(slotRoot)
	return nil
}

// give appends the calls that open one directory and send it.
func (p *planRoot) give(index int, g *Give, handover uintptr) error {
	p.index = index
	dir := g.Dir
	if dir == "" {
		dir = "."
	}
	if strings.IndexByte(dir, 0) >= 0 {
		return &Error{StepCollect, index, unix.EINVAL}
	}
	control := slotSources + slotsOfGive*index
	m := &giveMessage{}
	slots := p.slots[control : control+slotsOfGive]
	head := (*unix.Cmsghdr)(unsafe.Pointer(&slots[0]))
	head.SetLen(unix.CmsgLen(4))
	head.Level, head.Type = unix.SOL_SOCKET, unix.SCM_RIGHTS
	m.vector = unix.Iovec{Base: &m.byte[0], Len: 1}
	m.header = unix.Msghdr{Iov: &m.vector, Iovlen: 1, Control: (*byte)(unsafe.Pointer(&slots[0]))}
	m.header.SetControllen(unix.CmsgSpace(4))
	descriptor := int16(control + slotsOfGive - 1)
	p.do(unix.SYS_OPENAT, atFDCWD, p.text(dir), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC).into = descriptor
	p.do(unix.SYS_SENDMSG, handover, p.pointer(unsafe.Pointer(&m.header), m), unix.MSG_NOSIGNAL)
	p.close(descriptor)
	return nil
}
