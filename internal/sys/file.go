package sys

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// ReadFile reads a small file, such as the kernel makes up, without the os package. More than limit bytes are EFBIG.
func ReadFile(path string, limit int) (string, error) {
	fd, err := openFile(path, unix.O_RDONLY)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	buffer := make([]byte, 0, 1024)
	for {
		if len(buffer) == cap(buffer) {
			buffer = append(buffer, make([]byte, len(buffer))...)[:len(buffer)]
		}
		n, err := unix.Read(fd, buffer[len(buffer):cap(buffer)])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return "", err
		}
		if n == 0 {
			return string(buffer), nil
		}
		if buffer = buffer[:len(buffer)+n]; len(buffer) > limit {
			return "", unix.EFBIG
		}
	}
}

// WriteFile writes text to an existing file in one call, as control files want it.
func WriteFile(path, text string) error {
	fd, err := openFile(path, unix.O_WRONLY)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Write(fd, []byte(text))
		if err == unix.EINTR {
			continue
		}
		if err == nil && n != len(text) {
			return unix.EIO
		}
		return err
	}
}

func openFile(path string, flags int) (int, error) {
	for {
		fd, err := unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// Subdirectories are the names of the directories in a directory.
func Subdirectories(path string) ([]string, error) {
	return names(path, func(kind byte) bool { return kind == unix.DT_DIR })
}

// Entries are the names of all that is in a directory.
func Entries(path string) ([]string, error) { return names(path, func(byte) bool { return true }) }

func names(path string, wanted func(kind byte) bool) ([]string, error) {
	fd, err := openFile(path, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var names []string
	err = EachEntry(fd, func(name string, kind byte) bool {
		if wanted(kind) {
			names = append(names, name)
		}
		return true
	})
	return names, err
}

// EachEntry calls visit with the name and the DT_ kind of each entry of an open directory, from where it is read to, until visit says false.
func EachEntry(fd int, visit func(name string, kind byte) bool) error {
	var block [8192]byte
	for {
		n, err := unix.Getdents(fd, block[:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return err
		}
		// struct linux_dirent64: u64 ino, s64 off, u16 length, u8 type, name up to a NUL
		for rest := block[:n]; len(rest) > 19; {
			length := int(binary.NativeEndian.Uint16(rest[16:]))
			if length < 19 || length > len(rest) {
				return unix.EIO
			}
			name := unix.ByteSliceToString(rest[19:length])
			if name != "." && name != ".." && !visit(name, rest[18]) {
				return nil
			}
			rest = rest[length:]
		}
	}
}
