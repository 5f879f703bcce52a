package seccomp

import (
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// source gives numbers from 0 to n-1, from a random generator or from a fuzzer's bytes.
type source interface{ IntN(n int) int }

type fuzzBytes struct{ b []byte }

func (f *fuzzBytes) IntN(n int) int {
	if len(f.b) == 0 {
		return 0
	}
	v := int(f.b[0])
	f.b = f.b[1:]
	if n > 256 && len(f.b) > 0 {
		v |= int(f.b[0]) << 8
		f.b = f.b[1:]
	}
	return v % n
}

func pick[T any](s source, from []T) T { return from[s.IntN(len(from))] }

// Few values, so that rules and calls meet, all at the borders of words.
var (
	edges = []uint64{0, 1, 2, 3, 7, 8, 0xff, 0x100, 1 << 31, 1<<32 - 2, 1<<32 - 1, 1 << 32, 1<<32 + 1, 1<<32 + 7,
		2<<32 + 1, 0xff << 32, 1<<63 - 1, 1 << 63, 1<<64 - 1<<32, 1<<64 - 100, 1<<64 - 2, 1<<64 - 1}
	ops     = []Op{EQ, NE, LT, LE, GT, GE, MaskedEQ, EQ32, NE32, LT32, LE32, GT32, GE32, MaskedEQ32}
	actions = []Action{Allow, Allow, KillProcess, Errno(1), Errno(13), Trace(1), Trace(2), Notify, Log}
	arches  = []Arch{AMD64, AMD64, I386, ARM64}
)

func randomRules(s source, p *Policy, n, numbers int) []Rule {
	rules := make([]Rule, n)
	for i := range rules {
		r := &rules[i]
		r.Nr = s.IntN(numbers)
		if s.IntN(20) == 0 {
			r.Nr = X32Bit - 1
			if p.Arch != AMD64 && s.IntN(2) == 0 {
				r.Nr = 1<<31 - 1
			}
		}
		r.Action = pick(s, actions)
		for range s.IntN(5) {
			c := Cmp{Arg: uint32(s.IntN(3)), Op: pick(s, ops), A: pick(s, edges), B: pick(s, edges)}
			if op, low := c.Op.split(); op == MaskedEQ {
				c.B &= c.A
				if low && s.IntN(2) == 0 {
					c.B |= 5 << 40 // has no meaning for a 32-bit comparison
				}
			}
			r.When = append(r.When, c)
		}
	}
	return rules
}

func randomPolicy(s source) *Policy {
	p := &Policy{Arch: pick(s, arches), Default: pick(s, actions), Foreign: pick(s, actions), X32: pick(s, actions)}
	n, numbers := s.IntN(24), 1+s.IntN(30)
	p.Rules = randomRules(s, p, n, numbers)
	p.Watch = randomRules(s, p, s.IntN(6), numbers)
	return p
}

func randomCall(s source, p *Policy) *Data {
	d := &Data{Arch: uint32(p.Arch), Nr: int32(s.IntN(32)), IP: pick(s, edges)}
	if rules := slices.Concat(p.Rules, p.Watch); len(rules) > 0 && s.IntN(3) > 0 {
		d.Nr = int32(pick(s, rules).Nr + s.IntN(3) - 1)
	}
	switch s.IntN(24) {
	case 0:
		d.Arch = uint32(pick(s, arches))
	case 1:
		d.Arch = 0
	case 2:
		d.Nr |= X32Bit
	case 3:
		d.Nr = -1
	case 4:
		d.Nr = -1 << 31
	case 5:
		d.Nr = -2
	}
	for i := range d.Args {
		d.Args[i] = pick(s, edges)
		if s.IntN(4) == 0 {
			d.Args[i] += uint64(s.IntN(3)) - 1
		}
	}
	return d
}

// sameAsRules fails the test when the filter decides otherwise than the rules it was made of.
func sameAsRules(t *testing.T, p *Policy, prog []unix.SockFilter, d *Data) {
	t.Helper()
	got, err := Evaluate(prog, d)
	if want := Decide(p, d); err != nil || got != want {
		t.Fatalf("filter says %v, %v; rules say %v\ncall   %#x\npolicy %#x\n%s", got, err, want, *d, *p, Disassemble(prog))
	}
}

// wellFormed fails the test when the kernel would refuse the filter, or it has an instruction that it should not need.
func wellFormed(t *testing.T, prog []unix.SockFilter) {
	t.Helper()
	fail := func(pc int, why string) { t.Fatalf("instruction %d: %s\n%s", pc, why, Disassemble(prog)) }
	if len(prog) == 0 || len(prog) > MaxLength {
		t.Fatalf("%d instructions", len(prog))
	}
	reached := make([]bool, len(prog))
	reached[0] = true
	for pc, i := range prog {
		if !reached[pc] {
			fail(pc, "never reached")
		}
		var to []int
		switch i.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			to = []int{pc + 1}
			if i.K%4 != 0 || i.K >= 64 {
				fail(pc, "bad load")
			}
		case unix.BPF_ALU | unix.BPF_AND | unix.BPF_K:
			to = []int{pc + 1}
		case unix.BPF_JMP | unix.BPF_JA:
			to = []int{pc + 1 + int(i.K)}
		case unix.BPF_JMP | unix.BPF_JEQ, unix.BPF_JMP | unix.BPF_JGE, unix.BPF_JMP | unix.BPF_JSET:
			to = []int{pc + 1 + int(i.Jt), pc + 1 + int(i.Jf)}
			if i.Jt == i.Jf {
				fail(pc, "useless jump")
			}
		case unix.BPF_RET | unix.BPF_K:
		default:
			fail(pc, "unexpected code")
		}
		for _, at := range to {
			if at >= len(prog) {
				fail(pc, "out of the program")
			}
			reached[at] = true
		}
	}
}

func TestSimRandomPolicies(t *testing.T) {
	const policies, calls = 20000, 60
	s := rand.New(rand.NewPCG(1, 2))
	for range policies {
		p := randomPolicy(s)
		prog, err := Compile(p)
		if err != nil {
			t.Fatalf("%v\n%#x", err, *p)
		}
		wellFormed(t, prog)
		for range calls {
			sameAsRules(t, p, prog, randomCall(s, p))
		}
	}
}

// Programs far longer than a conditional jump goes.
func TestSimRandomLongPolicies(t *testing.T) {
	s := rand.New(rand.NewPCG(3, 4))
	longest := 0
	for range 200 {
		p := randomPolicy(s)
		p.Rules = randomRules(s, p, 100+s.IntN(400), 1+s.IntN(300))
		for i := range p.Rules {
			if r := &p.Rules[i]; s.IntN(2) == 0 {
				r.Action = Errno(uint16(s.IntN(1000)))
			}
		}
		prog, err := Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, prog)
		longest = max(longest, len(prog))
		for range 1000 {
			sameAsRules(t, p, prog, randomCall(s, p))
		}
	}
	if longest < 1500 {
		t.Errorf("the longest program has %d instructions: not long enough for this test", longest)
	}
}

func TestSimDeterministic(t *testing.T) {
	s := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		p := randomPolicy(s)
		first, _ := Compile(p)
		for range 5 {
			if again, _ := Compile(p); !slices.Equal(first, again) {
				t.Fatal("two programs for one policy")
			}
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add([]byte{})
	s := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		b := make([]byte, 200)
		for i := range b {
			b[i] = byte(s.IntN(256))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &fuzzBytes{b}
		p := randomPolicy(s)
		prog, err := Compile(p)
		if err != nil {
			t.Fatalf("%v\n%#x", err, *p)
		}
		wellFormed(t, prog)
		for range 30 {
			sameAsRules(t, p, prog, randomCall(s, p))
		}
	})
}
