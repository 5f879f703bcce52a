package sys

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLiveFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := WriteFile(file, "x"); !errors.Is(err, unix.ENOENT) {
		t.Errorf("a control file was made: %v", err)
	}
	long := strings.Repeat("0123456789", 1000)
	if err := os.WriteFile(file, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadFile(file, len(long)); err != nil || text != long {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if _, err := ReadFile(file, len(long)-1); err != unix.EFBIG {
		t.Errorf("more than was asked for: %v", err)
	}
	if err := WriteFile(file, "abc"); err != nil {
		t.Error(err)
	}
	if text, _ := ReadFile(file, len(long)); text != "abc"+long[3:] {
		t.Error("not written in place")
	}
	want := []string{}
	for i := range 400 { // more than one block of entries
		name := "directory-with-a-long-name-" + strconv.Itoa(i)
		os.Mkdir(filepath.Join(dir, name), 0o700)
		want = append(want, name)
	}
	got, err := Subdirectories(dir)
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%d of %d directories, %v", len(got), len(want), err)
	}
	if _, err := Subdirectories(file); err != unix.ENOTDIR {
		t.Error(err)
	}
}

func TestLiveStartTime(t *testing.T) {
	start, err := StartTime(Self())
	text, _ := os.ReadFile("/proc/self/stat")
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')'):]))
	if err != nil || strconv.FormatUint(start, 10) != fields[20] {
		t.Errorf("%d, %v, want %s", start, err, fields[20])
	}
	if !Exists(Self()) || Exists(1<<30) || PIDNamespace() == 0 {
		t.Error("a process that is, one that cannot be, and their namespace")
	}
	begin := Monotonic()
	if Sleep(2_000_000); Monotonic()-begin < 2_000_000 {
		t.Error("woke early")
	}
}
