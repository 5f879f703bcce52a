package tracee

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mapped is a user namespace in which the program has the ids 1000.
func mapped(flags uintptr) *Namespaces {
	n := &Namespaces{Flags: flags | unix.CLONE_NEWUSER}
	uid, gid := uint32(os.Getuid()), uint32(os.Getgid())
	if uid == 0 {
		uid, gid = 61234, 61234
	} else {
		n.DenyGroups = true
	}
	n.UIDs, n.GIDs = []IDMap{{1000, uid, 1}}, []IDMap{{1000, gid, 1}}
	return n
}

func TestLiveNamespaces(t *testing.T) {
	const none = "CapInh 0 CapPrm 0 CapEff 0 CapBnd 0 CapAmb 0"
	caps := "grep ^Cap /proc/self/status | tr -d ':\\t0' | sed 's/$/ 0/' | tr '\\n' ' '"
	link := func(name string) string {
		text, _ := os.Readlink("/proc/self/ns/" + name)
		return text
	}
	for _, test := range []struct {
		name, script, want string
		n                  *Namespaces
	}{
		{"ids", "id -u; id -g", "1000\n1000", mapped(0)},
		{"capabilities", caps, none, mapped(0)},
		{"pid", "echo $$; readlink /proc/self | grep -c .", "2\n1", mapped(unix.CLONE_NEWPID)},
		{"pid, capabilities", caps, none, mapped(unix.CLONE_NEWPID)},
		{"hostname", "uname -n", "box", &Namespaces{Flags: unix.CLONE_NEWUTS | unix.CLONE_NEWUSER, Hostname: "box"}},
		{"loopback", "grep -c : /proc/net/dev; cat /proc/sys/net/ipv6/conf/lo/disable_ipv6 >/dev/null; cat /sys/class/net/lo/carrier 2>&1 | head -1", "1\n1",
			&Namespaces{Flags: unix.CLONE_NEWNET | unix.CLONE_NEWUSER, Loopback: true}},
		{"all", "for n in cgroup ipc mnt net pid time user uts; do readlink /proc/$$/ns/$n; done", "",
			mapped(unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME)},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := mapped(0)
			test.n.UIDs, test.n.GIDs, test.n.DenyGroups = m.UIDs, m.GIDs, m.DenyGroups
			if strings.Contains(test.script, "/proc/$$") {
				test.script = strings.ReplaceAll(test.script, "/proc/$$", "/proc/self")
			}
			got := output(t, &Spec{Namespaces: test.n, IDs: &IDs{1000, 1000}, Env: []string{"PATH=/usr/bin:/bin"}}, test.script)
			if test.name == "all" {
				for _, name := range []string{"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"} {
					if strings.Contains(got, link(name)) || !strings.Contains(got, name+":") {
						t.Errorf("%s: %q in\n%s", name, link(name), got)
					}
				}
				return
			}
			if got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	_ = fmt.Sprint()
}
