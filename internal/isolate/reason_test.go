package isolate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What machines that refuse namespaces look like, and what has to be said about them.
func TestSimReasons(t *testing.T) {
	const (
		apparmor   = "sys/kernel/apparmor_restrict_unprivileged_userns"
		unconfined = "sys/kernel/apparmor_restrict_unprivileged_unconfined"
		debian     = "sys/kernel/unprivileged_userns_clone"
	)
	for name, test := range map[string]struct {
		files map[string]string
		kind  string
		errno unix.Errno
		want  []string
	}{
		"Ubuntu":            {map[string]string{apparmor: "1\n", "sys/user/max_user_namespaces": "9000\n"}, "user", unix.EPERM, []string{"kernel.apparmor_restrict_unprivileged_userns = 1", "set it to 0", "userns,"}},
		"Ubuntu, by EACCES": {map[string]string{apparmor: "1\n"}, "user", unix.EACCES, []string{"kernel.apparmor_restrict_unprivileged_userns"}},
		"Ubuntu, other":     {map[string]string{apparmor: "0\n", unconfined: "1\n"}, "user", unix.EPERM, []string{"kernel.apparmor_restrict_unprivileged_unconfined = 1"}},
		"Debian of old":     {map[string]string{debian: "0\n"}, "user", unix.EPERM, []string{"kernel.unprivileged_userns_clone = 0", "set it to 1"}},
		"switched off":      {map[string]string{"sys/user/max_net_namespaces": "0\n"}, "net", unix.ENOSPC, []string{"user.max_net_namespaces = 0", "raise it"}},
		"used up":           {map[string]string{"sys/user/max_pid_namespaces": "10\n"}, "pid", unix.ENOSPC, []string{"limit", "user.max_pid_namespaces"}},
		"Docker":            {map[string]string{"self/status": "Name:\tx\nSeccomp:\t2\n"}, "user", unix.EPERM, []string{"seccomp", "clone, unshare, mount and setns"}},
		"an old runtime":    {nil, "mnt", unix.ENOSYS, []string{"seccomp", "ENOSYS"}},
		"no CAP_SYS_ADMIN":  {map[string]string{"self/status": "Name:\tx\nSeccomp:\t0\n"}, "mnt", unix.EPERM, []string{"CAP_SYS_ADMIN", "container"}},
		"an old kernel":     {nil, "time", unix.EINVAL, []string{"CONFIG_NAMESPACES"}},
		"allowed":           {map[string]string{apparmor: "0\n", unconfined: "0\n", debian: "1\n"}, "user", unix.EPERM, []string{"CAP_SYS_ADMIN"}},
	} {
		proc := t.TempDir()
		for file, text := range test.files {
			path := filepath.Join(proc, file)
			if os.MkdirAll(filepath.Dir(path), 0o755) != nil || os.WriteFile(path, []byte(text), 0o644) != nil {
				t.Fatal(path)
			}
		}
		got := reason(test.kind, test.errno, proc)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q lacks %q", name, got, want)
			}
		}
	}
}
