package sys

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// Counts are what the kernel has counted for one task alone, until now or until its end: a zombie's can be read.
type Counts struct {
	Switches      uint64 // voluntary and not
	Faults        uint64 // minor and major
	Read, Written uint64 // bytes, by calls of read's and write's kind
}

// Add sums up.
func (c *Counts) Add(o Counts) {
	c.Switches += o.Switches
	c.Faults += o.Faults
	c.Read += o.Read
	c.Written += o.Written
}

// Identity is what else is told along with them.
type Identity struct {
	Inner int32    // the process as the innermost pid namespace numbers it
	Name  [16]byte // of the task: the program's choice; a NUL ends it
}

// ReadCounts reads the counts of a task, but for Read and Written.
func ReadCounts(pid, tid int32) (c Counts, id Identity, err error) {
	var page [4096]byte
	text, err := readTask(pid, tid, "/stat", page[:])
	if err != nil {
		return c, id, err
	}
	// A name may hold anything, spaces and parentheses as well: it ends at the last one.
	open, shut := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || shut < open {
		return c, id, unix.EBADMSG
	}
	copy(id.Name[:15], text[open+1:shut])
	const minor, major = 7, 9 // fields behind the name
	fields := bytes.Fields(text[shut+1:])
	if len(fields) <= major {
		return c, id, unix.EBADMSG
	}
	c.Faults = number(fields[minor]) + number(fields[major])
	if text, err = readTask(pid, tid, "/status", page[:]); err != nil {
		return c, id, err
	}
	if after(text, "\nnonvoluntary_ctxt_switches:") == nil {
		return c, id, unix.EBADMSG
	}
	c.Switches = number(after(text, "\nvoluntary_ctxt_switches:")) + number(after(text, "\nnonvoluntary_ctxt_switches:"))
	inner := after(text, "\nNStgid:")
	if tab := bytes.LastIndexByte(inner, '\t'); tab >= 0 {
		id.Inner = int32(number(inner[tab:]))
	}
	return c, id, nil
}

// ReadTransfers reads how many bytes a task has read and written by calls. Of a zombie the kernel may tell that to root alone.
func ReadTransfers(pid, tid int32) (read, written uint64, err error) {
	var page [512]byte
	text, err := readTask(pid, tid, "/io", page[:])
	if err != nil {
		return 0, 0, err
	}
	return number(after(text, "rchar:")), number(after(text, "wchar:")), nil
}

func readTask(pid, tid int32, file string, buffer []byte) ([]byte, error) {
	var name [32]byte
	n := append(name[:0], "/task/"...)
	n = appendInt(n, tid)
	return readProc(pid, string(append(n, file...)), buffer)
}

// after is the rest of the line that has the prefix.
func after(text []byte, prefix string) []byte {
	i := bytes.Index(text, []byte(prefix))
	if i < 0 {
		return nil
	}
	line, _, _ := bytes.Cut(text[i+len(prefix):], []byte("\n"))
	return line
}
