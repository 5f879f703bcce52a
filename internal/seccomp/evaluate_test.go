package seccomp

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

func stmt(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }

var retA = stmt(unix.BPF_RET|unix.BPF_A, 0)

func TestSimEvaluateLoads(t *testing.T) {
	d := &Data{Nr: -5, Arch: 0xc000003e, IP: 0x1111111122222222}
	for i := range d.Args {
		d.Args[i] = uint64(i)<<32 | 0xa0 | uint64(i)
	}
	want := []uint32{0xfffffffb, 0xc000003e, 0x22222222, 0x11111111,
		0xa0, 0, 0xa1, 1, 0xa2, 2, 0xa3, 3, 0xa4, 4, 0xa5, 5}
	for i, v := range want {
		got, err := Evaluate([]unix.SockFilter{stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, uint32(i)*4), retA}, d)
		if uint32(got) != v || err != nil {
			t.Errorf("word %d: %#x, %v, want %#x", i, uint32(got), err, v)
		}
	}
}

func TestSimEvaluateArithmetic(t *testing.T) {
	const k, x = unix.BPF_ALU | unix.BPF_K, unix.BPF_ALU | unix.BPF_X
	for _, test := range []struct {
		a    uint32
		i    unix.SockFilter
		want uint32
	}{
		{7, stmt(k|unix.BPF_ADD, 3), 10}, {7, stmt(k|unix.BPF_SUB, 8), 0xffffffff}, {7, stmt(k|unix.BPF_MUL, 3), 21},
		{7, stmt(k|unix.BPF_DIV, 2), 3}, {7, stmt(x|unix.BPF_DIV, 0), 1}, {6, stmt(k|unix.BPF_AND, 3), 2},
		{6, stmt(k|unix.BPF_OR, 1), 7}, {6, stmt(k|unix.BPF_XOR, 2), 4}, {6, stmt(k|unix.BPF_LSH, 31), 0},
		{6, stmt(k|unix.BPF_RSH, 1), 3}, {1, stmt(unix.BPF_ALU|unix.BPF_NEG, 0), 0xffffffff}, {9, stmt(x|unix.BPF_SUB, 0), 4},
	} {
		prog := []unix.SockFilter{stmt(unix.BPF_LD|unix.BPF_IMM, 5), stmt(unix.BPF_MISC|unix.BPF_TAX, 0),
			stmt(unix.BPF_ST, 15), stmt(unix.BPF_LDX|unix.BPF_MEM, 15),
			stmt(unix.BPF_LD|unix.BPF_IMM, test.a), test.i, retA}
		if got, err := Evaluate(prog, &Data{}); uint32(got) != test.want || err != nil {
			t.Errorf("%d %#x %d: %d, %v, want %d", test.a, test.i.Code, test.i.K, got, err, test.want)
		}
	}
	zero := []unix.SockFilter{stmt(unix.BPF_LD|unix.BPF_IMM, 5), stmt(x|unix.BPF_DIV, 0), retA}
	if got, err := Evaluate(zero, &Data{}); got != 0 || err != nil {
		t.Errorf("division by zero: %v, %v", got, err)
	}
}

func TestSimEvaluateJumps(t *testing.T) {
	for _, test := range []struct {
		code  uint16
		a, k  uint32
		taken bool
	}{
		{unix.BPF_JEQ, 5, 5, true}, {unix.BPF_JEQ, 5, 4, false},
		{unix.BPF_JGT, 5, 5, false}, {unix.BPF_JGT, 0xffffffff, 5, true},
		{unix.BPF_JGE, 5, 5, true}, {unix.BPF_JGE, 4, 5, false},
		{unix.BPF_JSET, 5, 4, true}, {unix.BPF_JSET, 5, 2, false},
	} {
		for _, operand := range []uint16{unix.BPF_K, unix.BPF_X} {
			prog := []unix.SockFilter{stmt(unix.BPF_LDX|unix.BPF_IMM, test.k), stmt(unix.BPF_LD|unix.BPF_IMM, test.a),
				{Code: unix.BPF_JMP | test.code | operand, Jt: 1, Jf: 0, K: test.k},
				stmt(unix.BPF_RET|unix.BPF_K, 0), stmt(unix.BPF_JMP|unix.BPF_JA, 1),
				stmt(unix.BPF_RET|unix.BPF_K, 9), stmt(unix.BPF_RET|unix.BPF_K, 1)}
			if got, err := Evaluate(prog, &Data{}); (got == 1) != test.taken || got > 1 || err != nil {
				t.Errorf("%d %#x %d: %d, %v", test.a, test.code, test.k, got, err)
			}
		}
	}
}

func TestSimEvaluateRefuses(t *testing.T) {
	for name, prog := range map[string][]unix.SockFilter{
		"empty":          {},
		"too long":       make([]unix.SockFilter, MaxLength+1),
		"no return":      {stmt(unix.BPF_LD|unix.BPF_IMM, 0)},
		"jump too far":   {stmt(unix.BPF_JMP|unix.BPF_JA, 1), retA},
		"huge jump":      {stmt(unix.BPF_JMP|unix.BPF_JA, 1<<32-1), retA},
		"odd load":       {stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, 2), retA},
		"load behind":    {stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, 64), retA},
		"byte load":      {stmt(unix.BPF_LD|unix.BPF_B|unix.BPF_ABS, 0), retA},
		"indirect load":  {stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_IND, 0), retA},
		"modulo":         {stmt(unix.BPF_ALU|unix.BPF_MOD|unix.BPF_K, 3), retA},
		"divide by 0":    {stmt(unix.BPF_ALU|unix.BPF_DIV|unix.BPF_K, 0), retA},
		"shift by 32":    {stmt(unix.BPF_ALU|unix.BPF_LSH|unix.BPF_K, 32), retA},
		"scratch memory": {stmt(unix.BPF_ST, 16), retA},
		"unknown code":   {stmt(0xffff, 0), retA},
		"unknown jump":   {stmt(unix.BPF_JMP|0x70, 0), retA},
	} {
		if _, err := Evaluate(prog, &Data{}); !errors.Is(err, ErrProgram) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSimDisassemble(t *testing.T) {
	p := &Policy{Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess, Rules: []Rule{
		{41, Errno(13), []Cmp{{0, MaskedEQ, 0xf000000ff, 0x300000001}}},
		{42, Trace(2), nil},
	}}
	const want = `  0  ld   arch
  1  jeq  0xc000003e -> 2 else 5         ; x86_64
  2  ld   nr
  3  jset 0x40000000 -> 4 else 6         ; x32
  4  jeq  0xffffffff -> 15 else 5        ; no call
  5  ret  kill process
  6  jeq  0x2a -> 7 else 8               ; connect
  7  ret  trace 2
  8  jeq  0x29 -> 9 else 15              ; socket
  9  ld   arg0.lo
 10  and  0xff
 11  jeq  0x1 -> 12 else 15
 12  ld   arg0.hi
 13  and  0xf
 14  jeq  0x3 -> 16 else 15
 15  ret  allow
 16  ret  errno 13                       ; EACCES
`
	if got := Disassemble(compile(t, p)); got != want {
		t.Errorf("got\n%s", got)
	}
	odd := []unix.SockFilter{stmt(unix.BPF_JMP|unix.BPF_JA, 1), stmt(unix.BPF_ALU|unix.BPF_ADD, 7),
		stmt(unix.BPF_RET|unix.BPF_K, 0x7fc00000), stmt(unix.BPF_RET|unix.BPF_K, 0x7fff0001), stmt(unix.BPF_RET|unix.BPF_K, 0x12340000)}
	const wantOdd = ` 0  ja   -> 2
 1  code 0x4, k 0x7, jt 0, jf 0
 2  ret  notify
 3  ret  allow (data 1)
 4  ret  0x12340000
`
	if got := Disassemble(odd); got != wantOdd {
		t.Errorf("got\n%s", got)
	}
}
