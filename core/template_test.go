package core

import (
	"context"
	"testing"
)

func TestLiveTemplateFirst(t *testing.T) {
	c := &Config{}
	c.Isolation = Isolation{Flags: IsolateAll, Mounts: JudgeRoot(), Hostname: "box", Loopback: true}
	tpl, err := NewTemplate(c)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 3; i++ {
		r, err := Run(context.Background(), &Config{Template: tpl, Args: []string{"/bin/sh", "-c", "id; echo $$; uname -n; ls -la / /tmp /dev /dev/shm; cat /proc/self/mountinfo; ls /proc; cat /proc/self/cgroup; echo > /tmp/x; readlink /proc/self/ns/*; pwd; ls -l /proc/self/fd"},
			Files: []File{Capture(1, 100000), Capture(2, 10000)}})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(r.Status, r.ExitCode, r.Message, string(r.Output[1]), string(r.Output[2]))
	}
	tpl.Close()
}
