package seccomp

import (
	"math"
	"math/bits"
	"slices"
)

// Witness finds arguments for which all conditions, which must be valid, hold. When there are none, it tells an argument
// for which the conditions exclude each other. The answer is exact.
func Witness(when []Cmp) (args [6]uint64, contradicted int, ok bool) {
	var domains [6]domain
	for i := range domains {
		domains[i] = domain{last: math.MaxUint64, lowLast: math.MaxUint32}
	}
	for i := range when {
		domains[when[i].Arg].restrict(&when[i])
	}
	for i := range domains {
		if args[i], ok = domains[i].smallest(); !ok {
			return args, i, false
		}
	}
	return args, 0, true
}

// domain is the set of values that the conditions on one argument leave: first to last, its low word lowFirst to
// lowLast, with value in the bits of mask, and none of the exceptions.
type domain struct {
	first, last       uint64
	lowFirst, lowLast uint32
	mask, value       uint64
	clash             bool // two masks ask for different bits
	not               []uint64
	notLow            []uint32
}

// restrict leaves the values for which the condition holds.
func (d *domain) restrict(c *Cmp) {
	op, narrow := c.Op.split()
	if narrow {
		d.restrictLow(op, uint32(c.A), uint32(c.B))
		return
	}
	switch op {
	case EQ:
		d.first, d.last = max(d.first, c.A), min(d.last, c.A)
	case NE:
		d.not = append(d.not, c.A)
	case LT:
		d.last, d.clash = min(d.last, c.A-1), d.clash || c.A == 0
	case LE:
		d.last = min(d.last, c.A)
	case GT:
		d.first, d.clash = max(d.first, c.A+1), d.clash || c.A == math.MaxUint64
	case GE:
		d.first = max(d.first, c.A)
	case MaskedEQ:
		d.fix(c.A, c.B)
	}
}

func (d *domain) restrictLow(op Op, a, b uint32) {
	switch op {
	case EQ:
		d.lowFirst, d.lowLast = max(d.lowFirst, a), min(d.lowLast, a)
	case NE:
		d.notLow = append(d.notLow, a)
	case LT:
		d.lowLast, d.clash = min(d.lowLast, a-1), d.clash || a == 0
	case LE:
		d.lowLast = min(d.lowLast, a)
	case GT:
		d.lowFirst, d.clash = max(d.lowFirst, a+1), d.clash || a == math.MaxUint32
	case GE:
		d.lowFirst = max(d.lowFirst, a)
	case MaskedEQ:
		d.fix(uint64(a), uint64(b))
	}
}

func (d *domain) fix(mask, value uint64) {
	d.clash = d.clash || (d.value^value)&d.mask&mask != 0
	d.mask, d.value = d.mask|mask, d.value|value
}

// smallest is the smallest value, if there is one. Between the high words of first and last every low word is allowed that
// the low bounds allow, so three ranges of high words are looked at.
func (d *domain) smallest() (uint64, bool) {
	if d.clash || d.first > d.last {
		return 0, false
	}
	high, highest := uint32(d.first>>32), uint32(d.last>>32)
	if high == highest {
		return d.within(high, highest, uint32(d.first), uint32(d.last))
	}
	if v, ok := d.within(high, high, uint32(d.first), math.MaxUint32); ok {
		return v, true
	}
	if high+1 < highest {
		if v, ok := d.within(high+1, highest-1, 0, math.MaxUint32); ok {
			return v, true
		}
	}
	return d.within(highest, highest, 0, uint32(d.last))
}

// within is the smallest value with a high word of high to highest and a low word of low to lowest. An exception takes away
// one value only, so when one more high word than there are exceptions has been tried in vain, all would be.
func (d *domain) within(high, highest, low, lowest uint32) (uint64, bool) {
	low, lowest = max(low, d.lowFirst), min(lowest, d.lowLast)
	for range len(d.not) + 1 {
		var ok bool
		if high, ok = atLeastWith(high, highest, uint32(d.mask>>32), uint32(d.value>>32)); !ok {
			return 0, false
		}
		if v, ok := d.below(high, low, lowest); ok {
			return v, true
		}
		if high == highest {
			return 0, false
		}
		high++
	}
	return 0, false
}

// below is the smallest value with that high word and a low word of low to lowest.
func (d *domain) below(high, low, lowest uint32) (uint64, bool) {
	for {
		var ok bool
		if low, ok = atLeastWith(low, lowest, uint32(d.mask), uint32(d.value)); !ok {
			return 0, false
		}
		v := uint64(high)<<32 | uint64(low)
		if !slices.Contains(d.notLow, low) && !slices.Contains(d.not, v) {
			return v, true
		}
		if low == lowest {
			return 0, false
		}
		low++
	}
}

// atLeastWith is the smallest number from first to last that has value in the bits of mask.
func atLeastWith(first, last, mask, value uint32) (uint32, bool) {
	v := first
	if wrong := (v ^ value) & mask; wrong != 0 {
		top := uint32(1) << (31 - bits.LeadingZeros32(wrong)) // the highest bit that must change
		if value&top == 0 {
			// It must fall, so a free bit above must rise: the lowest that is clear.
			free := ^mask & ^v &^ (top<<1 - 1)
			if free == 0 {
				return 0, false
			}
			top = free & -free
		}
		v = (v|top)&^(top-1) | value&(top-1)
	}
	return v, v >= first && v <= last
}
