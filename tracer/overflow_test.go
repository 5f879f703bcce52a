package tracer

import (
	"testing"

	"gosandbox/internal/sys"
)

func TestSimOverflow(t *testing.T) {
	stack := sys.Mapping{Start: 0x7000_0000, End: 0x7080_0000, Stack: true}
	other := sys.Mapping{Start: 0x7100_0000, End: 0x7200_0000, Stack: true}
	file := sys.Mapping{Start: 0x7000_0000, End: 0x7080_0000}
	for name, test := range map[string]struct {
		above, stack sys.Mapping
		address, sp  uint64
		want         bool
	}{
		"a push at the end":            {stack, stack, 0x6fff_fff8, 0x7000_0000, true},
		"a frame beyond the end":       {stack, stack, 0x6f00_0000, 0x6e00_0000, true},
		"a guard within the mapping":   {stack, stack, 0x7000_0ff8, 0x7000_1000, true},
		"the guard of another stack":   {other, stack, 0x70ff_f000, 0x7040_0000, false},
		"nothing above":                {sys.Mapping{}, stack, 0x7000_0000_0000, 0x7040_0000, false},
		"below a file":                 {file, file, 0x6fff_fff8, 0x7000_0000, false},
		"far above the stack pointer":  {stack, stack, 0x7070_0000, 0x7000_1000, false},
		"a guard, but not of this one": {stack, stack, 0x7000_0ff8, 0x6000_0000, false},
	} {
		if got := overflow(test.above, test.stack, test.address, test.sp); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
