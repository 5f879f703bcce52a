package core

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

// What is built once and what every cell gets anew.
func TestSimTemplateSplit(t *testing.T) {
	i := Isolation{Flags: IsolateAll, Mounts: []Mount{
		{Kind: MountBind, Source: "/usr", Target: "/usr"},
		{Kind: MountTmpfs, Target: "/tmp", Flags: MountReadWrite},
		{Kind: MountTmpfs, Target: "/etc"},
		{Kind: MountFile, Target: "/tmp/a"},
		{Kind: MountBind, Source: "/lib", Target: "/tmp/b/c"},
		{Kind: MountProc, Target: "/proc"},
		{Kind: MountMask, Target: "/proc/kcore"},
		{Kind: MountFile, Target: "/tmpa"},
		{Kind: MountTmpfs, Target: "/x/y", Flags: MountReadWrite},
		{Kind: MountBind, Source: "/bin", Target: "/x"},
	}}
	once, fresh := splitRoot(i.root(nil))
	type part struct {
		kind   tracee.MountKind
		target string
		direct bool
	}
	list := func(r *tracee.Root) (parts []part) {
		for _, m := range r.Mounts {
			parts = append(parts, part{m.Kind, m.Target, m.Direct})
		}
		return parts
	}
	wantOnce := []part{
		{tracee.MountFS, "/", false}, {tracee.MountBind, "/usr", false}, {tracee.MountFS, "/tmp", true}, {tracee.MountFS, "/etc", true},
		{tracee.MountBind, "/tmp/b/c", true}, {tracee.MountBind, "/proc", true}, {tracee.MountFile, "/tmpa", true},
		{tracee.MountDir, "/x/y", true}, {tracee.MountBind, "/x", true}, {tracee.MountSeal, "/", false}, {tracee.MountSeal, "/etc", false},
	}
	wantFresh := []part{
		{tracee.MountFS, "/tmp", true}, {tracee.MountFile, "/tmp/a", true}, {tracee.MountBind, "/tmp/b/c", true}, {tracee.MountFS, "/proc", true},
		{tracee.MountMask, "/proc/keys", true}, {tracee.MountMask, "/proc/kcore", true}, {tracee.MountFS, "/x/y", true}, {tracee.MountBind, "/x", true},
	}
	if got := list(once); !reflect.DeepEqual(got, wantOnce) {
		t.Errorf("once: %v", got)
	}
	if got := list(fresh); !reflect.DeepEqual(got, wantFresh) {
		t.Errorf("fresh: %v", got)
	}
	if i.Mounts = []Mount{{Kind: MountTmpfs, Target: "/", Flags: MountReadWrite}, {Kind: MountDir, Target: "/a"}}; true {
		once, fresh = splitRoot(i.root(nil))
		if once != nil || len(fresh.Mounts) != 2 {
			t.Errorf("a root that can be written: %v, %v", once, fresh)
		}
	}
}

func newTemplate(t *testing.T, i Isolation, ids *IDs) *Template {
	t.Helper()
	made, err := NewTemplate(&Config{Isolation: i, IDs: ids})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	return made
}

func inside(t *testing.T, template *Template, change func(*Config), args ...string) *Result {
	t.Helper()
	c := &Config{Args: args, Template: template, Files: []File{Capture(1, 1<<16)}, Limits: Limits{Wall: 20 * time.Second}}
	if change != nil {
		change(c)
	}
	r, err := Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != StatusExited {
		t.Errorf("%v: %s", args, r.Message)
	}
	return r
}

// Each isolation alone, with and without a user namespace: the program is in a namespace of its own.
func TestLiveTemplateOne(t *testing.T) {
	root := os.Geteuid() == 0
	for flag := Isolate(1); flag <= IsolateAll; flag <<= 1 {
		for _, flags := range []Isolate{flag, flag | IsolateUser, IsolateAll} {
			if !root && flags&IsolateUser == 0 {
				continue
			}
			template := newTemplate(t, Isolation{Flags: flags}, nil)
			path := "/proc/self/ns/" + kinds[flag]
			own, _ := os.Readlink(path)
			first := string(inside(t, template, nil, "/bin/readlink", path).Output[1])
			second := string(inside(t, template, nil, "/bin/readlink", path).Output[1])
			if first == own+"\n" || second == own+"\n" || len(first) < 5 || len(second) < 5 {
				t.Errorf("%s: %q, then %q, the host's %q", flagNames(flags), first, second, own)
			}
		}
	}
}

// A root that can be written is new for each run, as what lies in it is; a bound directory is the host's.
func TestLiveTemplateRoots(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	template := newTemplate(t, Isolation{Flags: IsolateAll, Mounts: []Mount{
		{Kind: MountTmpfs, Target: "/", Flags: MountReadWrite | MountExec},
		{Kind: MountBind, Source: "../build/fixtures/template_trace", Target: "/trace", Flags: MountExec},
		{Kind: MountTmpfs, Target: "/tmp", Mode: 0o1777, Flags: MountReadWrite},
		{Kind: MountDev, Target: "/dev"}, {Kind: MountProc, Target: "/proc"},
		{Kind: MountDir, Target: "/box", Mode: 0o777},
		{Kind: MountBind, Source: dir, Target: "/shared", Flags: MountReadWrite},
	}, Loopback: true}, &IDs{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())})
	for range 2 {
		if r := inside(t, template, nil, "/trace", "leave"); string(r.Output[1]) != "left\n" {
			t.Errorf("leave: %q, %s", r.Output[1], r.Message)
		}
		if r := inside(t, template, nil, "/trace", "look"); len(r.Output[1]) > 0 {
			t.Errorf("found %q", r.Output[1])
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "left")); err == nil {
		t.Error("something was left on the host")
	}
}

// Runs side by side, with ids of their own and control groups where there are some.
func TestLiveTemplateSideBySide(t *testing.T) {
	var ids []IDMap
	if os.Geteuid() == 0 {
		ids = []IDMap{{Inside: 1000, Outside: 70000, Count: 8}}
	}
	i := Isolation{Flags: IsolateAll, Mounts: JudgeRoot(), UIDs: ids, GIDs: ids}
	first := &IDs{UID: 1000, GID: 1000}
	if ids == nil {
		first = nil
	}
	template := newTemplate(t, i, first)
	grouped := Supports(FeatureCgroupMemory) == nil
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for range 5 {
				r := inside(t, template, func(c *Config) {
					if ids != nil {
						c.IDs = &IDs{UID: uint32(1000 + n), GID: 1000}
					}
					if grouped {
						c.Cgroup, c.Limits.Memory = &Cgroup{}, 256<<20
					}
				}, "/usr/bin/id", "-u")
				if want := string(rune('0'+n)) + "\n"; ids != nil && string(r.Output[1]) != "100"+want {
					t.Errorf("uid %q", r.Output[1])
				}
				if grouped && r.Sources[FigureMemoryPeak] != SourceCgroup {
					t.Error("the peak is not the group's")
				}
			}
		})
	}
	all.Wait()
}

// Misuse, and a template that is closed while its runs go on.
func TestLiveTemplateClosed(t *testing.T) {
	template := newTemplate(t, Isolation{Flags: IsolateUser | IsolatePID}, nil)
	var failed *Error
	c := &Config{Args: []string{"/bin/sleep", "0.2"}, Template: template}
	if _, err := NewTemplate(c); !errors.As(err, &failed) || failed.Code != CodeEINVAL {
		t.Errorf("a template of a template: %v", err)
	}
	task, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	template.Close()
	if r, err, _ := task.Wait(-1); err != nil || r.Status != StatusExited {
		t.Errorf("%v %v", r, err)
	}
	task.Close()
	if _, err := Run(context.Background(), c); !errors.As(err, &failed) || failed.Code != CodeEBADF {
		t.Errorf("a run in a closed template: %v", err)
	}
	_, err = NewTemplate(&Config{Isolation: Isolation{Flags: IsolateAll, Root: "/no/such/root"}})
	if !errors.As(err, &failed) || failed.Errno != unix.ENOENT || failed.Step != StepMount {
		t.Errorf("a root that is not there: %v", err)
	}
}

// Which network namespace a cell gets.
func TestSimTemplateNetworks(t *testing.T) {
	var n networks
	if place, renew := n.take(); place != ownNetwork || renew {
		t.Errorf("nothing is kept: %v, %v", place, renew)
	}
	n.kept = true
	for i := range tracee.Networks {
		if place, renew := n.take(); place != network(tracee.Networks-1-i) && place != network(i) || !renew {
			t.Errorf("the first at %d: %v, %v", i, place, renew)
		}
	}
	if place, renew := n.take(); place != ownNetwork || renew {
		t.Errorf("all are taken: %v, %v", place, renew)
	}
	n.giveBack(3, true)
	n.giveBack(5, false)
	n.giveBack(ownNetwork, false)
	for _, want := range []struct {
		place network
		renew bool
	}{{5, false}, {3, true}, {ownNetwork, false}} {
		if place, renew := n.take(); place != want.place || renew != want.renew {
			t.Errorf("%v, %v; want %v", place, renew, want)
		}
	}
}

// Which runs have used their network namespace, as far as can be told.
func TestLiveTemplateUsedNetwork(t *testing.T) {
	i := Isolation{Flags: IsolateUser | IsolatePID | IsolateNet}
	root := os.Geteuid() == 0
	var other *IDs
	if root {
		i.UIDs = []IDMap{{Inside: 0, Outside: 70000, Count: 2}}
		i.GIDs, other = i.UIDs, &IDs{UID: 1, GID: 1}
	}
	template := newTemplate(t, i, other)
	asked := func(c *Config) {
		c.Policy = permissive.Clone()
		c.Policy.Add(ArchNative, "getppid", ActionNotify)
		c.Callback = func(*Event) Action { return ActionAllow }
	}
	quiet := []string{"../build/fixtures/exit_0"}
	for _, test := range []struct {
		name   string
		args   []string
		change func(*Config)
		used   bool
	}{
		{"nothing", quiet, nil, false},
		{"a socket", []string{"/bin/bash", "-c", ": 2>/dev/null <>/dev/udp/127.0.0.1/9"}, nil, true},
		{"a callback", quiet, asked, true},
		{"user 0", quiet, func(c *Config) { c.IDs = &IDs{} }, true},
	} {
		if test.name == "user 0" && !root {
			continue // an ordinary user has one id
		}
		c := &Config{Args: test.args, Template: template}
		if test.change != nil {
			test.change(c)
		}
		e, err := prepare(c, now())
		if err != nil {
			t.Fatal(err)
		}
		if err := e.runHere(); err != nil {
			t.Fatal(err)
		}
		if used := e.usedNetwork(); used != test.used {
			t.Errorf("%s: used %v", test.name, used)
		}
		e.release()
	}
}
