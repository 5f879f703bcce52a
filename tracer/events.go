package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// stopped serves one ptrace stop. Whatever fails with ESRCH was killed meanwhile and will be seen as a zombie.
func (s *supervisor) stopped(event sys.Event) {
	tid := event.TID
	t := s.tasks.get(tid)
	if t == nil {
		// A child can be seen before the stop of its parent that tells of it.
		pid, err := sys.ThreadGroup(tid)
		if err != nil {
			pid = tid
		}
		s.early.put(tid)
		t = s.adopt(tid, pid)
	}
	kind, signal := decodeStop(event.Status)
	t.listening = kind == stopGroup
	switch kind {
	case stopSignal:
		s.signal(tid, signal, t)
	case stopGroup:
		if s.tracing() {
			s.run.Trace.stopped(tid, t.process, signal)
		}
		s.listenTo(tid, t)
	case stopFork:
		s.forked(tid, t, event.Status)
	case stopExec:
		s.executed(tid, event.Status)
	case stopExit:
		if p := s.processes.get(t.process); p != nil && tid == t.process {
			if status, err := sys.EventMessage(tid); err == nil {
				p.status = int32(status)
			}
			p.cpu, _ = sys.ProcessCPU(tid)
		}
		s.overflowed(tid, t)
		s.transferred(tid, t)
		s.dying(tid, t)
		s.traceEnd(tid, t)
		s.must(tid, sys.Resume(tid, 0))
	case stopSeccomp:
		s.filtered(tid, t)
	case stopSyscall:
		s.inSyscall(tid, t)
	default:
		s.resume(tid, t, 0)
	}
}

// messageOf is what came with a stop. A task that is killed in a stop goes on to its exit stop, whose message, an exit status, must
// not be taken for a process id.
func messageOf(tid, status int32) (uint64, bool) {
	message, err := sys.EventMessage(tid)
	if err != nil {
		return 0, false
	}
	now, err := sys.StopStatus(tid)
	return message, err == nil && now == status
}

// forked enters the task that tid has made. It is attached already and cannot run before its own first stop is served.
func (s *supervisor) forked(tid int32, t *task, status int32) {
	s.release(t)
	if message, ok := messageOf(tid, status); ok {
		child, parent := int32(message), t.process
		if s.early.get(child) != nil {
			s.early.remove(child) // it may have lived and died already
			s.made(parent, child)
		} else {
			pid := child
			if sys.SameProcess(parent, child) {
				pid = parent
			}
			s.adopt(child, pid)
			s.inherit(parent, pid)
			s.made(parent, pid)
		}
	}
	s.resume(tid, s.tasks.get(tid), 0) // adopt may have moved the entry
}

// executed handles a new program. When a thread other than the first executes, it takes over the number of the process,
// and all others are dead.
func (s *supervisor) executed(tid, status int32) {
	message, ok := messageOf(tid, status)
	if !ok { // only now: a stop that was consumed would not come again if resuming from it failed
		sys.Consume(tid)
		message, ok = messageOf(tid, status)
	}
	if ok {
		if former := int32(message); former != tid && former != 0 {
			if s.tracing() {
				s.run.Trace.became(former, tid)
			}
			inspected := false
			if t := s.tasks.get(former); t != nil {
				inspected = t.inspected
				s.leave(t)
				s.tasks.remove(former)
			}
			s.run.notify.renumber(former, tid)
			if p := s.processes.get(tid); p != nil {
				p.unread = true // the former first thread leaves no zombie
			}
			if t := s.tasks.get(tid); t != nil && inspected {
				t.inspected = true
			}
			if t := s.tasks.get(tid); t != nil && t.dying {
				t.dying = false
				s.run.thread(1)
				if p := s.processes.get(tid); p != nil {
					p.threads++
				}
			}
		}
	}
	if tid == s.root && !s.run.outcome.Executed {
		s.began()
	}
	if !s.verifyExec(tid, status) {
		return // it never runs
	}
	s.resume(tid, s.tasks.get(tid), 0)
}

// began notes the start of the program: what was before is not its own.
func (s *supervisor) began() {
	r, o := s.run, &s.run.outcome
	o.Executed = true
	r.Program.Executed()
	s.before, _ = sys.ProcessCPU(s.root)
	if r.CPUs != nil {
		sys.SetAffinity(s.root, r.CPUs)
	}
	s.begun = sys.Monotonic()
	o.Setup = s.begun - r.Begin
	r.mu.Lock()
	r.executed, r.begun = true, s.begun
	r.spent -= s.before
	if r.Record != nil && r.Record.Samples > 0 {
		r.takeSampleLocked(s.begun)
	}
	if r.Limits.Wall > 0 {
		r.deadline = sys.Later(s.begun, r.Limits.Wall)
	}
	r.mu.Unlock()
	theWatch.schedule(r, s.begun)
}

// signal lets a signal through, but for the one by which the kernel tells that a file has reached the output limit, and
// the one that brings a task here to be inspected.
func (s *supervisor) signal(tid, signal int32, t *task) {
	if signal == int32(unix.SIGSTOP) && s.run.notify.summoned(tid) {
		t.inspected = true
		s.must(tid, sys.ResumeToExit(tid))
		return
	}
	if signal == int32(unix.SIGXFSZ) && s.run.Limits.FileSize > 0 && s.fromFileLimit(tid) {
		s.kill(CauseOutput)
	}
	s.faulted(tid, t, signal)
	if s.tracing() {
		s.run.Trace.signalled(tid, t.process, signal)
	}
	s.resume(tid, t, signal)
}

// fromFileLimit tells the kernel's SIGXFSZ from one that a program raised: both look as if the program had sent it, but the
// former comes while it is in a call that makes a file longer. Nor does a lower limit count that it has set for itself.
func (s *supervisor) fromFileLimit(tid int32) bool {
	if own, err := sys.SoftLimit(tid, sys.FileSizeLimit); err == nil && own < s.run.Limits.FileSize {
		return false
	}
	switch sys.CurrentSyscall(tid) {
	case unix.SYS_WRITE, unix.SYS_WRITEV, unix.SYS_PWRITE64, unix.SYS_PWRITEV, unix.SYS_PWRITEV2, unix.SYS_TRUNCATE,
		unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_SENDFILE, unix.SYS_SPLICE, unix.SYS_COPY_FILE_RANGE,
		unix.SYS_IO_URING_ENTER:
		return true
	}
	return false
}

// What a filter of the library tells the tracer along with RET_TRACE.
const (
	AskKill   = 1 // the policy kills for this call
	AskFork   = 2 // a process is about to be made
	AskAlloc  = 3 // a big mapping is about to be made
	AskStart  = 4 // the program is about to be executed: its filter's listener is ready
	AskFile   = 5 // a big file is about to be mapped
	AskSocket = 6 // a socket is about to be made
	AskOther  = 7 // another task's limits or priority are about to be changed
)

// filtered serves a call that a seccomp filter traces. The program can load filters of its own, whose data would arrive
// here in the place of ours: so the data is not believed and our filter is asked again.
func (s *supervisor) filtered(tid int32, t *task) {
	info, err := sys.GetSyscallInfo(tid)
	if err == unix.ESRCH || err == nil && info.Op != sys.SyscallInfoSeccomp {
		return // killed meanwhile: it is gone, or in its exit stop, which will be told of
	}
	action := seccomp.Trace(AskKill)
	if err == nil {
		d := seccomp.Data{Nr: int32(info.Body[0]), Arch: info.Arch, IP: info.IP, Args: [6]uint64(info.Body[1:7])}
		if a, err := seccomp.Evaluate(s.run.Filter, &d); err == nil {
			action = a
		}
	}
	switch action {
	case seccomp.Allow: // a filter of the program's own; without a tracer this is what it would get
		if !s.must(tid, sys.RefuseSyscall(tid, unix.ENOSYS)) {
			return
		}
	case seccomp.Trace(AskFork):
		s.release(t)
		if s.alive+s.reserved >= s.run.Limits.Processes {
			if !s.must(tid, sys.RefuseSyscall(tid, s.run.Limits.ForkErrno)) {
				return
			}
		} else {
			t.forking = true
			s.reserved++
			s.must(tid, sys.ResumeToExit(tid)) // a fork that fails must give its place back; one that works is told of before it returns
			return
		}
	case seccomp.Trace(AskOther):
		if !s.ofRun(int32(info.Body[0]), [2]int32{int32(info.Body[1]), int32(info.Body[2])}) && !s.must(tid, sys.RefuseSyscall(tid, unix.EPERM)) {
			return
		}
	case seccomp.Trace(AskSocket):
		s.run.outcome.Sockets = true
	case seccomp.Trace(AskFile):
		s.maps(tid, t, info.Body[1:7])
	case seccomp.Trace(AskAlloc):
		s.maps(tid, t, info.Body[1:7])
		t.watching = true
		s.must(tid, sys.ResumeToExit(tid))
		return
	case seccomp.Trace(AskStart):
		if !s.run.outcome.Executed {
			s.listen()
			break
		}
		fallthrough // only the library knows the cookie
	default:
		s.run.violated(Violation{
			PID: t.process, TID: tid, Arch: info.Arch, Nr: int64(int32(info.Body[0])), Args: [6]uint64(info.Body[1:7]), IP: info.IP,
		})
		s.kill(CauseViolation)
		return // it stays where it is, before the call, until it dies
	}
	s.resume(tid, t, 0)
}

// resume continues a stopped task, to its next call's entry or end when it is inspected or traced.
func (s *supervisor) resume(tid int32, t *task, signal int32) {
	if s.tracing() || t != nil && t.inspected {
		s.must(tid, sys.DeliverToExit(tid, signal))
	} else {
		s.must(tid, sys.Resume(tid, signal))
	}
}

// listenTo leaves a task in its group-stop.
func (s *supervisor) listenTo(tid int32, t *task) {
	if err := sys.Listen(tid); err == unix.EIO { // it is in another stop by now
		s.resume(tid, t, 0)
	} else {
		s.must(tid, err)
	}
}

// listen takes the listener of the program's filter, once.
func (s *supervisor) listen() {
	r := s.run
	if r.Decider == nil && r.Server == nil || r.notify.listener >= 0 {
		return
	}
	listener, err := r.Program.Listener()
	if err == nil {
		err = r.notify.open(r, listener)
	}
	if err != nil {
		s.fail(err)
	}
}

// violated writes down the call that a run is killed for, the first one.
func (r *Run) violated(v Violation) {
	r.mu.Lock()
	known := r.violation != nil
	r.mu.Unlock()
	if known {
		return
	}
	if v.Path == "" {
		v.Path = pathOf(v)
	}
	r.mu.Lock()
	if r.violation == nil {
		r.violation = &v
	}
	r.mu.Unlock()
}

// inSyscall serves a task before or after a call, when that was asked for: after an allocation, a fork that has made nothing,
// around a call that is inspected, and around every call of a traced program.
func (s *supervisor) inSyscall(tid int32, t *task) {
	info, err := sys.GetSyscallInfo(tid)
	before := err == nil && info.Op == sys.SyscallInfoEntry
	if before && s.tracing() {
		s.run.Trace.entered(tid, t.process, &info)
	}
	if t.inspected && err == nil {
		s.inspect(tid, t, &info)
	}
	s.release(t)
	if err == nil && info.Op == sys.SyscallInfoExit {
		if s.tracing() {
			s.traceReturn(tid, t, int64(info.Body[0]))
		}
		if t.watching && int64(info.Body[0]) == -int64(unix.ENOMEM) {
			s.refused(tid)
		}
	}
	t.watching = false
	s.resume(tid, t, 0)
}

// refused notes that the kernel has refused memory at the limit, and not at a lower one that the program has set for itself.
func (s *supervisor) refused(tid int32) {
	limit := s.run.Limits.DataLimit
	for _, name := range []string{sys.DataLimit, sys.AddressSpaceLimit} {
		given := limit
		if a := s.run.Limits.AddressSpace; a > 0 && name == sys.AddressSpaceLimit {
			if given = min(limit, a); s.run.Limits.AddressLimit {
				given = a
			}
		}
		if own, err := sys.SoftLimit(tid, name); err == nil && own < given {
			return
		}
	}
	s.run.outcome.Refused = limit > 0 || s.run.Limits.AddressLimit
}
