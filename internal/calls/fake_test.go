package calls

import "encoding/binary"

// fake is memory that begins at base; what is behind its end is not there.
type fake struct {
	bytes []byte
	page  int // reads end at every so many bytes; 0: they do not
}

const base = 0x10000

func (f *fake) Read(address uint64, buffer []byte) int {
	if address < base || address-base >= uint64(len(f.bytes)) {
		return 0
	}
	at := int(address - base)
	end := len(f.bytes)
	if f.page > 0 {
		end = min(end, (at/f.page+1)*f.page)
	}
	return copy(buffer, f.bytes[at:end])
}

// put appends bytes and returns their address.
func (f *fake) put(b ...byte) uint64 {
	at := base + uint64(len(f.bytes))
	f.bytes = append(f.bytes, b...)
	return at
}

func (f *fake) text(s string) uint64 { return f.put(append([]byte(s), 0)...) }

func (f *fake) words(words ...uint64) uint64 {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return f.put(b...)
}
