package seccomp

import (
	"errors"
	"fmt"
)

// MaxConditions is the largest number of conditions in a rule.
const MaxConditions = 64

// MaxLength is the largest number of instructions that the kernel loads (BPF_MAXINSNS).
const MaxLength = 4096

// What Compile refuses; those about one rule come inside a RuleError.
var (
	ErrArch       = errors.New("seccomp: unknown architecture")
	ErrTooLong    = fmt.Errorf("seccomp: the filter has more than %d instructions", MaxLength)
	ErrNumber     = errors.New("system call number out of range")
	ErrConditions = fmt.Errorf("more than %d conditions", MaxConditions)
	ErrArg        = errors.New("argument number above 5")
	ErrOp         = errors.New("unknown comparison")
	ErrMask       = errors.New("masked comparison that can never hold: B has bits that A lacks")
)

// RuleError says which rule of a policy is refused.
type RuleError struct {
	Watch     bool  // the rule is in Watch, not in Rules
	Index     int   // of the rule in its list
	Condition int   // of the condition in the rule, -1 when it is not about one
	Err       error // one of the above
}

func (e *RuleError) Error() string {
	list := "rule"
	if e.Watch {
		list = "watch rule"
	}
	if e.Condition < 0 {
		return fmt.Sprintf("seccomp: %s %d: %v", list, e.Index, e.Err)
	}
	return fmt.Sprintf("seccomp: %s %d, condition %d: %v", list, e.Index, e.Condition, e.Err)
}

func (e *RuleError) Unwrap() error { return e.Err }
