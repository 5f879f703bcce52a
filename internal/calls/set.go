package calls

import "strconv"

// value is a number with the name that the kernel's headers give it.
type value struct {
	value int64
	name  string
}

// set is the values of an argument that has names for them: a choice of one in the bits of mask (without flags: in all), and
// any of flags. Flags of several bits stand before those that they contain.
type set struct {
	of    kind
	bits  uint8 // how wide the argument is: what is above does not count
	mask  int64
	enum  []value
	flags []value
	zero  string // the name of no flag at all
}

// narrow drops the bits of an argument that the kernel does not look at.
func narrow(v uint64, bits uint8) uint64 { return v << (64 - bits) >> (64 - bits) }

func (s *set) append(dst []byte, arg uint64) []byte {
	v := narrow(arg, s.bits)
	if len(s.flags) == 0 {
		return appendChoice(dst, s.enum, v, s.bits)
	}
	start := len(dst)
	if len(s.enum) > 0 {
		dst = appendChoice(dst, s.enum, v&uint64(s.mask), s.bits)
		v &^= uint64(s.mask)
	}
	for i := range s.flags {
		if f := narrow(uint64(s.flags[i].value), s.bits); f != 0 && v&f == f {
			dst = appendOr(dst, start)
			dst = append(dst, s.flags[i].name...)
			v &^= f
		}
	}
	switch {
	case v != 0 && uint64(s.mask) != 0 && len(s.enum) == 0 && v&^uint64(s.mask) == 0:
		dst = append(appendOr(dst, start), '0') // what is left are permissions
		dst = strconv.AppendUint(dst, v, 8)
	case v != 0:
		dst = appendHex(appendOr(dst, start), v)
	case len(dst) == start && s.zero != "":
		dst = append(dst, s.zero...)
	case len(dst) == start:
		dst = append(dst, '0')
	}
	return dst
}

func appendOr(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = append(dst, '|')
	}
	return dst
}

func appendChoice(dst []byte, choices []value, v uint64, bits uint8) []byte {
	for i := range choices {
		if narrow(uint64(choices[i].value), bits) == v {
			return append(dst, choices[i].name...)
		}
	}
	return appendHex(dst, v)
}

func appendHex(dst []byte, v uint64) []byte {
	if v == 0 {
		return append(dst, '0')
	}
	return strconv.AppendUint(append(dst, "0x"...), v, 16)
}
