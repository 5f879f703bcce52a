package seccomp

import (
	"strings"
	"testing"
)

func TestSimDisassembleNames(t *testing.T) {
	text := Disassemble(compile(t, &Policy{
		Arch: AMD64, Default: Allow, Foreign: KillProcess, X32: Errno(38),
		Rules: []Rule{{41, Errno(13), nil}, {257, Notify, []Cmp{{0, EQ, 41, 0}}}, {600, KillProcess, nil}},
	}))
	for _, want := range []string{"; x86_64", "; x32", "; socket\n", "; EACCES", "; ENOSYS", "; openat", "; call 600", "; no call"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	// 41 as an argument of openat is no call.
	if n := strings.Count(text, "; socket"); n != 1 {
		t.Errorf("socket is named %d times\n%s", n, text)
	}
	arm := Disassemble(compile(t, &Policy{Arch: ARM64, Default: Allow, Foreign: KillProcess, Rules: []Rule{{198, Errno(1), nil}}}))
	if !strings.Contains(arm, "; aarch64") || !strings.Contains(arm, "; socket") {
		t.Error(arm)
	}
}
