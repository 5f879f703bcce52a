package calls

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// socketAddress appends struct sockaddr of n bytes.
func (w *writer) socketAddress(address, n uint64) bool {
	if n < 2 {
		return false
	}
	var room [unix.SizeofSockaddrAny + 16]byte // sockaddr_storage's 128
	raw := room[:copy(room[:], w.read(address, int(min(n, uint64(len(room))))))]
	if uint64(len(raw)) < min(n, uint64(len(room))) {
		return false
	}
	kind, body := binary.LittleEndian.Uint16(raw), raw[2:]
	w.text("{sa_family=")
	w.set(family, uint64(kind))
	switch {
	case kind == unix.AF_UNIX:
		w.text(", sun_path=")
		w.unix(body)
	case kind == unix.AF_INET && len(raw) >= unix.SizeofSockaddrInet4:
		w.text(", sin_port=")
		w.uint(uint64(binary.BigEndian.Uint16(body)))
		w.text(", sin_addr=")
		w.inet(body[2:6])
	case kind == unix.AF_INET6 && len(raw) >= unix.SizeofSockaddrInet6:
		w.text(", sin6_port=")
		w.uint(uint64(binary.BigEndian.Uint16(body)))
		w.text(", sin6_addr=")
		w.inet6(body[6:22])
		if scope := binary.LittleEndian.Uint32(body[22:]); scope != 0 {
			w.text(", sin6_scope_id=")
			w.uint(uint64(scope))
		}
	case kind == unix.AF_NETLINK && len(raw) >= unix.SizeofSockaddrNetlink:
		w.text(", nl_pid=")
		w.uint(uint64(binary.LittleEndian.Uint32(body[2:])))
		w.text(", nl_groups=")
		w.hex(uint64(binary.LittleEndian.Uint32(body[6:])))
	default:
		w.text(", sa_data=")
		w.quoted(body, false)
	}
	w.text("}")
	return true
}

// unix is the name of a local socket: a path, or @ and a name that is in no file system.
func (w *writer) unix(name []byte) {
	if len(name) > 1 && name[0] == 0 {
		w.text("@")
		w.quoted(name[1:], false)
		return
	}
	for i, c := range name {
		if c == 0 {
			name = name[:i]
			break
		}
	}
	w.quoted(name, false)
}

func (w *writer) inet(a []byte) {
	for i, c := range a {
		if i > 0 {
			w.text(".")
		}
		w.uint(uint64(c))
	}
}

// inet6 writes an address as RFC 5952 has it: the longest row of zeros is "::".
func (w *writer) inet6(a []byte) {
	var groups [8]uint16
	for i := range groups {
		groups[i] = binary.BigEndian.Uint16(a[2*i:])
	}
	from, length := -1, 1
	for i := 0; i < len(groups); i++ {
		j := i
		for j < len(groups) && groups[j] == 0 {
			j++
		}
		if j-i > length {
			from, length = i, j-i
		}
		i = max(i, j-1)
	}
	mapped := from == 0 && length == 5 && groups[5] == 0xffff
	for i := 0; i < len(groups); i++ {
		switch {
		case i == from:
			w.text("::")
			i += length - 1
			continue
		case mapped && i == 6:
			w.text(":")
			w.inet(a[12:])
			return
		case i > 0 && i != from+length:
			w.text(":")
		}
		w.hexDigits(groups[i])
	}
}

func (w *writer) hexDigits(v uint16) {
	started := false
	for shift := 12; shift >= 0; shift -= 4 {
		d := v >> shift & 15
		if d != 0 || started || shift == 0 {
			w.dst = append(w.dst, digits[d])
			started = true
		}
	}
}
