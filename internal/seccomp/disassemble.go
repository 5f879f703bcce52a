package seccomp

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// Disassemble shows a filter, an instruction a line, with the line numbers that jumps go to:
//
//	0  ld   arch
//	1  jeq  0xc000003e -> 3 else 2
//	2  ret  kill process
//
// An instruction that Compile never makes is shown by its numbers.
func Disassemble(prog []unix.SockFilter) string {
	var b strings.Builder
	width := len(fmt.Sprint(max(0, len(prog)-1)))
	for pc, i := range prog {
		fmt.Fprintf(&b, "%*d  %s\n", width+1, pc, line(pc, i))
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
