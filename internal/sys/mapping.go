package sys

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"
)

// Mapping is a part of an address space that can be read or written.
type Mapping struct {
	Start, End uint64
	Stack      bool // it may be a stack: private, writable, of no file
}

// MappingAbove is the first accessible mapping of a task that ends above an address, the one that contains it included; zero when
// there is none, or it cannot be read.
func MappingAbove(tid int32, address uint64) (m Mapping) {
	path := append(strconv.AppendInt([]byte("/proc/"), int64(tid), 10), "/maps"...)
	fd, err := openFile(string(path), unix.O_RDONLY)
	if err != nil {
		return m
	}
	defer unix.Close(fd)
	var page [16 << 10]byte
	have := 0
	for {
		n, err := unix.Read(fd, page[have:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return m
		}
		rest := page[:have+n]
		for {
			line, after, whole := bytes.Cut(rest, []byte{'\n'})
			if !whole {
				break
			}
			if found, ok := accessible(line); ok && found.End > address {
				return found
			}
			rest = after
		}
		have = copy(page[:], rest)
		if have == len(page) {
			return m // no line is that long
		}
	}
}

// accessible reads a line of /proc/PID/maps: "start-end perms offset device inode   name".
func accessible(line []byte) (m Mapping, ok bool) {
	fields := bytes.Fields(line)
	if len(fields) < 5 || len(fields[1]) < 4 {
		return m, false
	}
	from, to, _ := bytes.Cut(fields[0], []byte{'-'})
	start, err := strconv.ParseUint(string(from), 16, 64)
	end, bad := strconv.ParseUint(string(to), 16, 64)
	perms := fields[1]
	if err != nil || bad != nil || perms[0] != 'r' && perms[1] != 'w' {
		return m, false
	}
	own := len(fields) == 5 || string(fields[5]) == "[stack]" || bytes.HasPrefix(fields[5], []byte("[anon:"))
	return Mapping{start, end, own && perms[1] == 'w' && perms[3] == 'p'}, true
}
