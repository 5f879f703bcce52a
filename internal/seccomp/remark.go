package seccomp

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// remark says in names what an instruction tests or returns, "" when there is nothing to say. w is the word it finds
// loaded.
func remark(i unix.SockFilter, w word, a Arch, meaning func(Action) string) string {
	switch {
	case i.Code == unix.BPF_RET|unix.BPF_K:
		return meaning(Action(i.K))
	case i.Code&7 != unix.BPF_JMP || i.Code == unix.BPF_JMP|unix.BPF_JA:
		return ""
	case w == wordArch:
		return ArchName(Arch(i.K))
	case w != wordNr:
		return ""
	case i.Code == unix.BPF_JMP|unix.BPF_JSET|unix.BPF_K:
		if a == AMD64 && i.K == X32Bit {
			return "x32"
		}
		return ""
	}
	if i.K == whole {
		return "no call"
	}
	name := Name(a, int(i.K))
	if name == "" {
		name = fmt.Sprintf("call %d", i.K)
	}
	if i.Code == unix.BPF_JMP|unix.BPF_JGE|unix.BPF_K {
		return name + " and above"
	}
	return name
}

// ArchName is "x86_64", "i386" or "aarch64", "" for another architecture.
func ArchName(a Arch) string {
	switch a {
	case AMD64:
		return "x86_64"
	case I386:
		return "i386"
	case ARM64:
		return "aarch64"
	}
	return ""
}

// testedArch is the architecture whose calls a filter decides about: the one it tests for first, or 0.
func testedArch(prog []unix.SockFilter) Arch {
	loads := loaded(prog)
	for pc, i := range prog {
		if i.Code == unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K && loads[pc] == wordArch {
			return Arch(i.K)
		}
	}
	return 0
}

// loaded finds which whole word each instruction finds in the accumulator; wordsEnd when that is none, or depends on the
// way to it. Jumps go forward only, so one pass is enough.
func loaded(prog []unix.SockFilter) []word {
	const unreached = wordsEnd + 1
	at := make([]word, len(prog)+1)
	for i := range at {
		at[i] = unreached
	}
	reach := func(pc int, w word) {
		if pc >= len(at) {
			return
		}
		if at[pc] == unreached {
			at[pc] = w
		} else if at[pc] != w {
			at[pc] = wordsEnd
		}
	}
	reach(0, wordsEnd)
	for pc, i := range prog {
		w := at[pc]
		switch {
		case i.Code == unix.BPF_LD|unix.BPF_W|unix.BPF_ABS:
			reach(pc+1, word(i.K))
		case i.Code == unix.BPF_JMP|unix.BPF_JA:
			reach(pc+1+int(i.K), w)
		case i.Code&7 == unix.BPF_JMP:
			reach(pc+1+int(i.Jt), w)
			reach(pc+1+int(i.Jf), w)
		case i.Code&7 != unix.BPF_RET:
			reach(pc+1, wordsEnd)
		}
	}
	return at[:len(prog)]
}
