package core

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/cgroup"
	"gosandbox/internal/sys"
	"gosandbox/tracee"
)

// A child is born in its groups, also where a container refuses clone3, and one that cannot be is not left.
func TestLiveCgroupEnter(t *testing.T) {
	if r := grouped(t, ":", Limits{}); r == nil {
		return // refused as it must be
	}
	for _, refusal := range []unix.Errno{0, unix.ENOSYS, unix.EPERM, unix.EACCES} {
		done := make(chan error)
		go func() {
			runtime.LockOSThread() // for good: the filter ends with the thread
			done <- enterUnder(refusal)
		}()
		if err := <-done; err != nil {
			t.Errorf("clone3 gives %d: %v", int(refusal), err)
		}
	}
}

func enterUnder(refusal unix.Errno) (err error) {
	if refusal != 0 {
		filter := []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0},
			{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_CLONE3, Jf: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(refusal)},
			{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		}
		if err := sys.LoadFilter(filter); err != nil {
			return err
		}
	}
	s, err := cgroup.Find("")
	if err != nil {
		return err
	}
	g, err := s.New(cgroup.Limits{Tasks: 10})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Remove()) }()
	child, err := tracee.Prepare(&tracee.Spec{Paths: []string{"/bin/true"}, Args: []string{"true"}, ExecFD: -1})
	if err != nil {
		return err
	}
	defer child.Close()
	child.Cgroup = g.V2FD()
	if err := (&groups{Group: g}).enter(child); err != nil {
		return err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", child.PID))
	child.Abandon()
	if n := strings.Count(string(text), "gosandbox-"); err != nil || n < 2 && strings.Contains(string(text), ":pids:") || n < 1 {
		return fmt.Errorf("not in its groups: %v\n%s", err, text)
	}
	if child.Entered != (refusal == 0 && child.Cgroup > 0) {
		return fmt.Errorf("entered: %v", child.Entered)
	}
	if sys.Exists(child.PID) {
		return fmt.Errorf("the abandoned child is still there")
	}
	return nil
}
