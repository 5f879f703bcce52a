package seccomp

import "math"

// Op is a comparison of a condition. The values are those of GOSANDBOX_CMP_ in sandbox.h.
type Op uint32

// The plain comparisons see all 64 bits of an argument, unsigned. The 32-bit ones see the low words of the argument and
// of A and B: a negative int, AT_FDCWD say, may be given sign-extended or not.
const (
	EQ       Op = 1
	NE       Op = 2
	LT       Op = 3
	LE       Op = 4
	GT       Op = 5
	GE       Op = 6
	MaskedEQ Op = 7 // (argument & A) == B

	EQ32       Op = 17
	NE32       Op = 18
	LT32       Op = 19
	LE32       Op = 20
	GT32       Op = 21
	GE32       Op = 22
	MaskedEQ32 Op = 23
)

// narrow is what a 32-bit comparison adds to the number of its plain one.
const narrow = EQ32 - EQ

// split is the plain comparison of o, and whether o looks at the low word only. The plain one is 0 when o is unknown.
func (o Op) split() (plain Op, low bool) {
	switch {
	case o >= EQ && o <= MaskedEQ:
		return o, false
	case o >= EQ32 && o <= MaskedEQ32:
		return o - narrow, true
	}
	return 0, false
}

// Cmp is a condition: argument Arg (0 to 5) Op A. B is used by the masked comparisons alone.
type Cmp struct {
	Arg  uint32
	Op   Op
	A, B uint64
}

// holds says whether the condition, which must be valid, is true for these arguments.
func (c *Cmp) holds(args *[6]uint64) bool {
	v, a, b := args[c.Arg], c.A, c.B
	op, low := c.Op.split()
	if low {
		v, a, b = v&math.MaxUint32, a&math.MaxUint32, b&math.MaxUint32
	}
	switch op {
	case EQ:
		return v == a
	case NE:
		return v != a
	case LT:
		return v < a
	case LE:
		return v <= a
	case GT:
		return v > a
	case GE:
		return v >= a
	case MaskedEQ:
		return v&a == b
	}
	return false
}

// check says what is wrong with the condition, nil when nothing is.
func (c *Cmp) check() error {
	op, low := c.Op.split()
	never := c.B &^ c.A
	if low {
		never &= math.MaxUint32
	}
	switch {
	case op == 0:
		return ErrOp
	case c.Arg > 5:
		return ErrArg
	case op == MaskedEQ && never != 0:
		return ErrMask
	}
	return nil
}
