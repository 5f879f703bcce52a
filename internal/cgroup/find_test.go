package cgroup

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	v2Mount     = "30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
	hybridMount = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n" +
		"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n" +
		"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" +
		"36 31 0:33 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n" +
		"37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n" +
		"40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
	unifiedMount = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	hybridOwn    = "5:name=systemd:/user.slice\n4:freezer:/\n3:pids:/judge\n2:memory:/judge\n1:cpu,cpuacct:/\n"
)

var testMaker = maker{namespace: 7, pid: 100, start: 200, gone: func(pid int32, start uint64) bool { return pid != 100 || start != 200 }}

func hybridFake() *fake {
	f := newFake(map[string][]string{
		"/sys/fs/cgroup/cpu,cpuacct": {"cpu", "cpuacct"}, "/sys/fs/cgroup/memory": {"memory"}, "/sys/fs/cgroup/pids": {"pids"},
		"/sys/fs/cgroup/freezer": {"freezer"}, "/sys/fs/cgroup/unified": {"2", "hugetlb"},
	})
	f.group("/sys/fs/cgroup/memory/judge", "100\n", "")
	f.group("/sys/fs/cgroup/pids/judge", "100\n", "")
	return f
}

func v2Fake() *fake {
	f := newFake(map[string][]string{"/sys/fs/cgroup": {"2", "cpuset", "cpu", "io", "memory", "pids"}})
	for _, c := range []string{"cpu", "memory", "pids"} {
		f.hand("/sys/fs/cgroup", c)
	}
	return f
}

// delegated is a machine under systemd on which an ordinary user owns what is below user@1000.service.
func delegated(procs string) *fake {
	f := v2Fake()
	dir := "/sys/fs/cgroup"
	for _, part := range []string{"user.slice", "user-1000.slice", "user@1000.service", "app.slice"} {
		dir += "/" + part
		f.group(dir, "", "memory pids")
	}
	f.group(dir+"/run-u1.scope", procs, "")
	f.group("/sys/fs/cgroup/user.slice/user-1000.slice/session-1.scope", "99\n", "")
	f.owned = func(file string) bool { return strings.Contains(file, "/user@1000.service/") }
	return f
}

func TestSimFind(t *testing.T) {
	const service = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u1.scope\n"
	with := func(f *fake, change func(*fake)) *fake { change(f); return f }
	for _, c := range []struct {
		name         string
		tree         *fake
		parent       string
		mounts, own  string
		gives        string // controllers
		at           string // parent of the memory groups
		err          unix.Errno
		remedy       string
		missing      Controller
		missingTells string
	}{
		{name: "v2, root in the top group", tree: v2Fake(), mounts: v2Mount, own: "0::/\n",
			gives: "memory pids cpu cpuset cpuacct freezer cgroup.kill", at: "/sys/fs/cgroup"},
		{name: "v2, root in a service: a sibling", tree: with(v2Fake(), func(f *fake) {
			f.group("/sys/fs/cgroup/system.slice", "", "memory pids")
			f.group("/sys/fs/cgroup/system.slice/judge.service", "100\n", "")
		}), mounts: v2Mount, own: "0::/system.slice/judge.service\n",
			gives: "memory pids cpu cpuacct freezer cgroup.kill", at: "/sys/fs/cgroup/system.slice", missing: CPUSet, missingTells: "subtree_control"},
		{name: "v2, delegated to a user: a sibling", tree: delegated("100\n"), mounts: v2Mount, own: service,
			gives: "memory pids cpuacct freezer cgroup.kill", at: "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice"},
		{name: "v2, the user's session, not delegated", tree: delegated(""), mounts: v2Mount,
			own: "0::/user.slice/user-1000.slice/session-1.scope\n", err: unix.EACCES, remedy: "systemd-run --user --scope -p Delegate=yes"},
		{name: "v2, a parent is given", tree: with(v2Fake(), func(f *fake) { f.group("/sys/fs/cgroup/judge", "", "") }), parent: "/judge",
			mounts: v2Mount, own: "0::/a/b\n", gives: "memory pids cpu cpuacct freezer cgroup.kill", at: "/sys/fs/cgroup/judge"},
		{name: "v2, a parent is given as a directory", tree: with(v2Fake(), func(f *fake) { f.group("/sys/fs/cgroup/judge", "", "") }),
			parent: "/sys/fs/cgroup/judge/", mounts: v2Mount, own: "0::/a/b\n", gives: "memory pids cpu cpuacct freezer cgroup.kill", at: "/sys/fs/cgroup/judge"},
		{name: "v2, a parent that is not there", tree: v2Fake(), parent: "judge", mounts: v2Mount, own: "0::/\n", err: unix.ENOENT, remedy: "make the group first"},
		{name: "v2, a parent that leads out", tree: v2Fake(), parent: "judge/../..", mounts: v2Mount, own: "0::/\n", err: unix.EINVAL, remedy: "no .."},
		{name: "v2, a parent with processes", tree: with(v2Fake(), func(f *fake) { f.group("/sys/fs/cgroup/judge", "100\n", "") }), parent: "judge",
			mounts: v2Mount, own: "0::/judge\n", gives: "cpuacct freezer cgroup.kill", missing: Memory, missingTells: remedyInside},
		{name: "v2, a threaded parent", tree: with(v2Fake(), func(f *fake) {
			f.group("/sys/fs/cgroup/judge", "", "")
			f.files["/sys/fs/cgroup/judge/cgroup.type"] = "domain threaded\n"
		}), parent: "judge", mounts: v2Mount, own: "0::/\n", err: unix.EOPNOTSUPP, remedy: "domain threaded"},
		{name: "v2, an invalid domain", tree: with(v2Fake(), func(f *fake) {
			f.group("/sys/fs/cgroup/judge", "", "")
			f.files["/sys/fs/cgroup/judge/cgroup.type"] = "domain invalid\n"
		}), parent: "judge", mounts: v2Mount, own: "0::/\n", err: unix.EOPNOTSUPP, remedy: "domain invalid"},
		{name: "Docker, read-only", tree: with(v2Fake(), func(f *fake) { f.readOnly = true; f.files["/sys/fs/cgroup/cgroup.type"] = "domain\n" }),
			mounts: strings.ReplaceAll(v2Mount, "rw,", "ro,"), own: "0::/\n", err: unix.EROFS, remedy: "--privileged"},
		{name: "a cgroup namespace with the host in its top group", tree: with(newFake(map[string][]string{"/sys/fs/cgroup": {"2", "memory", "pids"}}), func(f *fake) {
			f.files["/sys/fs/cgroup/cgroup.type"], f.files["/sys/fs/cgroup/cgroup.procs"] = "domain\n", "1\n100\n"
		}), mounts: v2Mount, own: "0::/\n", gives: "cpuacct freezer cgroup.kill", missing: Memory, missingTells: remedyInside},
		{name: "a cgroup namespace that the host has left", tree: v2Fake(), mounts: v2Mount, own: "0::/../other\n", err: unix.ENOENT, remedy: remedyHidden},
		{name: "the mount shows another group", tree: v2Fake(), mounts: strings.ReplaceAll(v2Mount, " / /sys", " /docker/abc /sys"), own: "0::/docker/abcd\n",
			err: unix.ENOENT, remedy: remedyHidden},
		{name: "Docker, version 1, the host's groups by path", tree: func() *fake {
			return newFake(map[string][]string{"/sys/fs/cgroup/memory": {"memory"}})
		}(), mounts: "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", own: "4:memory:/docker/abc\n",
			gives: "memory", at: "/sys/fs/cgroup/memory", missing: PIDs, missingTells: "not mounted"},
		{name: "hybrid", tree: hybridFake(), mounts: hybridMount + unifiedMount, own: hybridOwn + "0::/\n",
			gives: "memory pids cpu cpuacct freezer cgroup.kill", at: "/sys/fs/cgroup/memory/judge", missing: CPUSet, missingTells: "cgroup.controllers"},
		{name: "version 1 alone, co-mounted", tree: hybridFake(), mounts: hybridMount, own: hybridOwn,
			gives: "memory pids cpu cpuacct freezer", at: "/sys/fs/cgroup/memory/judge", missing: Kill, missingTells: "this kernel has it not"},
		{name: "nothing mounted", tree: v2Fake(), mounts: "23 1 0:20 / / rw - ext4 /dev/sda rw\n", own: "0::/\n", err: unix.ENOENT, remedy: "mount -t cgroup2"},
		{name: "a kernel without cgroup.kill", tree: with(v2Fake(), func(f *fake) { f.lacks["cgroup.kill"] = true }), mounts: v2Mount, own: "0::/\n",
			gives: "memory pids cpu cpuset cpuacct freezer", at: "/sys/fs/cgroup", missing: Kill, missingTells: "too old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := find(c.tree, testMaker, c.parent, c.mounts, c.own)
			if left := c.tree.ours(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if c.err != 0 {
				if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.remedy) {
					t.Errorf("%v, want %v and %q", err, c.err, c.remedy)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var gives []string
			for n := range controllerCount {
				if err := s.Missing(n); err == nil {
					gives = append(gives, n.String())
				} else if !strings.HasPrefix(err.Error(), "cgroup: ") {
					t.Errorf("%v: %v", n, err)
				}
			}
			if strings.Join(gives, " ") != c.gives {
				t.Errorf("gives %v, want %q", gives, c.gives)
			}
			if c.at != "" && s.where[Memory].dir != c.at {
				t.Errorf("at %s, want %s", s.where[Memory].dir, c.at)
			}
			if c.missingTells != "" && !strings.Contains(s.Missing(c.missing).Error(), c.missingTells) {
				t.Errorf("%v: %v, want %q", c.missing, s.Missing(c.missing), c.missingTells)
			}
			g, err := s.New(Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Remove(); err != nil || len(c.tree.ours()) > 0 {
				t.Errorf("%v, left behind: %v", err, c.tree.ours())
			}
		})
	}
}

func TestSimMountsAreParsedOrPassedOver(t *testing.T) {
	text := `30 24 0:26 / /a\040b\134\011c rw - cgroup2 cgroup2 rw
31 24 0:26 /x\012y /odd\9 rw shared:1 master:2 - cgroup2 none rw
32 24 0:26 / /later rw - cgroup cgroup rw,memory
33 24 0:27 / /later ro - cgroup2 cgroup2 rw
34 24 0:28 / /hidden rw - cgroup2 cgroup2 rw
35 24 0:29 / /hidden rw - tmpfs tmpfs rw
no line at all

36 24 0:30 / /short rw - cgroup2
37 24 0:30 / /last\1 rw - cgroup2 c ro`
	var got []string
	for _, m := range parseMounts(text) {
		got = append(got, m.dir+"|"+m.root)
		if m.readOnly != (m.dir == "/later" || m.dir == `/last\1`) {
			t.Errorf("%s: read-only %v", m.dir, m.readOnly)
		}
	}
	if want := []string{"/a b\\\tc|/", "/odd\\9|/x\ny", "/later|/", `/last\1|/`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, own := range []string{"", "0::", "0:", "x", "0::relative", "1::/a", "\n\n:::"} {
		if got := parseMemberships(own); len(got) != 0 {
			t.Errorf("%q gives %+v", own, got)
		}
	}
	if got := parseMemberships("0::/a:b:c"); len(got) != 1 || got[0].path != "/a:b:c" {
		t.Errorf("%+v", got)
	}
}

// Of several mounts of one hierarchy that one counts which shows the own group and can be written.
func TestSimSeveralMountsOfOneHierarchy(t *testing.T) {
	other := strings.ReplaceAll(v2Mount, "/ /sys/fs/cgroup rw", "/elsewhere /mnt/a rw")
	readOnly := strings.ReplaceAll(v2Mount, "/ /sys/fs/cgroup rw", "/ /mnt/b ro")
	for _, mounts := range []string{other + readOnly + v2Mount, v2Mount + readOnly + other} {
		all := hierarchies(mounts, "0::/here\n")
		if len(all) != 1 || all[0].dir != "/sys/fs/cgroup" || all[0].own != "/here" {
			t.Errorf("%+v", all)
		}
	}
}
