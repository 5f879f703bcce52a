package tracer

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// tracing tells whether every call is to be seen: from the program's start on.
func (s *supervisor) tracing() bool { return s.run.Trace != nil && s.run.outcome.Executed }

// traceReturn passes on what a call has returned.
func (s *supervisor) traceReturn(tid int32, t *task, ret int64) {
	x := s.run.Trace
	if ret == -restart {
		if v := s.run.notify.find(tid); v != nil && !v.entered && x.again(tid, v.nr) {
			return
		}
	}
	x.returned(tid, t.process, ret)
}

// traceEnd passes on how a task in its exit stop ends.
func (s *supervisor) traceEnd(tid int32, t *task) {
	if !s.tracing() {
		return
	}
	message, err := sys.EventMessage(tid)
	if err != nil {
		return
	}
	path := ""
	s.run.mu.Lock()
	if v := s.run.violation; v != nil && v.TID == tid {
		path = v.Path
	}
	s.run.mu.Unlock()
	s.run.Trace.ended(tid, t.process, unix.WaitStatus(message), path)
}
