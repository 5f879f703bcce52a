package harvest

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Job is one collection.
type Job struct {
	Dir     int // where the pattern begins; may be open with O_PATH
	Pattern Pattern
	Text    string // of the pattern, for what cannot be told of a file
	Limits  Limits
	Sparse  bool // files with holes are taken
	To      Sink // nil: memory
	Actor   *Actor
}

// Sink is where files go that do not go to memory.
type Sink interface {
	// begin takes the name and mode of the next file; another status than Collected refuses it, and there is nothing to end.
	begin(name string, mode uint32) (Status, unix.Errno)
	write(b []byte) error
	// end completes the file, or takes back what was written of it.
	end(whole bool) error
}

// Run collects. All that matches is told of, the files in the order of their names.
func (j *Job) Run() []File {
	deadline := sys.After(j.Limits.Time)
	w := &walker{open: j.Actor.open, dir: j.Dir, pattern: j.Pattern, limits: &j.Limits, deadline: deadline}
	names := w.find()
	files := w.troubles
	t := &taker{job: j, deadline: deadline, left: j.Limits.Total}
	refused, listed := 0, 2*j.Limits.Files
	for _, name := range names {
		var f File
		switch {
		case t.taken+refused >= listed:
			w.omitted++
			continue
		case t.taken >= j.Limits.Files:
			f = File{Name: name, Status: TooMany}
		case sys.Until(deadline) <= 0:
			f = File{Name: name, Status: TimeOut}
		default:
			f = t.take(name)
		}
		if f.Status == Missing && !j.Pattern.Plain() {
			continue // a directory that lacks it
		}
		if f.Status == Collected {
			t.taken++
		} else {
			refused++
		}
		files = append(files, f)
	}
	if w.omitted > 0 {
		files = append(files, File{Name: j.Text, Status: TooMany, Size: w.omitted})
	}
	if len(files) == 0 {
		files = append(files, File{Name: j.Text, Status: Missing})
	}
	return files
}

type taker struct {
	job      *Job
	deadline int64
	left     uint64 // bytes
	taken    int
	room     []byte
}

// take collects one file.
func (t *taker) take(name string) (f File) {
	f = File{Name: name}
	actor := t.job.Actor
	// First without opening it, which can wait, wake somebody, or rewind a tape.
	at, err := actor.open(t.job.Dir, name, unix.O_PATH|unix.O_NOFOLLOW)
	if err != nil {
		f.Status, f.Errno = statusOf(err), errnoOf(err)
		return f
	}
	defer unix.Close(at)
	var st unix.Stat_t
	if err := unix.Fstat(at, &st); err != nil {
		f.Status, f.Errno = Failed, errnoOf(err)
		return f
	}
	f.Size, f.Mode, f.MTime = uint64(st.Size), st.Mode, unix.TimespecToNsec(st.Mtim)
	if f.Status = t.judge(&st); f.Status != Collected {
		return f
	}
	fd, err := actor.reopen(t.job.Dir, at, name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_NOFOLLOW)
	if err != nil {
		f.Status, f.Errno = statusOf(err), errnoOf(err)
		return f
	}
	defer unix.Close(fd)
	if !same(fd, &st) {
		f.Status = Changed
		return f
	}
	to := t.job.To
	if to != nil {
		if f.Status, f.Errno = to.begin(name, f.Mode); f.Status != Collected {
			return f
		}
	}
	f.Status, f.Errno = t.content(fd, &f)
	if f.Status == Collected && !same(fd, &st) {
		f.Status = Changed
	}
	if to != nil {
		if err := to.end(f.Status == Collected); err != nil && f.Status == Collected {
			f.Status, f.Errno = Failed, errnoOf(err)
		}
	}
	if f.Status == Collected {
		t.left -= f.Size
	} else {
		f.Bytes = nil
	}
	return f
}

// judge decides by what is known of a file without opening it.
func (t *taker) judge(st *unix.Stat_t) Status {
	size := uint64(st.Size)
	switch kind := kindOf(st.Mode); {
	case kind != Collected:
		return kind
	case st.Nlink > 1:
		return HardLink
	case st.Size < 0 || size > t.job.Limits.Bytes:
		return TooBig
	case size > 1<<20 && uint64(st.Blocks)*512 < size/16 && !t.job.Sparse:
		return Sparse
	case size > t.left:
		return NoRoom
	}
	return Collected
}

// same tells whether a file is still the one that was looked at, and as it was.
func same(fd int, st *unix.Stat_t) bool {
	var now unix.Stat_t
	return unix.Fstat(fd, &now) == nil && now.Dev == st.Dev && now.Ino == st.Ino && now.Mode == st.Mode && now.Size == st.Size &&
		now.Mtim == st.Mtim && now.Ctim == st.Ctim && now.Nlink <= 1
}

// content reads a file of a known size.
func (t *taker) content(fd int, f *File) (Status, unix.Errno) {
	size := int(f.Size)
	if t.job.To == nil {
		if !sys.Allocate(uint64(size)+1, func() { f.Bytes = make([]byte, size+1)[:size] }) {
			return Failed, unix.ENOMEM
		}
		return t.read(fd, size, func(at, n int) []byte { return f.Bytes[at : at+n] }, nil)
	}
	if t.room == nil {
		t.room = make([]byte, chunk)
	}
	return t.read(fd, size, func(_, n int) []byte { return t.room[:n] }, t.job.To.write)
}

const chunk = 256 << 10

// read reads exactly size bytes, and no more than that is there.
func (t *taker) read(fd, size int, room func(at, n int) []byte, pass func([]byte) error) (Status, unix.Errno) {
	for at := 0; at < size; {
		if sys.Until(t.deadline) <= 0 {
			return TimeOut, 0
		}
		n, err := unix.Read(fd, room(at, min(chunk, size-at)))
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return Failed, errnoOf(err)
		case n <= 0:
			return Changed, 0
		}
		if pass != nil {
			if err := pass(room(at, n)); err != nil {
				return Failed, errnoOf(err)
			}
		}
		at += n
	}
	var more [1]byte
	for {
		n, err := unix.Read(fd, more[:])
		if err == unix.EINTR {
			continue
		}
		if n > 0 {
			return Changed, 0
		}
		return Collected, 0
	}
}
