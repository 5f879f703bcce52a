package seccomp

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Disassemble shows a filter, an instruction a line, with the line numbers that jumps go to, and says what the numbers mean:
//
//	0  ld   arch
//	1  jeq  0xc000003e -> 2 else 6       ; x86_64
//	2  ld   nr
//	3  jeq  0x29 -> 4 else 5             ; socket
//	4  ret  errno 13                     ; EACCES
//
// An instruction that Compile never makes is shown by its numbers.
func Disassemble(prog []unix.SockFilter) string {
	return Annotate(prog, func(a Action) string {
		if a&unix.SECCOMP_RET_ACTION_FULL == unix.SECCOMP_RET_ERRNO {
			return unix.ErrnoName(unix.Errno(a & unix.SECCOMP_RET_DATA))
		}
		return ""
	})
}

// Annotate is Disassemble with what the actions mean to the caller; "" says nothing about one.
func Annotate(prog []unix.SockFilter, meaning func(Action) string) string {
	var b strings.Builder
	width := len(fmt.Sprint(max(0, len(prog)-1)))
	loads, arch := loaded(prog), testedArch(prog)
	for pc, i := range prog {
		text := fmt.Sprintf("%*d  %s", width+1, pc, line(pc, i))
		if c := remark(i, loads[pc], arch, meaning); c != "" {
			text = fmt.Sprintf("%-40s ; %s", text, c)
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

func line(pc int, i unix.SockFilter) string {
	branch := func(name string) string {
		return fmt.Sprintf("%-4s %#x -> %d else %d", name, i.K, pc+1+int(i.Jt), pc+1+int(i.Jf))
	}
	switch i.Code {
	case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
		return fmt.Sprintf("%-4s %v", "ld", word(i.K))
	case unix.BPF_ALU | unix.BPF_AND | unix.BPF_K:
		return fmt.Sprintf("%-4s %#x", "and", i.K)
	case unix.BPF_JMP | unix.BPF_JA:
		return fmt.Sprintf("%-4s -> %d", "ja", pc+1+int(i.K))
	case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
		return branch("jeq")
	case unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K:
		return branch("jgt")
	case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
		return branch("jge")
	case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
		return branch("jset")
	case unix.BPF_RET | unix.BPF_K:
		return fmt.Sprintf("%-4s %v", "ret", Action(i.K))
	}
	return fmt.Sprintf("code %#x, k %#x, jt %d, jf %d", i.Code, i.K, i.Jt, i.Jf)
}
