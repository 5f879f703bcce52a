package seccomp

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrProgram is what Evaluate says of a program that the kernel would not load.
var ErrProgram = errors.New("seccomp: not a valid filter")

// Evaluate runs a filter on a call, as the kernel would. It knows all instructions that the kernel lets a filter have,
// not only those that Compile makes. Errors: ErrProgram, about the instructions that are reached.
func Evaluate(prog []unix.SockFilter, d *Data) (Action, error) {
	if len(prog) == 0 || len(prog) > MaxLength {
		return 0, fmt.Errorf("%w: %d instructions", ErrProgram, len(prog))
	}
	var m machine
	for m.pc < len(prog) {
		i := prog[m.pc]
		switch i.Code {
		case unix.BPF_RET | unix.BPF_K:
			return Action(i.K), nil
		case unix.BPF_RET | unix.BPF_A:
			return Action(m.a), nil
		}
		if !m.step(i, d) {
			return 0, fmt.Errorf("%w: instruction %d: code %#x, k %#x", ErrProgram, m.pc, i.Code, i.K)
		}
		if m.halt {
			return 0, nil // a division by zero ends a filter with 0, which kills the thread
		}
		m.pc++
	}
	return 0, fmt.Errorf("%w: jump or fall behind the end", ErrProgram)
}

// machine is the state of a classic BPF program.
type machine struct {
	a, x uint32
	mem  [16]uint32
	pc   int
	halt bool
}

// step executes an instruction other than a return; false when there is no such instruction.
func (m *machine) step(i unix.SockFilter, d *Data) bool {
	operand := i.K
	if i.Code&unix.BPF_X != 0 {
		operand = m.x
	}
	switch i.Code & 7 {
	case unix.BPF_ALU:
		return m.alu(i, operand)
	case unix.BPF_JMP:
		return m.jump(i, operand)
	}
	switch i.Code {
	case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
		if i.K%4 != 0 || i.K >= uint32(wordsEnd) {
			return false
		}
		m.a = word(i.K).of(d)
	case unix.BPF_LD | unix.BPF_W | unix.BPF_LEN:
		m.a = uint32(wordsEnd)
	case unix.BPF_LDX | unix.BPF_W | unix.BPF_LEN:
		m.x = uint32(wordsEnd)
	case unix.BPF_LD | unix.BPF_IMM:
		m.a = i.K
	case unix.BPF_LDX | unix.BPF_IMM:
		m.x = i.K
	case unix.BPF_MISC | unix.BPF_TAX:
		m.x = m.a
	case unix.BPF_MISC | unix.BPF_TXA:
		m.a = m.x
	default:
		return m.memory(i)
	}
	return true
}

func (m *machine) memory(i unix.SockFilter) bool {
	if i.K >= uint32(len(m.mem)) {
		return false
	}
	cell := &m.mem[i.K]
	switch i.Code {
	case unix.BPF_LD | unix.BPF_MEM:
		m.a = *cell
	case unix.BPF_LDX | unix.BPF_MEM:
		m.x = *cell
	case unix.BPF_ST:
		*cell = m.a
	case unix.BPF_STX:
		*cell = m.x
	default:
		return false
	}
	return true
}

func (m *machine) alu(i unix.SockFilter, operand uint32) bool {
	if i.Code&^(unix.BPF_X|0xf0) != unix.BPF_ALU {
		return false
	}
	switch i.Code & 0xf0 {
	case unix.BPF_ADD:
		m.a += operand
	case unix.BPF_SUB:
		m.a -= operand
	case unix.BPF_MUL:
		m.a *= operand
	case unix.BPF_DIV:
		if operand == 0 {
			m.halt = true
			return i.Code&unix.BPF_X != 0 // a constant 0 is not loaded at all
		}
		m.a /= operand
	case unix.BPF_OR:
		m.a |= operand
	case unix.BPF_AND:
		m.a &= operand
	case unix.BPF_LSH, unix.BPF_RSH:
		if i.Code&unix.BPF_X == 0 && operand > 31 {
			return false
		}
		if operand &= 31; i.Code&0xf0 == unix.BPF_LSH {
			m.a <<= operand
		} else {
			m.a >>= operand
		}
	case unix.BPF_XOR:
		m.a ^= operand
	case unix.BPF_NEG:
		m.a = -m.a
		return i.Code&unix.BPF_X == 0
	default:
		return false
	}
	return true
}

func (m *machine) jump(i unix.SockFilter, operand uint32) bool {
	if i.Code == unix.BPF_JMP|unix.BPF_JA {
		if i.K >= MaxLength {
			return false
		}
		m.pc += int(i.K)
		return true
	}
	if i.Code&^(unix.BPF_X|0xf0) != unix.BPF_JMP {
		return false
	}
	var taken bool
	switch i.Code & 0xf0 {
	case unix.BPF_JEQ:
		taken = m.a == operand
	case unix.BPF_JGT:
		taken = m.a > operand
	case unix.BPF_JGE:
		taken = m.a >= operand
	case unix.BPF_JSET:
		taken = m.a&operand != 0
	default:
		return false
	}
	if taken {
		m.pc += int(i.Jt)
	} else {
		m.pc += int(i.Jf)
	}
	return true
}
