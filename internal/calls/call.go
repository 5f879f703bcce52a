package calls

import (
	"strconv"

	"gosandbox/internal/seccomp"
)

// Memory is the memory of the program that makes a call.
type Memory interface {
	// Read copies what is at the address and tells how many bytes that were: fewer than asked for where the memory ends, or
	// at the end of a page, 0 when there is none. It must not keep the buffer.
	Read(address uint64, buffer []byte) int
}

// DefaultMax is how many bytes of a string or a buffer are shown unless told otherwise.
const DefaultMax = 256

// Call is a system call to be written. The zero values of what follows Args mean "not known".
type Call struct {
	Arch     uint32 // AUDIT_ARCH_
	Nr       int64
	Args     [6]uint64
	PID, TID int32
	Memory   Memory // without one, addresses are written
	Path     string // of the first path argument, read before; the program's bytes, any at all
	Max      int    // the most bytes of one string or buffer; a whole call shows four times as much at most
	Returned bool   // the call is over, what the kernel wrote is shown
	Ret      int64  // a negative errno when it failed
}

// Format appends a call: openat(AT_FDCWD, "/etc/passwd", O_RDONLY). Memory may be nil.
func Format(dst []byte, arch uint32, nr int64, args *[6]uint64, memory Memory) []byte {
	c := Call{Arch: arch, Nr: nr, Args: *args, Memory: memory}
	return c.Append(dst)
}

// Append appends the call. One of another architecture has that before its name, and its arguments as they are.
func (c *Call) Append(dst []byte) []byte {
	w, name := c.begin(dst)
	w.dst = c.appendName(w.dst, name)
	w.dst = append(w.dst, '(')
	for i := range w.count {
		if i > 0 {
			w.dst = append(w.dst, ", "...)
		}
		w.argument(i)
	}
	return append(w.dst, ')')
}

// AppendLine appends the call and what it returned, "?" when it has not.
func (c *Call) AppendLine(dst []byte) []byte {
	dst = append(c.Append(dst), ' ')
	if !c.Returned {
		return append(dst, "= ?"...)
	}
	return FormatReturn(dst, c.Arch, c.Nr, c.Ret)
}

// AppendSentence appends what a judge shows of a call that a run was killed for.
func (c *Call) AppendSentence(dst []byte) []byte {
	dst = append(dst, "killed: "...)
	if name := c.Name(); name != "" {
		dst = c.Append(dst)
	} else {
		dst = c.appendName(dst, name)
	}
	return append(dst, " is not allowed"...)
}

// Name is the call's name, without a word about the architecture; "" when it has none.
func (c *Call) Name() string {
	nr := c.Nr
	if c.x32() {
		nr &^= seccomp.X32Bit
	}
	if nr < 0 || nr >= seccomp.X32Bit {
		return ""
	}
	return seccomp.Name(seccomp.Arch(c.Arch), int(nr))
}

func (c *Call) x32() bool {
	return seccomp.Arch(c.Arch) == seccomp.AMD64 && c.Nr >= seccomp.X32Bit && c.Nr < 2*seccomp.X32Bit
}

// appendName appends the name, or "syscall 999", after the architecture if that is not the machine's.
func (c *Call) appendName(dst []byte, name string) []byte {
	nr := c.Nr
	if c.x32() {
		dst = append(dst, "x32 "...)
		nr &^= seccomp.X32Bit
	} else if c.Arch != uint32(seccomp.Native()) {
		dst = append(appendArch(dst, c.Arch), ' ')
	}
	if name != "" {
		return append(dst, name...)
	}
	return strconv.AppendInt(append(dst, "syscall "...), nr, 10)
}

func appendArch(dst []byte, arch uint32) []byte {
	switch seccomp.Arch(arch) {
	case seccomp.AMD64:
		return append(dst, "x86_64"...)
	case seccomp.I386:
		return append(dst, "i386"...)
	case seccomp.ARM64:
		return append(dst, "aarch64"...)
	}
	return appendHex(append(dst, "architecture "...), uint64(arch))
}
