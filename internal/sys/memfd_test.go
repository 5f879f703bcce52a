package sys

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLiveSealedFile(t *testing.T) {
	for _, content := range [][]byte{nil, []byte("x"), []byte("a\x00b\n"), bytes.Repeat([]byte("0123456789abcdef"), 1<<18)} {
		fd, err := SealedFile(content)
		if err != nil {
			t.Fatal(err)
		}
		if offset, err := unix.Seek(fd, 0, io.SeekCurrent); err != nil || offset != 0 {
			t.Errorf("offset %d, %v", offset, err)
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor flags %#x, %v", flags, err)
		}
		if _, err := unix.Write(fd, []byte("y")); err != unix.EBADF {
			t.Errorf("writing to it: %v, want EBADF", err)
		}
		path := fmt.Sprintf("/proc/self/fd/%d", fd)
		again, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err == nil {
			if _, err := unix.Write(again, []byte("y")); err != unix.EPERM {
				t.Errorf("writing to it opened anew: %v, want EPERM", err)
			}
			if err := unix.Ftruncate(again, 0); err != unix.EPERM && len(content) > 0 {
				t.Errorf("truncating it: %v, want EPERM", err)
			}
			if err := unix.Ftruncate(again, 1<<24); err != unix.EPERM {
				t.Errorf("extending it: %v, want EPERM", err)
			}
			if _, err := unix.FcntlInt(uintptr(again), unix.F_ADD_SEALS, unix.F_SEAL_FUTURE_WRITE); err != unix.EPERM {
				t.Errorf("more seals: %v, want EPERM", err)
			}
			unix.Close(again)
		} else if err != unix.EACCES && err != unix.EPERM && err != unix.ETXTBSY {
			t.Errorf("opening it anew: %v", err)
		}
		file := os.NewFile(uintptr(fd), "sealed")
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v, want %d", len(got), err, len(content))
		}
		file.Close()
	}
}

func TestLiveSealedFileLeavesOneDescriptor(t *testing.T) {
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	before := count()
	fd, err := SealedFile([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if n := count(); n != before+1 {
		t.Errorf("%d descriptors more, want 1", n-before)
	}
	unix.Close(fd)
}
