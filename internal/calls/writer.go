package calls

import (
	"encoding/binary"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// writer appends the arguments of one call to dst. The free space behind dst is also where the program's memory is read to, so that
// there is no other buffer.
type writer struct {
	dst   []byte
	call  Call // a copy: through a pointer every caller's would be on the heap
	kinds *args
	sets  *[kindCount]*set
	count int  // of arguments
	wide  bool // registers have 64 bits
	named int  // the argument that call.Path is the text of, or -1
	max   int  // bytes of one string
	left  int  // bytes of strings that the whole call may still show
}

// begin prepares for the arguments of a call, whose name it returns as well.
func (c *Call) begin(dst []byte) (writer, string) {
	w := writer{dst: dst, call: *c, kinds: &raw, named: -1, max: c.Max, wide: seccomp.Arch(c.Arch) != seccomp.I386}
	if w.max <= 0 {
		w.max = DefaultMax
	}
	w.left = 4 * w.max
	name := c.Name()
	if e := lookup(c.Arch, c.Nr); e != nil {
		w.kinds, w.sets = e.pick(&c.Args), &known().sets
		w.count = w.kinds.count()
		if e.pathsEnd > 0 && c.Path != "" {
			w.named = int(e.paths[0].Index)
		}
	} else {
		w.count = arity(c.Arch, name)
	}
	return w, name
}

// gap is the room that is left between what is written and what is read, for what one read leads to: each byte may become four.
const gap = 512

// read copies memory of the program, at most n bytes; what it returns is good until the next read. It is shorter where the memory ends.
func (w *writer) read(address uint64, n int) []byte {
	if w.call.Memory == nil || address == 0 || n <= 0 || address+uint64(n) < address {
		return nil
	}
	room := w.room(n)
	got := 0
	for got < n {
		m := w.call.Memory.Read(address+uint64(got), room[got:])
		if m <= 0 || m > n-got {
			break
		}
		got += m
	}
	return room[:got]
}

func (w *writer) room(n int) []byte {
	w.dst = slices.Grow(w.dst, gap+5*n)
	start := len(w.dst) + gap + 4*n
	return w.dst[start : start+n : start+n]
}

// words reads 64-bit words, all of them or none.
func (w *writer) words(address uint64, to []uint64) bool {
	bytes := w.read(address, 8*len(to))
	if len(bytes) != 8*len(to) {
		return false
	}
	for i := range to {
		to[i] = binary.LittleEndian.Uint64(bytes[8*i:])
	}
	return true
}

func (w *writer) text(s string)        { w.dst = append(w.dst, s...) }
func (w *writer) int(v int64)          { w.dst = strconv.AppendInt(w.dst, v, 10) }
func (w *writer) uint(v uint64)        { w.dst = strconv.AppendUint(w.dst, v, 10) }
func (w *writer) hex(v uint64)         { w.dst = appendHex(w.dst, v) }
func (w *writer) set(k kind, v uint64) { w.dst = w.sets[k].append(w.dst, v) }

func (w *writer) address(v uint64) {
	if v == 0 {
		w.text("NULL")
		return
	}
	w.hex(v)
}

func (w *writer) octal(v uint64) {
	if v != 0 {
		w.text("0")
	}
	w.dst = strconv.AppendUint(w.dst, v, 8)
}

// id is a user or a group: -1 for none.
func (w *writer) id(v uint64) {
	if uint32(v) == ^uint32(0) {
		w.text("-1")
		return
	}
	w.uint(uint64(uint32(v)))
}

// argument appends one argument. Where the kernel takes 32 bits of it, what is above does not count.
func (w *writer) argument(i int) {
	v, k := w.call.Args[i], w.kinds[i]
	switch k {
	case fd, num, pid:
		w.int(int64(int32(v)))
	case dirfd:
		if int32(v) == unix.AT_FDCWD {
			w.text("AT_FDCWD")
			return
		}
		w.int(int64(int32(v)))
	case unum:
		w.uint(uint64(uint32(v)))
	case hex:
		w.hex(uint64(uint32(v)))
	case long, off:
		w.int(int64(v))
	case ulong, size:
		w.uint(v)
	case hexLong:
		if !w.wide {
			v = uint64(uint32(v))
		}
		w.hex(v)
	case mode:
		w.octal(uint64(uint16(v)))
	case nodeMode:
		w.nodeMode(uint32(v))
	case dev:
		w.device(uint64(uint32(v)))
	case uid, gid:
		w.id(v)
	case sig:
		w.signal(int32(v))
	case cloneFlags:
		w.cloneFlags(uint32(v))
	case ptr:
		w.address(v)
	default:
		if w.sets[k] != nil {
			w.set(k, v)
			return
		}
		w.pointer(i, k, v)
	}
}

// pointer appends what is behind an address, or the address where that cannot be read or is not there yet.
func (w *writer) pointer(i int, k kind, v uint64) {
	start := len(w.dst)
	done := false
	switch {
	case i == w.named:
		w.known(w.call.Path)
		done = true
	case v == 0:
	case k.isOut() && (!w.call.Returned || w.call.Ret < 0):
	default:
		done = w.content(i, k, v)
	}
	if !done {
		w.dst = w.dst[:start]
		w.address(v)
	}
}

// next is the argument after i, which is a length or points to one.
func (w *writer) next(i int) uint64 {
	if i+1 < len(w.call.Args) {
		return w.call.Args[i+1]
	}
	return 0
}

// content appends what the address v points to; false when it cannot be read, whatever has been appended then.
func (w *writer) content(i int, k kind, v uint64) bool {
	switch k {
	case path, str:
		return w.string(v)
	case argvIn:
		return w.vector(v)
	case bufferIn:
		return w.buffer(v, w.next(i))
	case bufferOut:
		return w.buffer(v, min(w.next(i), uint64(w.call.Ret)))
	case offIn:
		return w.numbers(v, 8, 1)
	case intIn, intOut:
		return w.numbers(v, 4, 1)
	case pairOut:
		return w.numbers(v, 4, 2)
	case optionIn:
		return w.option(v, w.next(i))
	case optionOut, socketOut:
		length := w.read(w.next(i), 4)
		if len(length) != 4 {
			return false
		}
		n := uint64(binary.LittleEndian.Uint32(length))
		if k == socketOut {
			return w.socketAddress(v, n)
		}
		return w.option(v, n)
	case socketIn:
		return w.socketAddress(v, uint64(uint32(w.next(i))))
	case messageIn, messageOut:
		return w.message(v, k == messageOut)
	case vectorIn:
		return w.pieces(v, w.next(i), ^uint64(0))
	case vectorOut:
		return w.pieces(v, w.next(i), uint64(w.call.Ret))
	case epollOut:
		return w.events(v, uint64(w.call.Ret))
	default:
		return w.structure(k, v)
	}
}
