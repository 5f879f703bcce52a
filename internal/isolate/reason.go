// Package isolate knows what a machine says about isolation: why it is refused, and what a root file system is made of.
package isolate

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Reason explains why a namespace could not be made, and what to do. kind is as in user.max_KIND_namespaces; errno is what
// the kernel gave.
func Reason(kind string, errno unix.Errno) string { return reason(kind, errno, "/proc") }

func reason(kind string, errno unix.Errno, proc string) string {
	number := func(name string) (int, bool) {
		n, err := strconv.Atoi(strings.TrimSpace(read(proc + "/sys/" + name)))
		return n, err == nil
	}
	limit := "user/max_" + kind + "_namespaces"
	if n, ok := number(limit); ok && n == 0 {
		return "disabled by " + sysctl(limit) + " = 0; raise it"
	}
	switch errno {
	case unix.ENOSPC, unix.EUSERS:
		return "the host is at its limit of namespaces; raise " + sysctl(limit) + ", or nest them less deeply (32 levels)"
	case unix.EINVAL:
		return "the kernel was built without them (CONFIG_NAMESPACES and its options)"
	case unix.ENOSYS:
		return "refused with ENOSYS: the container's seccomp profile must permit clone, unshare and setns for namespaces"
	case unix.EPERM, unix.EACCES:
		for _, name := range []string{"kernel/apparmor_restrict_unprivileged_userns", "kernel/apparmor_restrict_unprivileged_unconfined"} {
			if n, ok := number(name); ok && n == 1 {
				return "disabled by " + sysctl(name) + " = 1; set it to 0, or give the host an AppArmor profile with `userns,`"
			}
		}
		if n, ok := number("kernel/unprivileged_userns_clone"); ok && n == 0 {
			return "disabled by " + sysctl("kernel/unprivileged_userns_clone") + " = 0; set it to 1, or run as root"
		}
		if strings.Contains(read(proc+"/self/status"), "\nSeccomp:\t2") {
			return "the host runs below a seccomp filter that forbids it: the container's profile must permit clone, unshare, mount and setns"
		}
		return "the kernel or a security module forbids it; run with CAP_SYS_ADMIN, or outside of a chroot or container that lacks it"
	}
	return ""
}

func sysctl(path string) string { return strings.ReplaceAll(path, "/", ".") }

// read gives the first KiBs of a file, "" when it cannot be read.
func read(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var page [4096]byte
	n, _ := unix.Read(fd, page[:])
	return string(bytes.TrimRight(page[:max(n, 0)], "\x00"))
}
