package cgroup

import (
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// fake behaves like the cgroup file systems of a kernel, as far as this package goes: files appear with a group, depending on
// version and controllers; groups with processes or groups in them cannot be removed; version 2 refuses controllers below a
// group with processes.
type fake struct {
	files    map[string]string
	tops     map[string][]string // directory of a hierarchy: its controllers; version 2 begins with "2"
	readOnly bool
	owned    func(file string) bool // may be written; nil: all
	lacks    map[string]bool        // file names this kernel does not have
	writes   []string
}

func newFake(tops map[string][]string) *fake {
	f := &fake{files: map[string]string{}, tops: tops, lacks: map[string]bool{}}
	for dir, controllers := range tops {
		f.files[dir] = ""
		if controllers[0] == "2" {
			f.files[dir+"/cgroup.controllers"] = strings.Join(controllers[1:], " ")
			f.files[dir+"/cgroup.subtree_control"] = ""
			f.files[dir+"/cgroup.procs"] = ""
		} else {
			f.files[dir+"/cgroup.procs"], f.files[dir+"/tasks"] = "", ""
			f.files[dir+"/cpuset.mems"] = "0-1\n"
		}
	}
	return f
}

// group makes a group as an administrator would, with processes in it.
func (f *fake) group(dir, procs, control string) {
	owned, readOnly := f.owned, f.readOnly
	f.owned, f.readOnly = nil, false
	if err := f.makeDir(dir); err != nil {
		panic(dir + ": " + err.Error())
	}
	f.files[dir+"/cgroup.procs"] = procs
	for _, c := range strings.Fields(control) {
		f.hand(dir, c)
	}
	f.owned, f.readOnly = owned, readOnly
}

func (f *fake) hand(dir, c string) {
	f.files[dir+"/cgroup.subtree_control"] = strings.TrimSpace(f.files[dir+"/cgroup.subtree_control"] + " " + c)
	for _, sub := range f.children(dir) {
		f.grow(dir+"/"+sub, c)
	}
}

var controllerFiles = map[string]map[string]string{
	"memory": {"memory.max": "max\n", "memory.swap.max": "max\n", "memory.oom.group": "0\n", "memory.peak": "0\n", "memory.current": "0\n",
		"memory.stat": "anon 0\nfile 0\nkernel 0\nshmem 0\n", "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"},
	"pids":   {"pids.max": "max\n", "pids.peak": "0\n", "pids.events": "max 0\n"},
	"cpu":    {"cpu.max": "max 100000\n"},
	"cpuset": {"cpuset.cpus": "\n", "cpuset.mems": "\n"},
}

var legacyFiles = map[string]map[string]string{
	"memory": {"memory.limit_in_bytes": "9223372036854771712\n", "memory.memsw.limit_in_bytes": "9223372036854771712\n", "memory.swappiness": "60\n",
		"memory.stat": "total_cache 0\ntotal_rss 0\ntotal_shmem 0\n", "memory.kmem.max_usage_in_bytes": "0\n", "memory.max_usage_in_bytes": "0\n",
		"memory.failcnt": "0\n", "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n"},
	"pids":    controllerFiles["pids"],
	"cpu":     {"cpu.cfs_period_us": "100000\n", "cpu.cfs_quota_us": "-1\n"},
	"cpuset":  controllerFiles["cpuset"],
	"cpuacct": {"cpuacct.usage": "0\n", "cpuacct.usage_user": "0\n", "cpuacct.usage_sys": "0\n"},
	"freezer": {"freezer.state": "THAWED\n"},
}

func (f *fake) grow(dir, c string) {
	if control, there := f.files[dir+"/cgroup.controllers"]; there {
		f.files[dir+"/cgroup.controllers"] = strings.TrimSpace(control + " " + c)
	}
	f.add(dir, controllerFiles[c])
}

func (f *fake) add(dir string, files map[string]string) {
	for name, content := range files {
		if !f.lacks[name] {
			f.files[dir+"/"+name] = content
		}
	}
}

// top is the hierarchy that a directory is in.
func (f *fake) top(dir string) (controllers []string, is bool) {
	for top, controllers := range f.tops {
		if dir == top || strings.HasPrefix(dir, top+"/") {
			return controllers, dir == top
		}
	}
	return nil, false
}

func (f *fake) children(dir string) (names []string) {
	for name := range f.files {
		if _, procs := f.files[name+"/cgroup.procs"]; procs && path.Dir(name) == dir {
			names = append(names, path.Base(name))
		}
	}
	slices.Sort(names)
	return names
}

func (f *fake) allowed(file string) error {
	if f.readOnly {
		return unix.EROFS
	}
	if f.owned != nil && !f.owned(file) {
		return unix.EACCES
	}
	return nil
}

func (f *fake) read(file string) (string, error) {
	text, there := f.files[file]
	if !there {
		return "", unix.ENOENT
	}
	if path.Base(file) == "cgroup.kill" {
		return "", unix.EINVAL
	}
	return text, nil
}

func (f *fake) write(file, text string) error {
	if _, there := f.files[file]; !there {
		return unix.ENOENT
	}
	if err := f.allowed(file); err != nil {
		return err
	}
	f.writes = append(f.writes, path.Base(file)+"="+text)
	dir := path.Dir(file)
	_, isTop := f.top(dir)
	switch path.Base(file) {
	case "cgroup.subtree_control":
		c := strings.TrimPrefix(text, "+")
		if !slices.Contains(strings.Fields(f.files[dir+"/cgroup.controllers"]), c) {
			return unix.ENOENT
		}
		if !isTop && strings.TrimSpace(f.files[dir+"/cgroup.procs"]) != "" {
			return unix.EBUSY
		}
		f.hand(dir, c)
	case "cgroup.kill":
		for name := range maps.Clone(f.files) {
			if strings.HasPrefix(name, dir+"/") && path.Base(name) == "cgroup.procs" {
				f.files[name] = ""
			}
		}
	default:
		f.files[file] = text + "\n"
	}
	return nil
}

func (f *fake) makeDir(dir string) error {
	if _, there := f.files[path.Dir(dir)+"/cgroup.procs"]; !there {
		return unix.ENOENT
	}
	if _, there := f.files[dir]; there {
		return unix.EEXIST
	}
	if err := f.allowed(dir); err != nil {
		return err
	}
	f.files[dir] = ""
	controllers, _ := f.top(dir)
	if controllers[0] != "2" {
		f.add(dir, map[string]string{"cgroup.procs": "", "tasks": ""})
		for _, c := range controllers {
			f.add(dir, legacyFiles[c])
		}
		return nil
	}
	f.add(dir, map[string]string{"cgroup.procs": "", "cgroup.type": "domain\n", "cgroup.controllers": "", "cgroup.subtree_control": "",
		"cgroup.kill": "", "cgroup.freeze": "0\n", "cgroup.max.descendants": "max\n", "cpu.stat": "usage_usec 0\nuser_usec 0\nsystem_usec 0\n"})
	for _, c := range strings.Fields(f.files[path.Dir(dir)+"/cgroup.subtree_control"]) {
		f.grow(dir, c)
	}
	return nil
}

func (f *fake) removeDir(dir string) error {
	if _, there := f.files[dir]; !there {
		return unix.ENOENT
	}
	if err := f.allowed(dir); err != nil {
		return err
	}
	if strings.TrimSpace(f.files[dir+"/cgroup.procs"]) != "" || len(f.children(dir)) > 0 {
		return unix.EBUSY
	}
	for name := range maps.Clone(f.files) {
		if name == dir || path.Dir(name) == dir {
			delete(f.files, name)
		}
	}
	return nil
}

func (f *fake) subdirectories(dir string) ([]string, error) {
	if _, there := f.files[dir]; !there {
		return nil, unix.ENOENT
	}
	return f.children(dir), nil
}

func (f *fake) open(string) (int, error) {
	return unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}

// ours are the groups with the mark that are there.
func (f *fake) ours() (dirs []string) {
	for name := range f.files {
		if strings.HasPrefix(path.Base(name), mark) {
			dirs = append(dirs, name)
		}
	}
	return dirs
}
