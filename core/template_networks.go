package core

import (
	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

// A network namespace is the dearest part of a cell: making one takes longer than all the rest, and the kernel works as long again to
// remove it. One in which nothing was done is taken for the next cell: a run whose programs made no socket, and may change no setting,
// has left nothing in it. The filter of the run tells of sockets; who might have one without that is taken to have.

// network is the place of a network namespace with the template's steward.
type network int

// ownNetwork is none: the cell makes its own, which ends with it.
const ownNetwork network = -1

// networks are those that a template keeps. For its thread alone.
type networks struct {
	kept  bool // there are some
	state [tracee.Networks]networkState
}

type networkState uint8

const (
	networkUnknown networkState = iota // not made, or a program has used it
	networkClean
	networkTaken
)

// take gives a place, and whether the namespace is to be made first.
func (n *networks) take() (place network, renew bool) {
	place = ownNetwork
	if !n.kept {
		return place, false
	}
	for i, state := range n.state {
		if state == networkTaken || state == networkUnknown && place != ownNetwork {
			continue
		}
		place, renew = network(i), state == networkUnknown
		if !renew {
			break
		}
	}
	if place != ownNetwork {
		n.state[place] = networkTaken
	}
	return place, renew
}

// giveBack returns the place of a cell that is dead.
func (n *networks) giveBack(place network, used bool) {
	if place == ownNetwork {
		return
	}
	n.state[place] = networkClean
	if used {
		n.state[place] = networkUnknown
	}
}

// sparesNetworks tells whether cells of an isolation can have one that was another's before. With a loopback interface connections outlive
// their sockets; and without a pid namespace the end of a cell is not that of all in it.
func (i *Isolation) sparesNetworks() bool {
	return i.Flags&IsolateNet != 0 && i.Flags&IsolatePID != 0 && !i.Loopback
}

// usedNetwork tells whether the run may have changed something in its network namespace. The user 0 may write the settings that are
// files of /proc, which is the only way there without a socket. Who is asked about calls could let one pass that the filter does not
// tell of.
func (e *execution) usedNetwork() bool {
	l := e.lowered
	root := unix.Geteuid() == 0
	if l.spec.IDs != nil {
		root = l.spec.IDs.UID == 0
	}
	return root || l.decider != nil || l.paths != nil || e.run != nil && e.run.Outcome().Sockets
}
