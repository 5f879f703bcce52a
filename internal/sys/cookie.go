package sys

import (
	"encoding/binary"
	"sync"

	"golang.org/x/sys/unix"
)

// Cookie is a further argument of calls that have none at that place, by which filters know the library's own: no program can guess it.
var Cookie = sync.OnceValue(func() uint64 {
	var bytes [8]byte
	for {
		if n, err := unix.Getrandom(bytes[:], 0); err == nil && n == len(bytes) {
			return binary.NativeEndian.Uint64(bytes[:])
		}
	}
})
