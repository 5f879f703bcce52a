package paths

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// thicket makes a tree of directories, files, and links of all kinds, the same for the same seed.
func thicket(t testing.TB, seed uint64) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "thicket")
	random := rand.New(rand.NewPCG(seed, 7))
	names := []string{"a", "b", "c", "..x", ".d", "e (deleted)", "f\xff"}
	dirs := []string{dir}
	os.Mkdir(dir, 0o755)
	for range 60 {
		at := dirs[random.IntN(len(dirs))]
		path := at + "/" + names[random.IntN(len(names))]
		switch random.IntN(5) {
		case 0, 1:
			if os.Mkdir(path, 0o755) == nil {
				dirs = append(dirs, path)
			}
		case 2:
			os.WriteFile(path, nil, 0o644)
		default:
			var target []string
			if random.IntN(5) == 0 {
				target = append(target, "") // absolute
			}
			for range 1 + random.IntN(4) {
				target = append(target, append(names, ".", "..", "..", "", "no")[random.IntN(len(names)+5)])
			}
			os.Symlink(strings.Join(target, "/"), path)
		}
	}
	for link, target := range map[string]string{
		"self": "/proc/self", "fds": "/proc/self/fd", "cwd": "/proc/self/cwd", "thread": "/proc/thread-self/root", "loop": "loop",
		"null": "/dev/null", "out": "../../../../../../../../../usr",
	} {
		os.Symlink(target, dir+"/"+link)
	}
	return dir
}

// kernel is what a thread with the working directory base finds, following a link at the end or not.
func kernel(base int, path string) (answers [2]string) {
	for i, flags := range []int{unix.O_NOFOLLOW, 0} {
		fd, err := unix.Openat(base, path, unix.O_PATH|unix.O_CLOEXEC|flags, 0)
		answers[i] = identity(fd, errnoOf(err))
	}
	return answers
}

// same compares the kernel's answer with the resolver's, the fast way and the slow one.
func same(t testing.TB, root, base int, plain bool, path string, want [2]string) {
	for i, follow := range []bool{false, true} {
		w := &walker{root: root, base: base, plain: plain, task: task{
			tid: sys.ThreadID(), pid: sys.Self(), member: func(int32) bool { return true },
		}}
		fd, errno := w.object(path, follow)
		if got := identity(fd, errno); got != want[i] {
			t.Errorf("%q follow %v: %s, the kernel %s", path, follow, got, want[i])
		}
		if path == "" {
			continue
		}
		fd, errno = w.slow(path, follow)
		if got := identity(fd, errno); got != want[i] {
			t.Errorf("%q follow %v, the slow way: %s, the kernel %s", path, follow, got, want[i])
		}
	}
}

// identity tells things apart, and closes fd.
func identity(fd int, errno unix.Errno) string {
	if errno != 0 {
		return errno.Error()
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	unix.Fstat(fd, &st)
	return fmt.Sprintf("%d:%d %o", st.Dev, st.Ino, st.Mode)
}

// away runs f on a thread of its own whose root is dir, "" for that of the process. It is false when that is not permitted.
func away(dir string, f func()) (permitted bool) {
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		runtime.LockOSThread()
		if dir != "" {
			if unix.Unshare(unix.CLONE_FS) != nil || unix.Chroot(dir) != nil {
				return
			}
		}
		permitted = true
		f()
	}()
	done.Wait()
	return permitted
}

var resolvable = []string{
	"", ".", "..", "/", "//", "/..", "a", "a/", "a/b", "b/../c", "a/../../..", "self/cwd/a", "fds/0", "cwd/../cwd/b/", "thread/usr/", "loop", "loop/a", "null/", "out/lib",
	"/proc/self/cwd/..", "/proc/thread-self/root/../etc", "/proc/self/fd/0", "/dev/fd/0", "no/..", "a/./b/.//c", "..x/..", "e (deleted)", "f\xff/a",
	"/proc/self/task/../fdinfo", "/proc/self/exe/", "c/c/c/c/c/c", ".d/..x/a/b", "/proc/self/ns/mnt", "/proc/mounts", "/proc/self/fd/", "self", "self/", "/proc/1/cwd/nothing",
	strings.Repeat("a/", 2000), strings.Repeat("n", 255), strings.Repeat("n", 256) + "/a",
}

// Random paths through random trees lead where the kernel says.
func TestLiveResolveAsTheKernel(t *testing.T) {
	for seed := range uint64(12) {
		dir := thicket(t, seed)
		base := pathDescriptor(t, dir)
		random := rand.New(rand.NewPCG(seed, 9))
		parts := []string{"a", "b", "c", "..x", ".d", "e (deleted)", "f\xff", ".", "..", "", "self", "cwd", "fds", "0", "thread", "no", "out", "root", "task"}
		paths := resolvable
		for range 300 {
			var path []string
			for range 1 + random.IntN(7) {
				path = append(path, parts[random.IntN(len(parts))])
			}
			paths = append(paths, strings.Join(path, "/"))
		}
		away("", func() {
			root := pathDescriptor(t, "/")
			for _, path := range paths {
				same(t, root, base, true, path, kernel(base, path))
			}
		})
		answers := map[string][2]string{}
		away(dir, func() {
			for _, path := range paths {
				answers[path] = kernel(base, path)
			}
		})
		for path, want := range answers { // from outside of that root
			same(t, base, base, false, path, want)
		}
		if t.Failed() {
			break
		}
	}
}

func FuzzResolve(f *testing.F) {
	for i, path := range resolvable {
		f.Add(uint8(i), path)
	}
	var dirs [4]string
	for i := range dirs {
		dirs[i] = thicket(f, uint64(i))
	}
	f.Fuzz(func(t *testing.T, seed uint8, path string) {
		if len(path) >= unix.PathMax || strings.IndexByte(path, 0) >= 0 {
			return
		}
		root, base := pathDescriptor(t, "/"), pathDescriptor(t, dirs[int(seed)%len(dirs)])
		away("", func() { same(t, root, base, true, path, kernel(base, path)) })
	})
}
