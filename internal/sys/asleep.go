package sys

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Asleep is a thread that sleeps in a system call.
type Asleep struct {
	PID, TID int32
	Nr       int64
	Args     [6]uint64
	Switches string // how often it has left a CPU: the same at two looks, it has not run in between
	Caught   uint64 // signals that its process handles, bit signal - 1
}

// SleepOf looks at a thread; false: it does not sleep, waits in a stop, has a signal to take, or nobody may look.
func SleepOf(pid, tid int32) (a Asleep, ok bool) {
	folder := "/proc/" + strconv.Itoa(int(pid)) + "/task/" + strconv.Itoa(int(tid))
	call, err := ReadFile(folder+"/syscall", mostProc)
	if err != nil {
		return a, false
	}
	a.PID, a.TID = pid, tid
	fields := strings.Fields(call)
	if len(fields) < 7 { // "running", or asleep outside of a call
		return a, false
	}
	if a.Nr, err = strconv.ParseInt(fields[0], 10, 64); err != nil {
		return a, false
	}
	for i := range a.Args {
		if a.Args[i], err = strconv.ParseUint(strings.TrimPrefix(fields[1+i], "0x"), 16, 64); err != nil {
			return a, false
		}
	}
	status, err := ReadFile(folder+"/status", mostProc)
	if err != nil {
		return a, false
	}
	return a, a.read(status)
}

// read takes what matters from the text of status. The name of the program is escaped there, so it is one line.
func (a *Asleep) read(status string) bool {
	sleeps, pending := false, false
	for line := range strings.SplitSeq(status, "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch name {
		case "State":
			sleeps = strings.HasPrefix(value, "S")
		case "SigPnd", "ShdPnd":
			pending = pending || strings.Trim(value, "0") != ""
		case "SigCgt":
			a.Caught, _ = strconv.ParseUint(value, 16, 64)
		case "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches":
			a.Switches += value + " "
		}
	}
	return sleeps && !pending && a.Switches != ""
}

// ThreadsOf are the threads of a process.
func ThreadsOf(pid int32) ([]int32, error) {
	names, err := Subdirectories("/proc/" + strconv.Itoa(int(pid)) + "/task")
	if err != nil {
		return nil, err
	}
	threads := make([]int32, 0, len(names))
	for _, name := range names {
		if tid, err := strconv.ParseInt(name, 10, 32); err == nil {
			threads = append(threads, int32(tid))
		}
	}
	return threads, nil
}

// HasTimers tells whether a process has timers of timer_create. A kernel that cannot tell says no.
func HasTimers(pid int32) bool {
	text, err := ReadFile("/proc/"+strconv.Itoa(int(pid))+"/timers", 1<<20)
	return err != nil && err != unix.ENOENT || text != ""
}

// FileOf is what a thread has open as fd, as the kernel names it: "pipe:[1234]".
func FileOf(pid, tid int32, fd int) string {
	var text [64]byte
	n, err := unix.Readlink("/proc/"+strconv.Itoa(int(pid))+"/task/"+strconv.Itoa(int(tid))+"/fd/"+strconv.Itoa(fd), text[:])
	if err != nil {
		return ""
	}
	return string(text[:n])
}

// Holds tells whether a process has a file open that the kernel names so, for writing or for reading alone. When that cannot be seen, not.
func Holds(pid int32, name string, writing bool) bool {
	folder := "/proc/" + strconv.Itoa(int(pid))
	list, err := Entries(folder + "/fd")
	if err != nil {
		return false
	}
	var text [64]byte
	for _, fd := range list {
		if n, err := unix.Readlink(folder+"/fd/"+fd, text[:]); err != nil || string(text[:n]) != name {
			continue
		}
		about, err := ReadFile(folder+"/fdinfo/"+fd, mostProc)
		if err != nil {
			continue
		}
		for line := range strings.SplitSeq(about, "\n") {
			if value, ok := strings.CutPrefix(line, "flags:"); ok {
				flags, _ := strconv.ParseUint(strings.TrimSpace(value), 8, 32)
				if (flags&unix.O_ACCMODE != unix.O_RDONLY) == writing && flags&unix.O_PATH == 0 {
					return true
				}
			}
		}
	}
	return false
}
