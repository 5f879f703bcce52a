package harvest

import (
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// remover empties a directory without following its depth: a directory that is not empty is moved up to the top, under a new name, so
// two descriptors are enough for any nesting.
type remover struct {
	top   int
	next  uint64
	queue []string // directories at the top that have not been looked into
	stuck map[string]bool
	first File  // what could not be removed
	fails int   // how much that is
	until int64 // monotonic ns, once somebody was seen to fill what is being emptied; 0: nobody was
	room  []byte
}

// patience is how long, in ns, somebody who goes on filling a directory is kept up with.
const patience = 1_000_000_000

// raced notes that somebody makes files here: another run of the program's user can be as fast as we are.
func (r *remover) raced() {
	if r.until == 0 {
		r.until = sys.After(patience)
	}
}

// late tells whether that goes on for too long.
func (r *remover) late() bool { return r.until != 0 && sys.Until(r.until) <= 0 }

// Empty removes all that lies in a directory, which is open for reading. No link is followed and no mount is entered. What cannot be removed
// is told by a File with the status Left, of which there is one at most; all else goes, unless somebody goes on filling it.
func Empty(dir int) (left File, ok bool) {
	r := &remover{top: dir, stuck: map[string]bool{}, room: make([]byte, block)}
	sys.Unlock(dir)
	unix.Fchmod(dir, 0o700)
	r.clear(dir, true)
	for len(r.queue) > 0 && !r.late() {
		name := r.queue[len(r.queue)-1]
		r.queue = r.queue[:len(r.queue)-1]
		r.directory(name)
	}
	if len(r.queue) > 0 {
		r.failed(r.queue[0], unix.ENOTEMPTY)
	}
	return r.first, r.first.Status != Left
}

// directory removes one that lies at the top.
func (r *remover) directory(name string) {
	if unix.Unlinkat(r.top, name, unix.AT_REMOVEDIR) == nil {
		return
	}
	fd, err := openForRemoval(r.top, name)
	if err != nil {
		r.failed(name, err)
		return
	}
	fails := r.fails
	r.clear(fd, false)
	unix.Close(fd)
	err = unix.Unlinkat(r.top, name, unix.AT_REMOVEDIR)
	if err == unix.ENOTEMPTY && r.fails == fails { // it was empty
		if r.raced(); !r.late() {
			r.queue = append(r.queue, name)
			return
		}
	}
	if err != nil && err != unix.ENOENT {
		r.failed(name, err)
	}
}

// openForRemoval opens a directory and makes it one that can be emptied, whatever its mode is.
func openForRemoval(dir int, name string) (int, error) {
	const how = unix.O_DIRECTORY | unix.O_NOFOLLOW
	at, err := sys.OpenBeneath(dir, name, unix.O_PATH|how, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(at)
	if fd, err := sys.OpenBeneath(at, ".", unix.O_RDONLY|how, 0); err == nil {
		sys.Unlock(fd)
		unix.Close(fd)
	}
	sys.Chmod(at, 0o700) // it may not be ours; then the next call tells
	return sys.OpenBeneath(at, ".", unix.O_RDONLY|how, 0)
}

// mostPasses bounds how often a directory is read: somebody may go on filling it.
const mostPasses = 100

// clear empties a directory into nothing, and the directories in it into the queue.
func (r *remover) clear(fd int, top bool) {
	for passes, again := 0, true; again && passes < mostPasses && !r.late(); passes++ {
		again = false
		if _, err := unix.Seek(fd, 0, unix.SEEK_SET); err != nil {
			r.failed(".", err)
			return
		}
		for {
			count, err := unix.ReadDirent(fd, r.room)
			if err == unix.EINTR {
				continue
			}
			if err != nil {
				r.failed(".", err)
			}
			if err != nil || count <= 0 || r.late() {
				break
			}
			for rest := r.room[:count]; len(rest) > 0; {
				var name string
				if name, _, rest = entry(rest); name == "" || name == "." || name == ".." || top && r.stuck[name] {
					continue
				}
				again = r.one(fd, name, top) || again // what has gone can make the rest be skipped
			}
		}
	}
}

// one removes an entry, or moves it to the top; true: it is not there any more.
func (r *remover) one(fd int, name string, top bool) bool {
	err := unix.Unlinkat(fd, name, 0)
	if err == unix.EPERM || err == unix.EACCES {
		unlockEntry(fd, name)
		err = unix.Unlinkat(fd, name, 0)
	}
	if err == unix.EISDIR {
		if err = unix.Unlinkat(fd, name, unix.AT_REMOVEDIR); err != nil && err != unix.ENOENT {
			return r.lift(fd, name, top)
		}
	}
	if err == nil || err == unix.ENOENT {
		return true
	}
	r.stay(name, top, err)
	return false
}

// lift moves a directory to the top.
func (r *remover) lift(fd int, name string, top bool) bool {
	if top {
		if !r.stuck[name] {
			r.stuck[name] = true
			r.queue = append(r.queue, name)
		}
		return false
	}
	if inside, err := openForRemoval(fd, name); err == nil { // its ".." is going to change
		unix.Close(inside)
	}
	for {
		r.next++
		lifted := ".gosandbox-" + strconv.FormatUint(r.next, 36)
		err := unix.Renameat2(fd, name, r.top, lifted, unix.RENAME_NOREPLACE)
		if err == unix.EEXIST {
			continue
		}
		if err != nil {
			r.stay(name, top, err)
			return false
		}
		r.queue = append(r.queue, lifted)
		return true
	}
}

// unlockEntry takes the marks from a file or directory that keep it.
func unlockEntry(dir int, name string) {
	at, err := sys.OpenBeneath(dir, name, unix.O_PATH|unix.O_NOFOLLOW, 0)
	if err != nil {
		return
	}
	defer unix.Close(at)
	var st unix.Stat_t
	if unix.Fstat(at, &st) != nil || kindOf(st.Mode) != Collected && kindOf(st.Mode) != Directory {
		return // others cannot have marks
	}
	if fd, err := sys.Reopen(at, unix.O_RDONLY|unix.O_NONBLOCK); err == nil {
		sys.Unlock(fd)
		unix.Close(fd)
	}
}

// stay notes what cannot be removed.
func (r *remover) stay(name string, top bool, err error) {
	if top {
		r.stuck[name] = true
	}
	r.failed(name, err)
}

func (r *remover) failed(name string, err error) {
	r.fails++
	if r.first.Status != Left {
		r.first = File{Name: name, Status: Left, Errno: errnoOf(err)}
	}
}
