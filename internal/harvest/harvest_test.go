package harvest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestSimPatterns(t *testing.T) {
	for text, plain := range map[string]bool{"a": true, "a/b.c": true, "*": false, "a/*.out": false, "**": false, "[ab]": false, `a\*`: false} {
		p, wrong := ParsePattern(text)
		if wrong != "" || p.Plain() != plain {
			t.Errorf("%q: %q, plain %v", text, wrong, p.Plain())
		}
	}
	for _, text := range []string{"", "/a", "a//b", "a/", ".", "..", "a/../b", "a/./b", "[", `a\`, "a\x00b", strings.Repeat("a", 1025)} {
		if _, wrong := ParsePattern(text); wrong == "" {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestSimNames(t *testing.T) {
	for _, name := range []string{"a", "a-b", "ä/ö.txt", "a b", ".hidden", "a/b/c"} {
		if !goodName(name) {
			t.Errorf("%q is refused", name)
		}
	}
	for _, name := range []string{"", "-a", "a/-b", "a\nb", "\x1b[1m", "\x7f", "a\u0085", "\u2028", "\xff", "a//b", "../a", "a/.."} {
		if goodName(name) {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestSimEntries(t *testing.T) {
	for _, b := range [][]byte{nil, make([]byte, 18), make([]byte, 19), append(make([]byte, 16), 200, 0, 8, 'a', 0)} {
		if name, _, rest := entry(b); name != "" || len(rest) > 0 {
			t.Errorf("%v: %q, %v", b, name, rest)
		}
	}
	n := &node{}
	if n.path() != "." {
		t.Errorf("%q", n.path())
	}
	if deep := (&node{parent: &node{parent: n, name: "a"}, name: "bc"}); deep.path() != "a/bc" {
		t.Errorf("%q", deep.path())
	}
}

func job(t *testing.T, dir, pattern string) *Job {
	t.Helper()
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	p, wrong := ParsePattern(pattern)
	if wrong != "" {
		t.Fatal(wrong)
	}
	return &Job{Dir: fd, Pattern: p, Text: pattern, Limits: Limits{Files: 10, Bytes: 100, Total: 150, Entries: 100, Depth: 3, Time: 5e9}}
}

func names(files []File) string {
	var list []string
	for _, f := range files {
		list = append(list, f.Name+"="+string(rune('a'+f.Status)))
	}
	return strings.Join(list, " ")
}

// What the bounds and patterns find; a is collected, b is missing ...
func TestLiveCollect(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{"b.out": 100, "a.out": 40, "c.out": 101, "d.out": 11, "x/y/z/deep.out": 1, "x/1.out": 1, "x/y/2.out": 1, "w/x/y/z/v": 1} {
		path := filepath.Join(dir, name)
		if os.MkdirAll(filepath.Dir(path), 0o755) != nil || os.WriteFile(path, make([]byte, size), 0o644) != nil {
			t.Fatal(name)
		}
	}
	for pattern, want := range map[string]string{
		"*.out": "a.out=a b.out=a c.out=k d.out=l", "?.out": "a.out=a b.out=a c.out=k d.out=l", "[ab].out": "a.out=a b.out=a",
		"x/*": "x/1.out=a x/y=d", "**/2.out": "w/x/y/z=n x/y/2.out=a", "x/**": "x/1.out=a x/y/2.out=a x/y/z/deep.out=a", "x/**/z/*": "x/y/z/deep.out=a",
		"*/*/*": "w/x/y=d x/y/2.out=a x/y/z=d", "none": "none=b", "n*": "n*=b", "x": "x=d", "a.out/b": "a.out/b=b", "**/**/1.out": "w/x/y/z=n x/1.out=a",
	} {
		got := names(job(t, dir, pattern).Run())
		if pattern == "**/2.out" || pattern == "**/**/1.out" { // how often the directory that is too deep is told of does not matter
			got = strings.Join(strings.Fields(strings.ReplaceAll(got, "w/x/y/z=n", " ")), " ")
			want = strings.TrimPrefix(want, "w/x/y/z=n ")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", pattern, got, want)
		}
	}
	few := job(t, dir, "*.out")
	few.Limits.Files = 1
	if files := few.Run(); names(files) != "a.out=a b.out=m *.out=m" || files[2].Size != 2 {
		t.Errorf("one file: %s", names(files))
	}
	late := job(t, dir, "a.out")
	late.Limits.Time = 1
	if files := late.Run(); names(files) != "a.out=s" {
		t.Errorf("no time: %s", names(files))
	}
}

// Nothing is left, whatever lies there, and nothing outside is touched.
func TestLiveEmpty(t *testing.T) {
	top := t.TempDir()
	outside, inside := filepath.Join(top, "outside"), filepath.Join(top, "inside")
	if os.MkdirAll(outside, 0o755) != nil || os.WriteFile(filepath.Join(outside, "kept"), nil, 0o644) != nil || os.Mkdir(inside, 0o755) != nil {
		t.Fatal("set-up")
	}
	fd, err := unix.Open(inside, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if os.Symlink(outside, filepath.Join(inside, "link")) != nil || os.MkdirAll(filepath.Join(inside, "a/b/c"), 0o755) != nil ||
		os.Symlink("../../../outside", filepath.Join(inside, "a/b/link")) != nil || unix.Mkfifo(filepath.Join(inside, "a/fifo"), 0) != nil ||
		os.WriteFile(filepath.Join(inside, ".gosandbox-1"), nil, 0) != nil || os.Chmod(filepath.Join(inside, "a/b"), 0) != nil || os.Chmod(inside, 0) != nil {
		t.Fatal("set-up")
	}
	if left, ok := Empty(fd); !ok {
		t.Errorf("%q is left: %v", left.Name, left.Errno)
	}
	if list, err := os.ReadDir(inside); err != nil || len(list) > 0 {
		t.Errorf("%v %v", list, err)
	}
	if _, err := os.Stat(filepath.Join(outside, "kept")); err != nil {
		t.Error(err)
	}
}

// Somebody who fills a directory as fast as it is emptied does not make that go on for ever.
func TestLiveEmptyFilled(t *testing.T) {
	dir := t.TempDir()
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	var stop atomic.Bool
	const fillers, longest = 12, 20 * time.Second
	ended := make(chan int, fillers)
	begin := time.Now()
	make := func(path ...string) (made int) {
		if unix.Mkdirat(fd, strings.Join(path, "/"), 0o700) == nil {
			made = 1
		}
		return made
	}
	fill := func(i int) (made int) {
		name := "d" + strconv.Itoa(i%64)
		made = make(name) + make(name, "x") + make(name, "x", "y")
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			for _, name := range []string{"a", "b", "c", "d"} {
				made += make(e.Name(), name) + make(e.Name(), name, "x")
			}
		}
		return made
	}
	for i := range 64 {
		fill(i)
	}
	for range fillers {
		go func() {
			made := 0
			for i := 0; !stop.Load() && time.Since(begin) < longest; i++ {
				made += fill(i)
			}
			ended <- made
		}()
	}
	Empty(fd)
	took := time.Since(begin)
	stop.Store(true)
	made := 0
	for range fillers {
		made += <-ended
	}
	if took >= longest || made == 0 {
		t.Errorf("%v, while %d directories were made", took, made)
	}
	if left, ok := Empty(fd); !ok {
		t.Errorf("afterwards %q is left: %v", left.Name, left.Errno)
	}
}
