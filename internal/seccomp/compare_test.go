package seccomp

import (
	"fmt"
	"testing"
)

// Both the rules' own meaning and the compiled filter must give the expected answer.
func TestSimComparisons(t *testing.T) {
	const hi = 1 << 32
	const top = 1<<64 - 1
	tests := []struct {
		op   Op
		a, b uint64
		yes  []uint64
		no   []uint64
	}{
		{EQ, 0, 0, []uint64{0}, []uint64{1, hi, top}},
		{EQ, 1, 0, []uint64{1}, []uint64{0, 2, hi | 1, 1 << 63, top}}, // AF_UNIX | 1<<32 is not AF_UNIX in 64 bits
		{EQ, 5*hi | 7, 0, []uint64{5*hi | 7}, []uint64{7, 5 * hi, 4*hi | 7, 6*hi | 7, 5*hi | 6, 5*hi | 8}},
		{EQ, top, 0, []uint64{top}, []uint64{hi - 1, top - 1, top - hi, 0}},
		{NE, 1, 0, []uint64{0, 2, hi | 1, top}, []uint64{1}},
		{NE, 5*hi | 7, 0, []uint64{7, 5 * hi, 4*hi | 7, 6*hi | 7}, []uint64{5*hi | 7}},

		{LT, 0, 0, nil, []uint64{0, 1, hi, top}},
		{LT, 1, 0, []uint64{0}, []uint64{1, 2, hi, top}},
		{LT, 7, 0, []uint64{0, 6}, []uint64{7, 8, hi, hi | 6, top}},
		{LT, hi, 0, []uint64{0, hi - 1}, []uint64{hi, hi + 1, 2 * hi, top}},
		{LT, 5*hi | 7, 0, []uint64{0, 7, 8, hi - 1, 5 * hi, 5*hi | 6, 4*hi | 8}, []uint64{5*hi | 7, 5*hi | 8, 6 * hi, 6*hi | 6, top}},
		{LT, top, 0, []uint64{0, hi, top - 1, top - hi}, []uint64{top}},

		{LE, 0, 0, []uint64{0}, []uint64{1, hi, top}},
		{LE, 7, 0, []uint64{0, 7}, []uint64{8, hi, hi | 7, top}},
		{LE, hi - 1, 0, []uint64{0, hi - 1}, []uint64{hi, top}},
		{LE, 5*hi | 7, 0, []uint64{0, hi - 1, 4*hi | 9, 5*hi | 7}, []uint64{5*hi | 8, 6 * hi, top}},
		{LE, top, 0, []uint64{0, hi, 1 << 63, top}, nil},

		{GT, 0, 0, []uint64{1, hi, top}, []uint64{0}},
		{GT, 7, 0, []uint64{8, hi, hi | 6, top}, []uint64{0, 7}},
		{GT, hi - 1, 0, []uint64{hi, hi + 1, top}, []uint64{0, hi - 1}},
		{GT, 5*hi | 7, 0, []uint64{5*hi | 8, 6 * hi, top}, []uint64{0, hi - 1, 4*hi | 9, 5*hi | 7}},
		{GT, top - hi, 0, []uint64{top - hi + 1, top}, []uint64{0, hi, top - hi}},
		{GT, top, 0, nil, []uint64{0, top - 1, top}},

		{GE, 0, 0, []uint64{0, 1, hi, top}, nil},
		{GE, 7, 0, []uint64{7, 8, hi, top}, []uint64{0, 6}},
		{GE, hi, 0, []uint64{hi, hi + 1, top}, []uint64{0, hi - 1}},
		{GE, 5*hi | 7, 0, []uint64{5*hi | 7, 6 * hi, 1 << 63}, []uint64{7, 4*hi | 8, 5*hi | 6, 5 * hi}},
		{GE, 1 << 63, 0, []uint64{1 << 63, top}, []uint64{0, 1<<63 - 1}}, // unsigned
		{GE, top, 0, []uint64{top}, []uint64{top - 1, top - hi, hi - 1}},

		{MaskedEQ, 0, 0, []uint64{0, top}, nil},
		{MaskedEQ, top, 9, []uint64{9}, []uint64{hi | 9, 8, top}},
		{MaskedEQ, 4, 4, []uint64{4, 7, hi | 4, top}, []uint64{0, 3, hi}},
		{MaskedEQ, 4, 0, []uint64{0, 3, hi}, []uint64{4, 7, top}},
		{MaskedEQ, 0xf0, 0x30, []uint64{0x30, 0x3f, hi | 0x30}, []uint64{0x20, 0x31 + 0x10, 0, hi, top}},
		{MaskedEQ, 3 * hi, hi, []uint64{hi, hi | 7, 5 * hi}, []uint64{0, 7, 2 * hi, 3 * hi, top}},
		{MaskedEQ, 3*hi | 6, hi | 2, []uint64{hi | 2, 5*hi | 3}, []uint64{2, hi, hi | 4, 2*hi | 2, hi | 6, top}},

		{EQ32, 1, 0, []uint64{1, hi | 1, top - hi + 2}, []uint64{0, 2, hi, top}}, // AF_UNIX | 1<<32 is AF_UNIX
		{EQ32, hi | 1, 0, []uint64{1, hi | 1}, []uint64{0, hi}},
		{EQ32, top - 99, 0, []uint64{0xffffff9c, top - 99}, []uint64{0, 0x9c, top}}, // AT_FDCWD, as -100 or as the kernel gets it
		{NE32, 1, 0, []uint64{0, 2, hi, top}, []uint64{1, hi | 1}},
		{LT32, 7, 0, []uint64{0, 6, hi | 6}, []uint64{7, hi | 7, top}},
		{LT32, 0, 0, nil, []uint64{0, top}},
		{LE32, 7, 0, []uint64{0, 7, hi | 7}, []uint64{8, hi | 8, top}},
		{LE32, hi - 1, 0, []uint64{0, top}, nil},
		{GT32, 7, 0, []uint64{8, hi | 8, top}, []uint64{0, 7, hi | 7, hi}},
		{GT32, hi - 1, 0, nil, []uint64{0, hi, top}},
		{GE32, 7, 0, []uint64{7, hi | 7, top}, []uint64{0, 6, hi | 6, hi}},
		{MaskedEQ32, 0xf0, 0x30, []uint64{0x30, hi | 0x3f}, []uint64{0, 0x20, top}},
		{MaskedEQ32, 3*hi | 4, 4, []uint64{4, hi | 4, 3*hi | 7}, []uint64{0, 3 * hi}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d_%#x_%#x", test.op, test.a, test.b), func(t *testing.T) {
			for arg := range uint32(6) {
				p := &Policy{Arch: AMD64, Default: Allow, Rules: []Rule{
					{Nr: 41, Action: Errno(13), When: []Cmp{{Arg: arg, Op: test.op, A: test.a, B: test.b}}}}}
				prog := compile(t, p)
				expect := func(v uint64, want Action) {
					t.Helper()
					d := &Data{Nr: 41, Arch: uint32(AMD64)}
					for i := range d.Args {
						d.Args[i] = ^v // nothing but the argument itself may matter
					}
					d.Args[arg] = v
					decides(t, p, prog, d, want)
				}
				for _, v := range test.yes {
					expect(v, Errno(13))
				}
				for _, v := range test.no {
					expect(v, Allow)
				}
			}
		})
	}
}
