package core

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// hangups tells when the ends of pipes are closed, by inotify: the kernel notes that in order, and before the other side can see it. Nobody has
// to hold an end for that, which would keep it from being closed.
type hangups struct {
	fd     int
	joints map[int32]*joint
	opened map[*joint]bool // also through /proc, as /dev/stdin is: the first end that is closed need not be the last
}

// newHangups is nil where the user has no inotify instance left.
func newHangups() *hangups {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil
	}
	return &hangups{fd: fd, joints: map[int32]*joint{}, opened: map[*joint]bool{}}
}

func (h *hangups) add(j *joint) error {
	wd, err := unix.InotifyAddWatch(h.fd, sys.DescriptorPath(j.read), unix.IN_CLOSE_WRITE|unix.IN_CLOSE_NOWRITE|unix.IN_OPEN)
	if err != nil {
		return exhausted("a watch on a pipe", err)
	}
	h.joints[int32(wd)] = j
	return nil
}

// take notes what was closed since the last time.
func (h *hangups) take(g *groupRun) {
	var block [2048]byte
	for {
		n, err := unix.Read(h.fd, block[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return
		}
		// struct inotify_event: s32 wd, u32 mask, u32 cookie, u32 length of a name
		for rest := block[:n]; len(rest) >= unix.SizeofInotifyEvent; {
			wd, mask := int32(binary.NativeEndian.Uint32(rest)), binary.NativeEndian.Uint32(rest[4:])
			if j := h.joints[wd]; j != nil {
				h.note(g, j, mask)
			}
			rest = rest[min(unix.SizeofInotifyEvent+int(binary.NativeEndian.Uint32(rest[12:])), len(rest)):]
		}
	}
}

func (h *hangups) note(g *groupRun, j *joint, mask uint32) {
	if mask&unix.IN_OPEN != 0 {
		h.opened[j] = true
	}
	for end, closed := range [2]uint32{unix.IN_CLOSE_WRITE, unix.IN_CLOSE_NOWRITE} {
		if mask&closed != 0 && !(h.opened[j] && g.holds(j, end)) {
			g.hungUp(j, end)
		}
	}
}

// holds tells whether the member at an end still has it.
func (g *groupRun) holds(j *joint, end int) bool {
	run := g.members[[2]int{j.From, j.To}[end]].execution.run
	for _, pid := range run.Processes() {
		if sys.Holds(pid, j.names[end], end == endOfWriter) {
			return true
		}
	}
	return false
}

func (h *hangups) close() { unix.Close(h.fd) }
