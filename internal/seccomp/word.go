package seccomp

import "strconv"

// word is the offset of a 32-bit word in struct seccomp_data. Programs can load nothing smaller or larger, so an
// argument is two words; both architectures here store the low one first.
type word uint32

const (
	wordNr   word = 0
	wordArch word = 4
	wordIP   word = 8
	wordArgs word = 16
	wordsEnd word = 64
)

func low(arg uint32) word  { return wordArgs + word(arg)*8 }
func high(arg uint32) word { return low(arg) + 4 }

// of reads the word from a call.
func (w word) of(d *Data) uint32 {
	var v uint64
	switch {
	case w == wordNr:
		return uint32(d.Nr)
	case w == wordArch:
		return d.Arch
	case w < wordArgs:
		v = d.IP
	default:
		v = d.Args[(w-wordArgs)/8]
	}
	if w%8 == 4 {
		v >>= 32
	}
	return uint32(v)
}

// String is the word's name: "nr", "arch", "ip.lo", "arg0.hi" ...
func (w word) String() string {
	var name string
	switch {
	case w%4 != 0 || w >= wordsEnd:
		return "[" + strconv.Itoa(int(w)) + "]"
	case w == wordNr:
		return "nr"
	case w == wordArch:
		return "arch"
	case w < wordArgs:
		name = "ip"
	default:
		name = "arg" + strconv.Itoa(int(w-wordArgs)/8)
	}
	if w%8 == 4 {
		return name + ".hi"
	}
	return name + ".lo"
}
