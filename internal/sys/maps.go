package sys

import "golang.org/x/sys/unix"

// Mappings is the text of /proc/PID/maps, of at most 64 KiB: more than a program has before its first instruction.
func Mappings(tid int32) ([]byte, error) {
	var path [32]byte
	p := append(appendInt(append(path[:0], "/proc/"...), tid), "/maps"...)
	fd, err := unix.Open(string(p), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	text := make([]byte, 0, 64<<10)
	for {
		n, err := unix.Read(fd, text[len(text):cap(text)])
		if err != nil || n == 0 {
			return text, err
		}
		if text = text[:len(text)+n]; len(text) == cap(text) {
			return nil, unix.E2BIG
		}
	}
}
