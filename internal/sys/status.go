package sys

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// InnerNumbers are the process and thread number of a task in its own pid namespace.
func InnerNumbers(tid int32) (ids [2]int32, err error) {
	var page [4096]byte
	text, err := readProc(tid, "/status", page[:])
	if err != nil {
		return ids, err
	}
	for i, name := range [2]string{"\nNStgid:", "\nNSpid:"} {
		_, line, found := bytes.Cut(text, []byte(name))
		if end := bytes.IndexByte(line, '\n'); !found || end < 0 {
			return ids, unix.ENODATA
		} else {
			line = bytes.TrimSpace(line[:end])
		}
		ids[i] = int32(number(line[bytes.LastIndexAny(line, "\t ")+1:]))
	}
	return ids, nil
}

// UmaskOf is the umask of a task.
func UmaskOf(tid int32) (mask uint32, err error) {
	var page [256]byte // its second line
	text, err := readProc(tid, "/status", page[:])
	if err != nil {
		return 0, err
	}
	_, line, found := bytes.Cut(text, []byte("\nUmask:\t"))
	if !found {
		return 0, unix.ENODATA
	}
	for _, digit := range line {
		if digit < '0' || digit > '7' {
			return mask, nil
		}
		mask = mask<<3 | uint32(digit-'0')
	}
	return 0, unix.ENODATA
}

// Untraced tells that a task has no tracer, or none any more.
func Untraced(tid int32) bool {
	var page [4096]byte
	text, err := readProc(tid, "/status", page[:])
	return err == nil && bytes.Contains(text, []byte("\nTracerPid:\t0\n"))
}

// KillTracee kills a process if the calling process's thread `tracer` traces it: another one that may have got its number in the meantime
// is left alone. From any thread.
func KillTracee(pid, tracer int32) {
	fd, err := unix.PidfdOpen(int(pid), 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	var page [4096]byte
	text, err := readProc(pid, "/status", page[:])
	if err == nil && int32(number(after(text, "\nTracerPid:"))) == tracer {
		KillDescriptor(fd, unix.SIGKILL)
	}
}
