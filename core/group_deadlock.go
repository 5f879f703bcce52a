package core

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
	"gosandbox/tracer"
)

// lookout looks now and then whether a group waits for itself.
type lookout struct {
	at    int64 // monotonic ns of the next look, 0: there was none yet
	pause int64
}

// The time between two looks, ns: soon after the start, later less often.
const (
	firstLook = 20_000_000
	lastLook  = 160_000_000
)

// out looks when that is due, and gives the time until the next look.
func (l *lookout) out(g *groupRun, now int64) int64 {
	if g.group.Patient || len(g.joints) == 0 {
		return -1
	}
	if l.at == 0 {
		l.pause = firstLook
		l.at = now + l.pause
	}
	if now >= l.at {
		if stuck := g.stuck(); stuck != nil && !stuck.timed() {
			g.deadlock(stuck)
			return -1
		}
		l.pause = min(2*l.pause, lastLook)
		l.at = now + l.pause
	}
	return l.at - now
}

// expire ends the group at its wall limit, and tells who waited for whom.
func (g *groupRun) expire() {
	if stuck := g.stuck(); stuck != nil {
		g.deadlock(stuck)
		return
	}
	for i := range g.members {
		if asleep := g.asleep(i); asleep != nil {
			g.note(i, asleep)
		}
	}
	g.kill(end{cause: tracer.CauseWall, by: -1, wall: true})
}

func (g *groupRun) deadlock(stuck sleepers) {
	for i, threads := range stuck {
		g.note(i, threads)
	}
	g.kill(end{cause: tracer.CauseDeadlock, by: -1})
}

// sleepers are all the threads of members that live, by member.
type sleepers map[int][]sys.Asleep

// timed tells whether a timer may yet wake one of them.
func (s sleepers) timed() bool {
	const alarm = 1 << (uint(unix.SIGALRM) - 1)
	for _, threads := range s {
		for i := range threads {
			if threads[i].Caught&alarm != 0 || threads[i].PID == threads[i].TID && sys.HasTimers(threads[i].PID) {
				return true
			}
		}
	}
	return false
}

// stuck gives all threads of the group when none of them can ever run again: each sleeps in a call that only another of them could end. A thread
// sleeps in read on a pipe only while that is empty, and in write only while it is full, so neither has to be looked at. None
// has run between the first look at all and the second: so there was a moment at which all slept.
func (g *groupRun) stuck() sleepers {
	first, second := sleepers{}, sleepers{}
	for _, look := range [2]sleepers{first, second} {
		for i, m := range g.members {
			if m.over {
				continue
			}
			asleep := g.asleep(i)
			if asleep == nil || m.notified() {
				return nil
			}
			look[i] = asleep
		}
		for _, j := range g.joints {
			if j.relay != nil && !j.relay.idle() {
				return nil
			}
		}
	}
	for i := range first {
		if !slices.Equal(first[i], second[i]) {
			return nil
		}
	}
	if len(first) == 0 {
		return nil
	}
	return first
}

// notified tells whether a call of the member waits to be decided about.
func (m *member) notified() bool {
	run := m.execution.run
	if run.Decider == nil || m.settingUp() {
		return run.Decider != nil
	}
	calls, exits := run.Listeners()
	return calls >= 0 && !m.hungUp && sys.Readable(calls) || exits >= 0 && sys.Readable(exits)
}

// asleep gives the threads of a member, nil unless all of them sleep in such a call, and one of them on a pipe of the group.
func (g *groupRun) asleep(i int) (all []sys.Asleep) {
	piped := false
	for _, pid := range g.members[i].execution.run.Processes() {
		threads, err := sys.ThreadsOf(pid)
		if err != nil {
			return nil
		}
		for _, tid := range threads {
			a, ok := sys.SleepOf(pid, tid)
			if !ok {
				return nil
			}
			_, _, on := g.pipeOf(&a)
			if !on && !waits(&a) {
				return nil
			}
			piped = piped || on
			all = append(all, a)
		}
	}
	if !piped {
		return nil
	}
	return all
}

// waits tells whether only another thread of the same run can end a call: a wait for a child, or for a futex without a time limit.
func waits(a *sys.Asleep) bool {
	const command, wait, waitBitset = 127, 0, 9
	switch a.Nr {
	case unix.SYS_WAIT4, unix.SYS_WAITID:
		return true
	case unix.SYS_FUTEX:
		op := a.Args[1] & command
		return (op == wait || op == waitBitset) && a.Args[3] == 0
	}
	return false
}

// pipeOf tells on which pipe of the group a thread sleeps, and on which end.
func (g *groupRun) pipeOf(a *sys.Asleep) (j *joint, end int, ok bool) {
	switch a.Nr {
	case unix.SYS_READ, unix.SYS_READV:
		end = endOfReader
	case unix.SYS_WRITE, unix.SYS_WRITEV:
		end = endOfWriter
	default:
		return nil, 0, false
	}
	name := sys.FileOf(a.PID, a.TID, int(int32(a.Args[0])))
	if !strings.HasPrefix(name, "pipe:") {
		return nil, 0, false
	}
	for _, j := range g.joints {
		if j.names[end] == name {
			return j, end, true
		}
	}
	return nil, 0, false
}

// note remembers what a member waited for: its first thread that did so on a pipe.
func (g *groupRun) note(i int, threads []sys.Asleep) {
	for at := range threads {
		if j, end, ok := g.pipeOf(&threads[at]); ok {
			m := g.members[i]
			m.waiting, m.waitingPipe = WaitingRead, j.index
			if end == endOfWriter {
				m.waiting = WaitingWrite
			}
			return
		}
	}
}
