package core

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"gosandbox/internal/document"
)

// object checks that v is an object with known fields, those that must be there included.
func (r *policyReader) object(v *document.Value, path string, known []string, required ...string) error {
	if v.Kind != document.Object {
		return r.fail(v, path, "must be an object, not %v", v.Kind)
	}
	for i := range v.Members {
		if m := &v.Members[i]; !slices.Contains(known, m.Name) {
			return document.Mistake(r.text, m.At, path, "unknown field %q%s", brief(m.Name), choices(m.Name, known))
		}
	}
	for _, name := range required {
		if v.Member(name) == nil {
			return r.fail(v, path, "the field %q is missing", name)
		}
	}
	return nil
}

func (r *policyReader) list(v *document.Value, path string, most int) error {
	if v.Kind != document.Array {
		return r.fail(v, path, "must be a list, not %v", v.Kind)
	}
	if len(v.Items) > most {
		return r.fail(v, path, "has %d entries: at most %d are possible", len(v.Items), most)
	}
	return nil
}

// word is the field of v that is one of a few words, or its default.
func (r *policyReader) word(v *document.Value, path, field, what string, known []string, missing string) (string, error) {
	word := v.Member(field)
	if word == nil {
		return missing, nil
	}
	if word.Kind != document.String || !slices.Contains(known, word.Text) {
		return "", r.unknown(word, document.In(path, field), what, known)
	}
	return word.Text, nil
}

// unknown is the error about a word that is none of those known.
func (r *policyReader) unknown(v *document.Value, path, what string, known []string) error {
	if v.Kind != document.String {
		return r.fail(v, path, "must be a string, not %v", v.Kind)
	}
	return r.fail(v, path, "unknown %s %q%s", what, brief(v.Text), choices(v.Text, known))
}

// brief is a text as far as it is worth showing.
func brief(text string) string {
	const enough = 60
	if len(text) > enough {
		return text[:enough] + "..."
	}
	return text
}

// choices ends a sentence about an unknown word: with the nearest one, or with all where they are few.
func choices(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return near
	}
	const few = 16
	if len(known) > few {
		return ""
	}
	return "; use " + strings.Join(known, ", ")
}

func (r *policyReader) condition(v *document.Value, path string) (c Cmp, err error) {
	if err := r.object(v, path, conditionFields, "arg", "op", "a"); err != nil {
		return c, err
	}
	arg, op, b := v.Member("arg"), v.Member("op"), v.Member("b")
	n, err := r.number(arg, document.In(path, "arg"), 3)
	if err != nil {
		return c, err
	}
	if n > 5 {
		return c, r.fail(arg, document.In(path, "arg"), "%s is no number of an argument: they go from 0 to 5", arg.Text)
	}
	i := slices.Index(comparisonNames, op.Text)
	if op.Kind != document.String || i < 0 {
		return c, r.unknown(op, document.In(path, "op"), "comparison", comparisonNames)
	}
	c.Arg, c.Op = uint32(n), comparisons[i]
	bits := 64
	if c.Op >= CmpEQ32 {
		bits = 32
	}
	if c.A, err = r.operand(v.Member("a"), document.In(path, "a"), bits); err != nil {
		return c, err
	}
	switch masked := c.Op == CmpMaskedEQ || c.Op == CmpMaskedEQ32; {
	case masked && b == nil:
		return c, r.fail(v, path, "the field \"b\" is missing: %s means (argument & a) == b", op.Text)
	case b != nil && !masked:
		return c, r.fail(b, document.In(path, "b"), "only the masked comparisons have it")
	case masked:
		c.B, err = r.operand(b, document.In(path, "b"), bits)
	}
	return c, err
}

// operand is a number, as such, in a string or as names of constants joined by "|".
func (r *policyReader) operand(v *document.Value, path string, bits int) (uint64, error) {
	if v.Kind != document.String {
		return r.number(v, path, bits)
	}
	if v.Text != "" && strings.IndexByte("-0123456789", v.Text[0]) >= 0 {
		return r.digits(v, path, bits)
	}
	var sum uint64
	for name := range strings.SplitSeq(v.Text, "|") {
		value, ok := constants[strings.TrimSpace(name)]
		if !ok {
			return 0, r.fail(v, path, "unknown constant %q; write a number, or one of the names in docs/policy.md", brief(strings.TrimSpace(name)))
		}
		if bits == 64 && name == "AT_FDCWD" {
			return 0, r.fail(v, path, "AT_FDCWD is an int, of which a program can set the upper half at will: compare 32 bits")
		}
		sum |= value
	}
	return sum, nil
}

// number is a whole number of so many bits; a negative one in two's complement, where bits are those of a whole word.
func (r *policyReader) number(v *document.Value, path string, bits int) (uint64, error) {
	if v.Kind != document.Number {
		return 0, r.fail(v, path, "must be a number, not %v", v.Kind)
	}
	return r.digits(v, path, bits)
}

func (r *policyReader) digits(v *document.Value, path string, bits int) (uint64, error) {
	base, digits := 10, v.Text
	if hex, ok := strings.CutPrefix(digits, "0x"); ok && v.Kind == document.String {
		base, digits = 16, hex
	}
	var n uint64
	var err error
	if strings.HasPrefix(digits, "-") && base == 10 {
		var signed int64
		signed, err = strconv.ParseInt(digits, 10, bits)
		if n = uint64(signed) & (math.MaxUint64 >> (64 - bits)); err == nil && bits < 32 {
			err = strconv.ErrRange
		}
	} else {
		n, err = strconv.ParseUint(digits, base, bits)
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, r.fail(v, path, "%s is out of range", brief(v.Text))
	case err != nil:
		return 0, r.fail(v, path, "%q is not a whole number", brief(v.Text))
	}
	return n, nil
}
