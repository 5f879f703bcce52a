package core

import (
	"math"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

// Isolation is what a program is cut off from. With any of Flags it has no capabilities.
type Isolation struct {
	Flags    Isolate
	Root     string  // directory that becomes the program's root, read-only; needs IsolateMount
	Hostname string  // needs IsolateUTS; "" keeps the host's
	Loopback bool    // needs IsolateNet
	Mounts   []Mount // made in order; they need IsolateMount
	// UIDs and GIDs are the ids of a new user namespace. Empty: one id, the program's, as the host may map it.
	UIDs, GIDs []IDMap
}

// IDMap says that Count ids from Inside on are those from Outside on for the host.
type IDMap struct{ Inside, Outside, Count uint32 }

const (
	nobody = 65534
	// MaxIDMaps is how many maps of a kind there can be: the kernel takes no more.
	MaxIDMaps = 340
)

// cloneFlags are the kernel's names for what can be isolated.
var cloneFlags = map[Isolate]uintptr{
	IsolateUser: unix.CLONE_NEWUSER, IsolatePID: unix.CLONE_NEWPID, IsolateMount: unix.CLONE_NEWNS, IsolateNet: unix.CLONE_NEWNET,
	IsolateIPC: unix.CLONE_NEWIPC, IsolateUTS: unix.CLONE_NEWUTS, IsolateCgroup: unix.CLONE_NEWCGROUP, IsolateTime: unix.CLONE_NEWTIME,
}

func (i *Isolation) check() error {
	if i.Flags&^IsolateAll != 0 {
		return invalid("unknown isolation %#x", uint32(i.Flags&^IsolateAll))
	}
	if i.Hostname != "" && i.Flags&IsolateUTS == 0 {
		return invalid("a hostname needs the isolation UTS, or the host's own would change")
	}
	if len(i.Hostname) > 64 || strings.IndexByte(i.Hostname, 0) >= 0 {
		return invalid("a hostname of %d bytes, or with a NUL; 64 are possible", len(i.Hostname))
	}
	if i.Loopback && i.Flags&IsolateNet == 0 {
		return invalid("the loopback interface needs the isolation NET")
	}
	if (len(i.UIDs) > 0 || len(i.GIDs) > 0) && i.Flags&IsolateUser == 0 {
		return invalid("a map of ids needs the isolation USER")
	}
	if len(i.UIDs) > MaxIDMaps || len(i.GIDs) > MaxIDMaps {
		return invalid("more than %d maps of ids", MaxIDMaps)
	}
	for _, m := range slices.Concat(i.UIDs, i.GIDs) {
		if m.Count == 0 || m.Inside > math.MaxUint32-m.Count || m.Outside > math.MaxUint32-m.Count {
			return invalid("a map of %d ids from %d to %d", m.Count, m.Inside, m.Outside)
		}
	}
	return i.checkRoot()
}

// isolate lowers the isolation. In a user namespace the program always has ids that are told.
func (l *lowered) isolate(c *Config) error {
	i := &c.Isolation
	if i.Flags == 0 {
		return nil
	}
	if len(c.pathRules()) > 0 && (i.Flags&IsolateUser != 0 || i.hasRoot()) {
		// What serves the rules works with the host's ids and mounts: it would refuse, or own, the wrong things.
		return &Error{Code: CodeEUNSUPPORTED, Index: -1,
			Message: "path rules together with the isolation USER or a root of its own: this version enforces one or the other"}
	}
	n := &tracee.Namespaces{Hostname: i.Hostname, Loopback: i.Loopback}
	for flag, clone := range cloneFlags {
		if i.Flags&flag != 0 {
			n.Flags |= clone
		}
	}
	l.spec.Namespaces = n
	if i.Flags&IsolateUser == 0 {
		l.spec.Root = i.root(l.spec.IDs)
		return nil
	}
	uid, gid := uint32(unix.Geteuid()), uint32(unix.Getegid())
	free := capable(unix.CAP_SETUID) && capable(unix.CAP_SETGID)
	n.DenyGroups = !free
	switch {
	case c.IDs != nil:
		l.spec.IDs = &tracee.IDs{UID: c.IDs.UID, GID: c.IDs.GID}
	case free:
		l.spec.IDs = &tracee.IDs{UID: nobody, GID: nobody}
	default:
		l.spec.IDs = &tracee.IDs{UID: uid, GID: gid}
	}
	if free {
		uid, gid = outside(l.spec.IDs.UID), outside(l.spec.IDs.GID)
	}
	n.UIDs, n.GIDs = idMaps(i.UIDs, l.spec.IDs.UID, uid), idMaps(i.GIDs, l.spec.IDs.GID, gid)
	l.spec.Root = i.root(l.spec.IDs)
	return nil
}

// outside is what an id is on a host that may choose: the same, but never root.
func outside(id uint32) uint32 {
	if id == 0 {
		return nobody
	}
	return id
}

func idMaps(given []IDMap, inside, outside uint32) (maps []tracee.IDMap) {
	if len(given) == 0 {
		return []tracee.IDMap{{Inside: inside, Outside: outside, Count: 1}}
	}
	for _, m := range given {
		maps = append(maps, tracee.IDMap(m))
	}
	return maps
}

// available tells whether this machine gives all that a config asks for.
func (c *Config) available() error {
	if err := require(c.Require); err != nil {
		return err
	}
	if err := c.walled(); err != nil {
		return err
	}
	if c.Record != nil && c.Record.Counter == CounterInstructions {
		if err := counting(); err != nil {
			return err
		}
	}
	flags := c.Isolation.Flags
	if flags == 0 || c.Template != nil {
		return nil
	}
	together := probeNamespaces(flags)
	if together == nil {
		return nil
	}
	if passing(together.Errno) {
		return together
	}
	for feature, flag := range namespaceOf {
		if flags&flag != 0 {
			if err := Supports(feature); err != nil {
				return err
			}
		}
	}
	if flags&IsolateUser == 0 {
		e := missing(FeatureUserNamespace, unix.EPERM, "the isolation "+flagNames(flags)+" needs CAP_SYS_ADMIN: run as root, or add the isolation USER")
		e.Message = strings.TrimPrefix(e.Message, FeatureUserNamespace.String()+": ")
		return e
	}
	return &Error{Code: CodeEUNSUPPORTED, Errno: unix.EPERM, Index: -1,
		Message: "the isolation " + flagNames(flags) + " is possible one by one, but not together: " + together.Error()}
}

// flagNames is "USER|PID".
func flagNames(flags Isolate) string {
	var names []string
	for bit := Isolate(1); bit < IsolateAll; bit <<= 1 {
		if flags&bit != 0 {
			names = append(names, bit.String())
		}
	}
	return strings.Join(names, "|")
}
