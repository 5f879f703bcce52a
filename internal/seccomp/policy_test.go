package seccomp

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

func compile(t testing.TB, p *Policy) []unix.SockFilter {
	t.Helper()
	prog, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

// decides fails the test unless both the rules and the filter made of them decide as wanted.
func decides(t testing.TB, p *Policy, prog []unix.SockFilter, d *Data, want Action) {
	t.Helper()
	if got := Decide(p, d); got != want {
		t.Errorf("rules say %v, want %v, of %#x", got, want, *d)
	}
	if got, err := Evaluate(prog, d); got != want || err != nil {
		t.Errorf("filter says %v, %v, want %v, of %#x\n%s", got, err, want, *d, Disassemble(prog))
	}
}

func call(a Arch, nr int32, args ...uint64) *Data {
	d := &Data{Nr: nr, Arch: uint32(a)}
	copy(d.Args[:], args)
	return d
}

func TestSimPrecedence(t *testing.T) {
	one := []Cmp{{0, EQ, 1, 0}}
	two := []Cmp{{0, EQ, 1, 0}, {1, EQ32, 2, 0}}
	tests := []struct {
		name  string
		rules []Rule
		want  map[[2]uint64]Action
	}{
		{"none", nil, map[[2]uint64]Action{{1, 2}: Errno(99)}},
		{"the last one decides", []Rule{{5, Errno(1), nil}, {5, Allow, nil}}, map[[2]uint64]Action{{1, 2}: Allow}},
		{"deny after allow", []Rule{{5, Allow, nil}, {5, Errno(1), one}},
			map[[2]uint64]Action{{1, 2}: Errno(1), {0, 2}: Allow}},
		{"an unconditional rule shadows", []Rule{{5, Errno(1), one}, {5, Allow, nil}}, map[[2]uint64]Action{{1, 2}: Allow}},
		{"all conditions must hold", []Rule{{5, Allow, two}},
			map[[2]uint64]Action{{1, 2}: Allow, {1, 3}: Errno(99), {0, 2}: Errno(99)}},
		{"the narrow one first", []Rule{{5, Errno(2), two}, {5, Errno(1), one}},
			map[[2]uint64]Action{{1, 2}: Errno(1), {1, 3}: Errno(1), {0, 2}: Errno(99)}},
		{"the narrow one last", []Rule{{5, Errno(1), one}, {5, Errno(2), two}},
			map[[2]uint64]Action{{1, 2}: Errno(2), {1, 3}: Errno(1), {0, 2}: Errno(99)}},
		{"another call's rules do not matter", []Rule{{4, Allow, nil}, {5, Errno(1), one}, {6, Allow, nil}},
			map[[2]uint64]Action{{1, 2}: Errno(1), {0, 2}: Errno(99)}},
		{"contradiction never fits", []Rule{{5, Allow, []Cmp{{0, EQ, 1, 0}, {0, EQ, 2, 0}}}},
			map[[2]uint64]Action{{1, 0}: Errno(99), {2, 0}: Errno(99)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := &Policy{Arch: AMD64, Default: Errno(99), Rules: test.rules}
			prog := compile(t, p)
			for args, want := range test.want {
				decides(t, p, prog, call(AMD64, 5, args[:]...), want)
			}
		})
	}
}

func TestSimWatch(t *testing.T) {
	p := &Policy{
		Arch: AMD64, Default: Allow,
		Rules: []Rule{
			{9, Errno(1), []Cmp{{0, EQ, 13, 0}}},
			{10, Errno(2), nil},
			{11, KillProcess, nil},
			{11, Allow, []Cmp{{0, EQ, 1, 0}}},
			{12, Trace(8), nil},
		},
		Watch: []Rule{
			{9, Trace(1), []Cmp{{1, GT, 1 << 30, 0}}},
			{9, Trace(2), []Cmp{{1, GT, 1 << 40, 0}}},
			{10, Trace(3), nil},
			{11, Notify, nil},
			{12, Trace(4), nil},
			{13, Trace(5), nil},
			{13, Allow, []Cmp{{0, NE, 0, 0}}},
		},
	}
	prog := compile(t, p)
	for _, test := range []struct {
		d    *Data
		want Action
	}{
		{call(AMD64, 9, 0, 1<<30), Allow},
		{call(AMD64, 9, 0, 1<<30+1), Trace(1)},
		{call(AMD64, 9, 0, 1<<40+1), Trace(2)},
		{call(AMD64, 9, 13, 1<<40+1), Errno(1)}, // what the rules refuse stays refused
		{call(AMD64, 10), Errno(2)},
		{call(AMD64, 11, 0), KillProcess},
		{call(AMD64, 11, 1), Notify}, // a rule's Allow is refined like a default's
		{call(AMD64, 12), Trace(8)},
		{call(AMD64, 13, 0), Trace(5)},
		{call(AMD64, 13, 1), Allow},
		{call(AMD64, 14), Allow},
	} {
		decides(t, p, prog, test.d, test.want)
	}
	p.Default = Errno(7)
	prog = compile(t, p)
	decides(t, p, prog, call(AMD64, 13, 0), Errno(7))
	decides(t, p, prog, call(AMD64, 11, 1), Notify)
}

func TestSimForeignAndX32(t *testing.T) {
	for _, fallback := range []Action{Allow, Errno(3), KillProcess} {
		rules := []Rule{{0, Errno(4), nil}, {39, Errno(5), nil}}
		p := &Policy{Arch: AMD64, Default: fallback, Rules: rules, Foreign: Trace(6), X32: Trace(7), Watch: []Rule{{1, Trace(8), nil}}}
		prog := compile(t, p)
		for nr, want := range map[int32]Action{
			39: Errno(5), 0: Errno(4), 500: fallback, X32Bit - 1: fallback,
			X32Bit: Trace(7), X32Bit | 39: Trace(7), 0x7fffffff: Trace(7), -2: Trace(7), -1 << 30: Trace(7),
			-1: fallback, -1 << 31: fallback, -1<<31 | 39: fallback,
		} {
			decides(t, p, prog, call(AMD64, nr), want)
			for _, a := range []Arch{I386, ARM64, 0, AMD64 ^ 0x80000000} {
				decides(t, p, prog, call(a, nr), Trace(6))
			}
		}
		for _, a := range []Arch{I386, ARM64} {
			q := &Policy{Arch: a, Default: fallback, Rules: append(rules, Rule{1<<31 - 1, Errno(9), nil}), Foreign: Trace(6), X32: Trace(7)}
			prog := compile(t, q)
			for nr, want := range map[int32]Action{
				39: Errno(5), 1<<31 - 1: Errno(9), 1<<31 - 2: fallback,
				X32Bit: fallback, X32Bit | 39: fallback, -1: fallback, -2: fallback, -1 << 31: fallback,
			} {
				decides(t, q, prog, call(a, nr), want)
				decides(t, q, prog, call(AMD64, nr), Trace(6))
			}
		}
	}
}

func TestSimErrors(t *testing.T) {
	good := Rule{1, Allow, []Cmp{{5, MaskedEQ, 6, 2}}}
	with := func(c Cmp) Rule { return Rule{1, Allow, []Cmp{{0, EQ, 0, 0}, c}} }
	tests := []struct {
		name      string
		arch      Arch
		rule      Rule
		condition int
		want      error
	}{
		{"fine", AMD64, good, 0, nil},
		{"negative", AMD64, Rule{Nr: -1}, -1, ErrNumber},
		{"x32", AMD64, Rule{Nr: X32Bit}, -1, ErrNumber},
		{"last of amd64", AMD64, Rule{Nr: X32Bit - 1}, 0, nil},
		{"x32 elsewhere", ARM64, Rule{Nr: X32Bit}, 0, nil},
		{"31 bits", I386, Rule{Nr: 1 << 31}, -1, ErrNumber},
		{"64 bits", AMD64, Rule{Nr: 1 << 32}, -1, ErrNumber},
		{"argument", AMD64, with(Cmp{6, EQ, 0, 0}), 1, ErrArg},
		{"op 0", AMD64, with(Cmp{0, 0, 0, 0}), 1, ErrOp},
		{"op 8", AMD64, with(Cmp{0, 8, 0, 0}), 1, ErrOp},
		{"op 16", AMD64, with(Cmp{0, 16, 0, 0}), 1, ErrOp},
		{"op 24", AMD64, with(Cmp{0, 24, 0, 0}), 1, ErrOp},
		{"mask", AMD64, with(Cmp{0, MaskedEQ, 6, 1}), 1, ErrMask},
		{"mask, high word", AMD64, with(Cmp{0, MaskedEQ, 6, 1 << 32}), 1, ErrMask},
		{"mask32", AMD64, with(Cmp{0, MaskedEQ32, 6, 1}), 1, ErrMask},
		{"mask32 ignores the high word", AMD64, with(Cmp{0, MaskedEQ32, 6, 1 << 32}), 0, nil},
		{"64 conditions", AMD64, Rule{1, Allow, make64(64)}, 0, nil},
		{"65 conditions", AMD64, Rule{1, Allow, make64(65)}, -1, ErrConditions},
	}
	for _, test := range tests {
		for _, watch := range []bool{false, true} {
			p := &Policy{Arch: test.arch, Rules: []Rule{good, good}}
			if watch {
				p.Watch = []Rule{good, test.rule}
			} else {
				p.Rules[1] = test.rule
			}
			_, err := Compile(p)
			var at *RuleError
			switch {
			case !errors.Is(err, test.want):
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			case test.want == nil:
			case !errors.As(err, &at) || at.Index != 1 || at.Watch != watch || at.Condition != test.condition:
				t.Errorf("%s: %v", test.name, err)
			}
		}
	}
	if _, err := Compile(&Policy{Arch: 7}); !errors.Is(err, ErrArch) {
		t.Errorf("architecture: %v", err)
	}
	p := &Policy{Arch: AMD64}
	for i := range 4100 {
		p.Rules = append(p.Rules, Rule{i * 2, Errno(uint16(i)), nil})
	}
	if _, err := Compile(p); !errors.Is(err, ErrTooLong) {
		t.Errorf("length: %v", err)
	}
}

func make64(n int) []Cmp {
	c := make([]Cmp, n)
	for i := range c {
		c[i] = Cmp{uint32(i % 6), GE, uint64(i), 0}
	}
	return c
}
