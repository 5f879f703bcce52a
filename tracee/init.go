package tracee

import "encoding/binary"

// elfFile wraps machine code into the smallest executable that every kernel takes: two headers and one segment.
func elfFile(machine uint16, code []byte) []byte {
	const base, headers = 0x400000, 64 + 56
	file := make([]byte, 0, headers+len(code))
	file = append(file, 0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	order := binary.LittleEndian
	half := func(values ...uint16) {
		for _, v := range values {
			file = order.AppendUint16(file, v)
		}
	}
	word := func(values ...uint32) {
		for _, v := range values {
			file = order.AppendUint32(file, v)
		}
	}
	long := func(values ...uint64) {
		for _, v := range values {
			file = order.AppendUint64(file, v)
		}
	}
	half(2, machine) // ET_EXEC
	word(1)
	long(base+headers, 64, 0) // entry, program headers, section headers
	word(0)
	half(64, 56, 1, 0, 0, 0)
	size := uint64(headers + len(code))
	word(1, 5) // PT_LOAD, readable and executable
	long(0, base, base, size, size, 0x10000)
	return append(file, code...)
}
