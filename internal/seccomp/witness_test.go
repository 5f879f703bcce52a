package seccomp

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSimWitness(t *testing.T) {
	for _, test := range []struct {
		name string
		when []Cmp
		want bool
	}{
		{"nothing", nil, true},
		{"equal", []Cmp{{0, EQ, 7, 0}}, true},
		{"twice equal", []Cmp{{0, EQ, 7, 0}, {0, EQ, 8, 0}}, false},
		{"two arguments", []Cmp{{0, EQ, 7, 0}, {1, EQ, 8, 0}}, true},
		{"below 0", []Cmp{{3, LT, 0, 0}}, false},
		{"above all", []Cmp{{3, GT, math.MaxUint64, 0}}, false},
		{"above all, 32 bits", []Cmp{{3, GT32, math.MaxUint32, 0}}, false},
		{"below 0, 32 bits", []Cmp{{3, LT32, 5 << 32, 0}}, false},
		{"above 32 bits", []Cmp{{3, GT, math.MaxUint32, 0}}, true},
		{"range", []Cmp{{0, GE, 5, 0}, {0, LE, 5, 0}}, true},
		{"empty range", []Cmp{{0, GT, 5, 0}, {0, LT, 6, 0}}, false},
		{"range with holes", []Cmp{{0, GE, 5, 0}, {0, LE, 7, 0}, {0, NE, 5, 0}, {0, NE, 6, 0}}, true},
		{"all holes", []Cmp{{0, GE, 5, 0}, {0, LE, 6, 0}, {0, NE, 5, 0}, {0, NE, 6, 0}}, false},
		{"a hole in the low word", []Cmp{{0, GE, 5, 0}, {0, LE, 5 + 1<<32, 0}, {0, NE32, 5, 0}}, true},
		{"the low word is a hole in every high word", []Cmp{{0, EQ32, 5, 0}, {0, NE32, 5, 0}}, false},
		{"mask and value", []Cmp{{0, MaskedEQ, 3, 2}, {0, EQ, 6, 0}}, true},
		{"mask against value", []Cmp{{0, MaskedEQ, 3, 2}, {0, EQ, 7, 0}}, false},
		{"masks exclude each other", []Cmp{{0, MaskedEQ, 3, 2}, {0, MaskedEQ, 6, 4}}, false},
		{"mask above range", []Cmp{{0, MaskedEQ, 1 << 63, 1 << 63}, {0, LT, 1 << 63, 0}}, false},
		{"mask in range", []Cmp{{0, MaskedEQ, 0xf0, 0x50}, {0, GE, 0x60, 0}, {0, LE, 0x150, 0}}, true},
		{"mask just out of range", []Cmp{{0, MaskedEQ, 0xf0, 0x50}, {0, GE, 0x60, 0}, {0, LT, 0x150, 0}}, false},
		{"only odd, 32 bits, one value left", []Cmp{{0, MaskedEQ32, 1, 1}, {0, GE32, 6, 0}, {0, LE32, 8, 0}, {0, NE32, 7, 0}}, false},
		{"high word fixed", []Cmp{{0, EQ32, 9, 0}, {0, GE, 3 << 32, 0}, {0, LE, 3<<32 + 9, 0}}, true},
		{"high word fixed, low too small", []Cmp{{0, EQ32, 9, 0}, {0, GE, 3 << 32, 0}, {0, LT, 3<<32 + 9, 0}}, false},
	} {
		args, _, ok := Witness(test.when)
		if ok != test.want {
			t.Errorf("%s: %v", test.name, ok)
		}
		for i := range test.when {
			if ok && !test.when[i].holds(&args) {
				t.Errorf("%s: %#x does not satisfy condition %d", test.name, args[0], i)
			}
		}
	}
}

// A witness satisfies the conditions; where there is none, none of many tries does.
func TestSimRandomWitnesses(t *testing.T) {
	s := rand.New(rand.NewPCG(9, 10))
	found, none := 0, 0
	for range 40000 {
		when := make([]Cmp, 1+s.IntN(6))
		for i := range when {
			when[i] = Cmp{Arg: 0, Op: pick(s, ops), A: pick(s, edges), B: pick(s, edges)}
			if op, _ := when[i].Op.split(); op == MaskedEQ {
				when[i].B &= when[i].A
			}
		}
		all := func(args *[6]uint64) bool {
			for i := range when {
				if !when[i].holds(args) {
					return false
				}
			}
			return true
		}
		if args, _, ok := Witness(when); ok {
			if found++; !all(&args) {
				t.Fatalf("%#x does not satisfy %v", args[0], when)
			}
			continue
		}
		none++
		for _, a := range edges {
			for _, b := range edges {
				for d := range uint64(3) {
					for _, v := range []uint64{a + d - 1, a&^math.MaxUint32 | (b+d-1)&math.MaxUint32, a | b, a &^ b} {
						if all(&[6]uint64{v}) {
							t.Fatalf("%#x satisfies %v", v, when)
						}
					}
				}
			}
		}
	}
	if found < 1000 || none < 1000 {
		t.Errorf("%d with a witness, %d without", found, none)
	}
}

// All of a small domain, without the shortcuts.
func TestSimAtLeastWith(t *testing.T) {
	for mask := range uint32(64) {
		for value := range uint32(64) {
			if value&^mask != 0 {
				continue
			}
			for first := range uint32(64) {
				want, there := uint32(0), false
				for v := first; v < 64 && !there; v++ {
					want, there = v, v&mask == value
				}
				if got, ok := atLeastWith(first, 63, mask, value); ok != there || ok && got != want {
					t.Fatalf("from %d with %#x in %#x: %d, %v; want %d, %v", first, value, mask, got, ok, want, there)
				}
			}
		}
	}
}

func TestSimNearest(t *testing.T) {
	for name, want := range map[string]string{
		"opne": "open", "scoket": "socket", "nosuchcall": "", "": "", "x": "", "getpidd": "getpid", "SOCKET": "",
		"execvee": "execve", "openatt": "openat", "exit_grup": "exit_group",
	} {
		if got := Nearest(name, Names(AMD64)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := Nearest(string(make([]byte, 1<<20)), Names(AMD64)); got != "" {
		t.Errorf("a long name: %q", got)
	}
	if len(Names(AMD64)) < 350 || len(Names(7)) != 0 {
		t.Error("names of an architecture")
	}
}
