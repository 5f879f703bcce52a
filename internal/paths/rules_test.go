package paths

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSimAllowed(t *testing.T) {
	r := newRules([]Compiled{
		{Path: "/a/b", Access: Read, Scope: Subtree},
		{Path: "/a/b/c", Access: Write, Scope: Level},
		{Path: "/a/b/c/d", Access: Exec, Scope: One},
		{Path: "/", Access: Stat, Scope: One},
	})
	for path, want := range map[string]Access{
		"/": Stat, "/a": 0, "/ab": 0, "/a/bb": 0, "/a/b": Read | Stat, "/a/b/x": Read | Stat, "/a/b/x/y/z": Read | Stat,
		"/a/b/c": Read | Write | Stat, "/a/b/c/x": Read | Write | Stat, "/a/b/c/x/y": Read | Stat,
		"/a/b/c/d": all, "/a/b/c/d/e": Read | Stat,
	} {
		if got := r.Allowed(path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { r.Allowed("/a/b/c/x/y") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for path, want := range map[string][2]Access{
		"/": {0, all}, "/a": {0, all}, "/a/b": {Read | Stat, all}, "/a/b/x": {Read | Stat, Read | Stat}, "/q": {0, 0},
		"/a/b/c": {Read | Stat, all}, "/a/b/c/x": {Read | Stat, Read | Stat},
	} {
		if least, most := r.reach(path); least != want[0] || most != want[1] {
			t.Errorf("reach of %s: %d %d, want %v", path, least, most, want)
		}
	}
	for _, test := range []struct {
		old, new string
		want     bool
	}{
		{"/a/b/x", "/a/b/y", false}, {"/a/b/x", "/a/b/c", true}, {"/a/b/x", "/a/b/c/x", true}, {"/a/b/c/x", "/a/b/x", false},
		{"/a/b/c/x", "/a/b/c/y", false}, {"/a/b/c/x", "/a/b/c/d", true}, {"/q", "/z", false}, {"/q", "/a/b/x", true},
		{"/q", "/a", true}, // rules lie inside the new name
	} {
		if got := r.gains(test.old, test.new); got != test.want {
			t.Errorf("%s to %s gains: %v", test.old, test.new, got)
		}
	}
	everything := newRules([]Compiled{{Path: "/", Access: Read, Scope: Subtree}})
	if everything.Allowed("/x/y") != Read|Stat || everything.Allowed("/") != Read|Stat {
		t.Error("a rule for the root")
	}
}

func TestLiveCompile(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(dir+"/a/b", 0o755)
	os.WriteFile(dir+"/a/f", nil, 0o644)
	os.Symlink("a/b", dir+"/link")
	os.Symlink(dir+"/a", dir+"/absolute")
	os.Symlink("nowhere", dir+"/dangling")
	root, cwd := pathDescriptor(t, "/"), pathDescriptor(t, dir)
	for path, want := range map[string]Compiled{
		"a":              {Path: "/a", Scope: Subtree, Exists: true, Dir: true},
		"./a/../a//b/":   {Path: "/a/b", Scope: Level, Exists: true, Dir: true},
		"a/f":            {Path: "/a/f", Exists: true},
		"a/b/**":         {Path: "/a/b", Scope: Subtree, Exists: true, Dir: true},
		"a/no":           {Path: "/a/no"},
		"a/no/no/":       {Path: "/a/no/no", Scope: Level},
		"no/**":          {Path: "/no", Scope: Subtree},
		"link":           {Path: "/a/b", Scope: Subtree, Exists: true, Dir: true},
		"link/no":        {Path: "/a/b/no"},
		"absolute/b/..":  {Path: "/a", Scope: Subtree, Exists: true, Dir: true},
		"dangling":       {Path: "/dangling"},
		".":              {Path: "", Scope: Subtree, Exists: true, Dir: true},
		dir + "/a/f":     {Path: "/a/f", Exists: true},
		"a/f/impossible": {Path: "/a/f/impossible"},
	} {
		c, err := compile(Rule{Path: path, Access: Read}, root, cwd)
		want.Access = Read
		c.Path = strings.TrimPrefix(c.Path, dir)
		if err != nil || c != want {
			t.Errorf("%s: %+v, %v; want %+v", path, c, err, want)
		}
	}
	for path, want := range map[string]Compiled{
		"/":               {Path: "/", Scope: Subtree, Exists: true, Dir: true},
		"/**":             {Path: "/", Scope: Subtree, Exists: true, Dir: true},
		"/proc/self":      {Path: "/proc/self", Scope: Subtree},
		"/proc/self/fd/":  {Path: "/proc/self/fd", Scope: Level},
		"/proc/self/maps": {Path: "/proc/self/maps", Scope: Subtree},
		"/../..":          {Path: "/", Scope: Subtree, Exists: true, Dir: true},
	} {
		c, err := compile(Rule{Path: path, Access: Write}, root, cwd)
		want.Access = Write
		if err != nil || c != want {
			t.Errorf("%s: %+v, %v; want %+v", path, c, err, want)
		}
	}
	for _, r := range []Rule{{"", Read}, {"/a", 0}, {"/a", 16}} {
		if _, err := Compile([]Rule{r}, root, cwd); err == nil {
			t.Errorf("%+v is taken", r)
		}
	}
}

// The same below another root directory: names begin there, and nothing leads out.
func TestLiveCompileInRoot(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(dir+"/a/b", 0o755)
	os.Symlink("/a", dir+"/link")
	os.Symlink("../../../../../a/b", dir+"/up")
	root, cwd := pathDescriptor(t, dir), pathDescriptor(t, dir+"/a")
	for path, want := range map[string]string{
		"/a/b": "/a/b", "b": "/a/b", "..": "/", "../..": "/", "../link/b": "/a/b", "/up": "/a/b", "/../../link": "/a", "/etc": "/etc",
	} {
		c, err := compile(Rule{Path: path, Access: Read}, root, cwd)
		if err != nil || c.Path != want {
			t.Errorf("%s: %+v, %v; want %s", path, c, err, want)
		}
	}
}

func pathDescriptor(t *testing.T, path string) int {
	t.Helper()
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// What Landlock knows by inode keeps its name.
func TestSimPinned(t *testing.T) {
	r := newRules([]Compiled{
		{Path: "/p", Access: Write, Scope: Subtree, Exists: true, Dir: true}, {Path: "/p/a/deep", Access: Read, Scope: Subtree},
		{Path: "/p/level", Access: Read, Scope: Level}, {Path: "/p/file", Access: Read, Exists: true},
	})
	for path, want := range map[string]bool{
		"/": true, "/p": true, "/p/a": true, "/p/a/deep": true, "/p/level": true, "/p/file": false, "/p/a/dee": false, "/p/b": false,
		"/p/a/deep/x": false, "/p/level/x": false,
	} {
		if got := r.pinned(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
