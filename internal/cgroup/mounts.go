package cgroup

import (
	"slices"
	"strings"
)

// mount is a place where a hierarchy can be seen.
type mount struct {
	dir      string // where it is mounted
	root     string // the group that is seen there
	unified  bool   // version 2
	options  []string
	readOnly bool
}

// parseMounts reads /proc/self/mountinfo. Of two mounts on one directory the later one hides the other. Lines that make no
// sense are passed over: a directory name can contain anything, but the kernel escapes what would break a line.
func parseMounts(text string) (mounts []mount) {
	for line := range strings.Lines(text) {
		before, after, found := strings.Cut(strings.TrimSuffix(line, "\n"), " - ")
		fields, kind := strings.Split(before, " "), strings.Split(after, " ")
		if !found || len(fields) < 6 || len(kind) < 3 {
			continue
		}
		dir := unescape(fields[4])
		mounts = slices.DeleteFunc(mounts, func(m mount) bool { return m.dir == dir })
		if kind[0] != "cgroup" && kind[0] != "cgroup2" {
			continue
		}
		super := strings.Split(kind[2], ",")
		mounts = append(mounts, mount{
			dir: dir, root: unescape(fields[3]), unified: kind[0] == "cgroup2", options: super,
			readOnly: slices.Contains(strings.Split(fields[5], ","), "ro") || slices.Contains(super, "ro"),
		})
	}
	return mounts
}

// unescape resolves the kernel's \ooo for space, tab, newline and backslash; anything else stays as it is.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+3 < len(text) && text[i+1] <= '3' && octal(text[i+1]) && octal(text[i+2]) && octal(text[i+3]) {
			b.WriteByte((text[i+1]-'0')<<6 | (text[i+2]-'0')<<3 | (text[i+3] - '0'))
			i += 3
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

// membership is a line of /proc/self/cgroup: a hierarchy's controllers (none: version 2) and the own group in it.
type membership struct {
	controllers []string
	path        string
}

func parseMemberships(text string) (all []membership) {
	for line := range strings.Lines(text) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(fields) < 3 || !strings.HasPrefix(fields[2], "/") {
			continue
		}
		m := membership{path: strings.TrimSuffix(fields[2], " (deleted)")}
		if fields[1] != "" {
			m.controllers = strings.Split(fields[1], ",")
		} else if fields[0] != "0" {
			continue
		}
		all = append(all, m)
	}
	return all
}
