package seccomp

import (
	"runtime"

	"github.com/elastic/go-seccomp-bpf/arch"
)

// Arch is the calling convention of a system call, as the kernel's AUDIT_ARCH_ number.
type Arch uint32

// The architectures whose system calls have names here.
const (
	AMD64 Arch = 0xc000003e
	I386  Arch = 0x40000003
	ARM64 Arch = 0xc00000b7
)

// X32Bit marks the calls of the x32 convention. They carry the architecture AMD64, and share their numbers with it but
// for this bit.
const X32Bit = 0x40000000

// Native is the architecture this program was built for; 0 when it is not one of the above.
func Native() Arch {
	switch runtime.GOARCH {
	case "amd64":
		return AMD64
	case "386":
		return I386
	case "arm64":
		return ARM64
	}
	return 0
}

// Number is the number of the call with the given name.
func Number(a Arch, name string) (nr int, ok bool) {
	if t := table(a); t != nil {
		if nr, ok = t.SyscallNames[name]; ok {
			return nr, true
		}
		for _, m := range missing {
			if m.name == name && (m.arch == 0 || m.arch == a) {
				return m.nr, true
			}
		}
	}
	return 0, false
}

// Elsewhere tells whether a name that means nothing on this architecture is one on another that has names here.
func Elsewhere(a Arch, name string) bool {
	if _, here := Number(a, name); here {
		return false
	}
	for _, other := range []Arch{AMD64, ARM64} {
		if _, there := Number(other, name); there {
			return true
		}
	}
	return false
}

// Name is the name of the call with the given number, "" when it has none. Numbers with X32Bit have none.
func Name(a Arch, nr int) string {
	t := table(a)
	if t == nil {
		return ""
	}
	for _, m := range missing {
		if m.nr == nr && (m.arch == 0 || m.arch == a) {
			return m.name
		}
	}
	return t.SyscallNumbers[nr]
}

func table(a Arch) *arch.Info {
	switch a {
	case AMD64:
		return arch.X86_64
	case I386:
		return arch.I386
	case ARM64:
		return arch.AARCH64
	}
	return nil
}

// missing has what the imported tables (of go-seccomp-bpf 1.6.0) lack or name otherwise than the kernel, found by a
// comparison with golang.org/x/sys/unix 0.49.0.
var missing = [...]struct {
	arch Arch // 0: all of them
	nr   int
	name string
}{
	{0, 468, "file_getattr"},
	{0, 469, "file_setattr"},
	{0, 470, "listns"},
	{0, 471, "rseq_slice_yield"},
	{AMD64, 336, "uprobe"},
	{ARM64, 79, "newfstatat"}, // "fstatat" in the imported table, which stays valid for Number
}
