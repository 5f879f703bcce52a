package tracer

import "golang.org/x/sys/unix"

// ofRun tells whether a call about another task's limits or priority, given its first two arguments, is about one of the run. Until it is made that
// one can end, and its number be given to a process outside, but not before all other numbers have been; so that is left as it is.
func (s *supervisor) ofRun(nr int32, args [2]int32) bool {
	task := args[0]
	switch nr {
	case unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET:
		task = args[1]
		which := args[0]
		if nr == unix.SYS_IOPRIO_SET {
			which-- // it counts from 1
		}
		if which == unix.PRIO_PGRP { // the first process has a session of its own, so its group is the run's
			return task == 0 || s.processes.get(task) != nil
		}
		if which != unix.PRIO_PROCESS { // all processes of a user
			return false
		}
	}
	return task == 0 || s.tasks.get(task) != nil
}
