package cgroup

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Each controller that a kernel lacks is told by its name, with the file that tells and what to do; the others stay.
func TestSimEachControllerMissing(t *testing.T) {
	all := []string{"memory", "pids", "cpu", "cpuset"}
	for c := range controllerCount {
		mounts, own, tops := "", "", map[string][]string{}
		for _, name := range append(all, "cpuacct", "freezer") {
			if name != c.String() && c != Kill {
				mounts += "35 31 0:32 / /sys/fs/cgroup/" + name + " rw - cgroup cgroup rw," + name + "\n"
				own += "4:" + name + ":/\n"
				tops["/sys/fs/cgroup/"+name] = []string{name}
			}
		}
		if c != Kill { // which version 1 never has
			oneMissing(t, "version 1", newFake(tops), mounts, own, []Controller{c, Kill}, unix.ENOENT, "this kernel has it not, or it is not mounted")
		}
		offered := []string{"2"}
		for _, name := range all {
			if name != c.String() {
				offered = append(offered, name)
			}
		}
		f, remedy := newFake(map[string][]string{"/sys/fs/cgroup": offered}), remedyEnable
		if c.core() {
			f.lacks[coreFiles[c]], remedy = true, "the kernel is too old for it"
		}
		oneMissing(t, "version 2", f, v2Mount, "0::/\n", []Controller{c}, unix.ENOENT, remedy)
	}
}

func oneMissing(t *testing.T, version string, f *fake, mounts, own string, missing []Controller, errno unix.Errno, remedy string) {
	t.Helper()
	s, err := find(f, testMaker, "", mounts, own)
	if err != nil {
		t.Errorf("%s without %v: %v", version, missing, err)
		return
	}
	for c := range controllerCount {
		want := false
		for _, m := range missing {
			want = want || m == c
		}
		err := s.Missing(c)
		if (err != nil) != want {
			t.Errorf("%s without %v: %v: %v", version, missing, c, err)
		}
		named := c.String()
		if version == "version 2" && c.core() {
			named = coreFiles[c]
		}
		if want && err != nil && (!errors.Is(err, errno) || !strings.Contains(err.Error(), named) || !strings.Contains(err.Error(), remedy)) {
			t.Errorf("%s: %v: %v, want %v, %q and %q", version, c, err, errno, named, remedy)
		}
	}
}
