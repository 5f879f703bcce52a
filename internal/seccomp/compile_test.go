package seccomp

import (
	"testing"
)

func nr(t testing.TB, name string) int {
	t.Helper()
	n, ok := Number(AMD64, name)
	if !ok {
		t.Fatalf("no call named %q", name)
	}
	return n
}

// guard is what every run carries: nothing is refused but what would escape supervision.
func guard(t testing.TB) *Policy {
	return &Policy{
		Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess,
		Rules: []Rule{
			{nr(t, "clone"), Errno(1), []Cmp{{0, MaskedEQ, 0x00800000, 0x00800000}}}, // CLONE_UNTRACED
			{nr(t, "clone3"), Errno(38), nil},
			{nr(t, "socket"), Errno(13), []Cmp{{0, EQ32, 1, 0}}},
		},
	}
}

// The shape of a program is a cost of every start: a longer one than here is a regression.
func TestSimProgramLength(t *testing.T) {
	watched := guard(t)
	watched.Watch = []Rule{{nr(t, "mmap"), Trace(1), []Cmp{{1, GT, 1 << 30, 0}}}, {nr(t, "brk"), Trace(1), nil}}
	rules := func(fallback Action, r ...Rule) *Policy {
		return &Policy{Arch: AMD64, Default: fallback, Foreign: KillProcess, X32: KillProcess, Rules: r}
	}
	allow := func(numbers ...int) (r []Rule) {
		for _, n := range numbers {
			r = append(r, Rule{n, Allow, nil})
		}
		return r
	}
	upTo := func(first, last, step int) (n []int) {
		for ; first <= last; first += step {
			n = append(n, first)
		}
		return n
	}
	on := func(action Action, c ...Cmp) Rule { return Rule{41, action, c} }
	tests := []struct {
		name   string
		policy *Policy
		want   int
	}{
		{"one outcome", &Policy{Arch: AMD64, Default: Allow, Foreign: Allow, X32: Allow}, 1},
		{"no rules", rules(Allow), 7},
		{"no rules, kill", rules(KillProcess), 1},
		{"guard", guard(t), 17},
		{"guard and watch", watched, 25},
		{"a rule that changes nothing", rules(Allow, allow(1, 2, 3)...), 7},
		{"a shadowed rule", rules(Allow, on(Errno(1), Cmp{0, EQ, 1, 0}), on(Allow)), 7},
		{"one call", rules(Errno(1), allow(60)...), 9},
		{"a range", rules(Errno(1), allow(upTo(10, 100, 1)...)...), 10},
		{"a range from 0", rules(Errno(1), allow(upTo(0, 100, 1)...)...), 9},
		{"a range, unsorted, with repeats", rules(Errno(1), allow(12, 10, 11, 10)...), 10},
		{"a range with a hole", rules(Errno(1), allow(append(upTo(10, 50, 1), upTo(52, 100, 1)...)...)...), 11},
		{"24 ranges", rules(Errno(1), allow(append(upTo(0, 240, 10), upTo(1, 240, 10)...)...)...), 56},
		{"24 single calls", rules(Errno(1), allow(upTo(5, 240, 10)...)...), 39},
		{"300 calls in 3 ranges", rules(Errno(1), allow(append(append(upTo(0, 99, 1), upTo(150, 249, 1)...), upTo(300, 399, 1)...)...)...), 13},
		{"a list of values", rules(Errno(1), on(Allow, Cmp{0, EQ, 1, 0}), on(Allow, Cmp{0, EQ, 2, 0}), on(Allow, Cmp{0, EQ, 10, 0})), 15},
		{"an interval", rules(Errno(1), on(Allow, Cmp{1, GE, 4096, 0}, Cmp{1, LE, 1 << 20, 0})), 14},
		{"the same condition in two rules", rules(Errno(1),
			on(Errno(5), Cmp{0, EQ32, 1, 0}, Cmp{1, EQ32, 5, 0}), on(Errno(6), Cmp{0, EQ32, 1, 0}, Cmp{1, EQ32, 6, 0})), 15},
		{"a condition that always holds", rules(Errno(1), on(Allow, Cmp{0, GE, 0, 0}, Cmp{1, LE32, 1<<32 - 1, 0})), 9},
		{"a condition that never holds", rules(Errno(1), on(Allow, Cmp{0, LT, 0, 0})), 7},
		{"equal guards on many calls share one test", rules(Errno(1),
			Rule{10, Allow, []Cmp{{0, EQ32, 3, 0}}}, Rule{20, Allow, []Cmp{{0, EQ32, 3, 0}}}, Rule{30, Allow, []Cmp{{0, EQ32, 3, 0}}}), 13},
	}
	for _, test := range tests {
		prog := compile(t, test.policy)
		wellFormed(t, prog)
		if len(prog) != test.want {
			t.Errorf("%s: %d instructions, want %d\n%s", test.name, len(prog), test.want, Disassemble(prog))
		}
	}
}

// A search must stay shallow: 2 log2(n) tests and a few.
func TestSimSearchDepth(t *testing.T) {
	p := &Policy{Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess}
	for i := range 900 {
		p.Rules = append(p.Rules, Rule{i, Errno(uint16(i)), nil})
	}
	prog := compile(t, p)
	longest := 0
	for i := range int32(1000) {
		steps := 0
		for pc := 0; ; steps++ {
			one := prog[pc]
			if one.Code == uint16(kindReturn) {
				break
			}
			pc++
			v := uint32(i)
			if steps < 2 {
				v = uint32(AMD64)
			}
			n := node{kind: kind(one.Code), mask: whole, k: one.K}
			switch {
			case one.Code == 0x20: // load
			case one.Code == 0x05: // ja
				pc += int(one.K)
			case n.holds(v):
				pc += int(one.Jt)
			default:
				pc += int(one.Jf)
			}
		}
		longest = max(longest, steps)
	}
	if longest > 24 {
		t.Errorf("%d steps to decide one of 900 calls", longest)
	}
}

// Thousands of rules: targets beyond the 255 instructions of a conditional jump, in the search and at a leaf.
func TestSimLongPrograms(t *testing.T) {
	each := &Policy{Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess}
	for i := range 1300 {
		each.Rules = append(each.Rules, Rule{i, Errno(uint16(i)), nil})
	}
	shared := &Policy{Arch: ARM64, Default: Errno(1), Foreign: KillProcess}
	for i := range 1200 {
		shared.Rules = append(shared.Rules, Rule{i * 2, Action(Trace(uint16(i % 3))), []Cmp{{uint32(i % 2), EQ, 1<<32 | 7, 0}}})
	}
	chain := &Policy{Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess}
	for i := range 1800 {
		chain.Rules = append(chain.Rules, Rule{16, Errno(uint16(i)), []Cmp{{1, EQ, uint64(i) * 3, 0}}})
	}
	chain32 := &Policy{Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess}
	for i := range 3500 {
		chain32.Rules = append(chain32.Rules, Rule{16, Errno(uint16(i % 5)), []Cmp{{1, EQ32, uint64(i) * 3, 0}}})
	}
	for name, p := range map[string]*Policy{"each": each, "shared": shared, "chain": chain, "chain32": chain32} {
		prog, err := Compile(p)
		if err != nil {
			if name == "chain" { // 5 or so instructions a rule: 1800 are too many, 700 are not
				p.Rules = p.Rules[:700]
				prog, err = Compile(p)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		wellFormed(t, prog)
		t.Logf("%s: %d rules, %d instructions", name, len(p.Rules), len(prog))
		if len(prog) < 1000 {
			t.Errorf("%s: not a long program", name)
		}
		for i := range 3600 {
			nr := int32(i)
			arg := uint64(1<<32 | 7)
			if name[0] == 'c' {
				nr, arg = 16, uint64(i)*3
			}
			for _, v := range []uint64{arg, arg + 1, arg | 1<<40, arg ^ 1<<32} {
				sameAsRules(t, p, prog, call(p.Arch, nr, v, v))
				sameAsRules(t, p, prog, call(p.Arch, nr, 0, v))
			}
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	one := &Policy{Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: KillProcess, Rules: []Rule{{41, Errno(13), nil}}}
	many := func(n int) *Policy {
		p := *one
		p.Rules = nil
		for i := range n {
			r := Rule{Nr: i * 3 / 2, Action: Errno(uint16(i % 4))}
			if i%3 == 0 {
				r.When = []Cmp{{uint32(i % 6), EQ, uint64(i), 0}, {1, MaskedEQ32, 7, 2}}
			}
			p.Rules = append(p.Rules, r)
		}
		return &p
	}
	for _, c := range []struct {
		name   string
		policy *Policy
	}{{"1", one}, {"guard", guard(b)}, {"24", many(24)}, {"300", many(300)}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				prog, err := Compile(c.policy)
				if err != nil {
					b.Fatal(err)
				}
				n = len(prog)
			}
			b.ReportMetric(float64(n), "instructions")
		})
	}
}
