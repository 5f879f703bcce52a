package landlock

import (
	"strings"

	"golang.org/x/sys/unix"

	"gosandbox/internal/paths"
	"gosandbox/internal/sys"
)

// coversProc tells whether a rule, the object of which is open as fd, reaches into a procfs further than one file that is
// not about a process. Where the mounts cannot be known it does.
func coversProc(fd int, rule paths.Compiled) bool {
	var fs unix.Statfs_t
	if unix.Fstatfs(fd, &fs) != nil {
		return true
	}
	if fs.Type == unix.PROC_SUPER_MAGIC {
		return rule.Dir || strings.ContainsAny(rule.Path, "0123456789")
	}
	if !rule.Dir {
		return false
	}
	var buffer [unix.PathMax]byte
	name, err := sys.DescriptorName(fd, buffer[:])
	if err != nil {
		return true
	}
	mounts, err := sys.ReadFile("/proc/thread-self/mountinfo", 16<<20)
	if err != nil {
		return true
	}
	return procBeneath(mounts, string(name))
}

// procBeneath looks for a procfs at a directory or beneath it in the text of a mountinfo.
func procBeneath(mounts, dir string) bool {
	inside := strings.TrimSuffix(dir, "/") + "/"
	for line := range strings.Lines(mounts) {
		left, right, ok := strings.Cut(line, " - ")
		fields := strings.Fields(left) // number, parent, device, root, mount point
		if !ok || len(fields) < 5 {
			return true
		}
		kind, _, _ := strings.Cut(right, " ")
		if kind == "proc" && strings.HasPrefix(unescaped.Replace(fields[4])+"/", inside) {
			return true
		}
	}
	return false
}

// unescaped undoes what the kernel does to the names in mountinfo.
var unescaped = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
