package tracee

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Namespaces says what the program is cut off from. With any of them its capabilities are dropped for good.
type Namespaces struct {
	Flags      uintptr // CLONE_NEW...
	UIDs, GIDs []IDMap // of a new user namespace
	DenyGroups bool    // write "deny" to setgroups first: an ordinary user must
	Hostname   string  // needs CLONE_NEWUTS; "" keeps the host's
	Loopback   bool    // needs CLONE_NEWNET

	// Rooted tells that the mount namespace has a root of its own. Holder, when positive, is a pidfd of the process of a cell: its
	// namespaces are entered, and only those that cost nothing, or mean nothing yet, are made.
	Rooted bool
	Holder int
}

// IDMap says which ids inside of a user namespace are which outside.
type IDMap struct{ Inside, Outside, Count uint32 }

// The flags that the namespaces have; the first process gets all but the last two in its clone.
const (
	namespaceFlags = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS |
		unix.CLONE_NEWCGROUP | unix.CLONE_NEWPID | unix.CLONE_NEWTIME
	lateNamespaces = unix.CLONE_NEWPID | unix.CLONE_NEWTIME
)

// planNamespaces is what the child needs of Namespaces.
type planNamespaces struct {
	flags                 uintptr
	initCode, programCode uintptr // what process 1 and the program begin with
	stack                 uintptr // top of that of the first process; those of the others lie below
	hostFD                uintptr // pidfd of the host, in the children
	init                  int32   // process 1 of the pid namespace, as the host numbers it
	program               int32   // the same of the program
	hostname              []byte
	loopback              *ifreq
	nested                *byte // the file that bounds the user namespaces that this one may hold
	zero                  [2]byte
	holder                uintptr // pidfd of the process whose namespaces are entered, 0: none
	joins                 uintptr // which of them
	late                  uintptr // those that are made then
	slash                 [2]byte
	program1              []byte // the ELF file that process 1 runs
}

var maxUserNamespaces = []byte("/proc/sys/user/max_user_namespaces\x00")

// ifreq is struct ifreq of the kernel with flags.
type ifreq struct {
	name  [16]byte
	flags uint16
	_     [22]byte
}

func newPlanNamespaces(n *Namespaces) (p planNamespaces, err error) {
	if n == nil {
		return p, nil
	}
	if n.Flags&^namespaceFlags != 0 {
		return p, &Error{StepNamespaces, -1, unix.EINVAL}
	}
	p.flags = n.Flags
	if n.Holder > 0 {
		p.holder, p.joins = uintptr(n.Holder), n.inCell()|n.Flags&unix.CLONE_NEWUSER
		p.late = n.Flags &^ p.joins &^ unix.CLONE_NEWTIME
		p.programCode = code(runInChild)
		return p, nil
	}
	p.hostname = []byte(n.Hostname)
	if n.Flags&unix.CLONE_NEWPID != 0 {
		p.initCode, p.programCode = code(initInChild), code(runInChild)
		p.program1, p.slash = initFile, [2]byte{'/'}
	}
	if n.Flags&unix.CLONE_NEWUSER != 0 {
		p.nested, p.zero = &maxUserNamespaces[0], [2]byte{'0'}
	}
	if n.Loopback {
		p.loopback = &ifreq{flags: unix.IFF_UP}
		copy(p.loopback.name[:], "lo")
	}
	return p, nil
}

// made are the namespaces that the first process is cloned with.
func (p *planNamespaces) made() uintptr {
	if p.holder != 0 {
		return 0
	}
	return p.flags
}

// inCell are the namespaces that a cell has made ahead: not those that cost nothing, which belong to the run's own control group and
// clocks, nor a view of the host's file systems, which is to be that of the run's time.
func (n *Namespaces) inCell() uintptr {
	flags := n.Flags &^ (unix.CLONE_NEWUSER | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME)
	if !n.Rooted {
		flags &^= unix.CLONE_NEWNS
	}
	return flags
}

// writeMaps gives the user namespace of a process its ids.
func writeMaps(pid int32, n *Namespaces) error {
	if n == nil || n.Flags&unix.CLONE_NEWUSER == 0 || n.Holder > 0 {
		return nil
	}
	if n.DenyGroups {
		if err := writeMap(pid, "setgroups", "deny"); err != nil && err != unix.ENOENT {
			return &Error{StepIDMap, 0, err.(unix.Errno)}
		}
	}
	if err := writeMap(pid, "gid_map", mapText(n.GIDs)); err != nil {
		return &Error{StepIDMap, 1, err.(unix.Errno)}
	}
	if err := writeMap(pid, "uid_map", mapText(n.UIDs)); err != nil {
		return &Error{StepIDMap, 2, err.(unix.Errno)}
	}
	return nil
}

func mapText(maps []IDMap) string {
	var text strings.Builder
	for _, m := range maps {
		fmt.Fprintf(&text, "%d %d %d\n", m.Inside, m.Outside, m.Count)
	}
	return text.String()
}

// writeMap writes a file of /proc/PID in one piece, as the kernel demands.
func writeMap(pid int32, name, text string) error {
	fd, err := unix.Open("/proc/"+strconv.Itoa(int(pid))+"/"+name, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Write(fd, []byte(text))
	return err
}
