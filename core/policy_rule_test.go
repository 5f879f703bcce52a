package core

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

func TestSimAddNumber(t *testing.T) {
	p := newPolicy(t, ActionAllow)
	read, _ := seccomp.Number(seccomp.Native(), "read")
	for nr, action := range map[int64]Action{int64(read): ActionKill, 5000: ActionErrno(1)} {
		if err := p.AddNumber(ArchNative, nr, action); err != nil {
			t.Error(err)
		}
		if got := p.Decide(Call{Nr: nr}); got != action {
			t.Errorf("%d: %s", nr, actionText(got))
		}
	}
	for _, nr := range []int64{-1, 1 << 31, 1 << 32, 1<<32 + 5, -1 << 63, 1<<63 - 1} {
		if err := p.AddNumber(ArchNative, nr, ActionKill); err == nil || !strings.Contains(err.Error(), "system call number out of range") {
			t.Errorf("%d: %v", nr, err)
		}
	}
	if err := p.AddNumber(ArchX86_64, 1<<30, ActionKill); err == nil {
		t.Error("a number of x32")
	}
	if err := p.AddNumber(ArchI386, 5, ActionKill); err == nil {
		t.Error("i386")
	}
	if len(p.rules) != 2 {
		t.Errorf("%d rules", len(p.rules))
	}
}

func TestSimContradictions(t *testing.T) {
	for _, test := range []struct {
		name string
		when []Cmp
		want string // "": accepted
	}{
		{"read", []Cmp{{1, CmpEQ, 1, 0}, {1, CmpEQ, 2, 0}}, "rule for read: its conditions on argument 1 can never hold"},
		{"read", []Cmp{{0, CmpEQ, 1, 0}, {2, CmpLT, 0, 0}}, "rule for read: its conditions on argument 2 can never hold"},
		{"read", []Cmp{{0, CmpEQ32, 1 << 40, 0}, {0, CmpEQ, 1 << 41, 0}}, ""},
		{"execve", []Cmp{{0, CmpEQ, 1, 0}}, "a rule that stops some execve could stop the start of the program"},
		{"execveat", []Cmp{{0, CmpEQ, 1, 0}}, ""},
		{"clone3", []Cmp{{0, CmpEQ, 1, 0}}, ""},
	} {
		p := newPolicy(t, ActionAllow)
		err := p.Add(ArchNative, test.name, ActionKill, test.when...)
		if (err == nil) != (test.want == "") || err != nil && !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s %v: %v, want %q", test.name, test.when, err, test.want)
		}
	}
}

// A rule that can never decide any more is dropped; the answers stay.
func TestSimHiddenRulesAreDropped(t *testing.T) {
	p := newPolicy(t, ActionAllow)
	one, two := Cmp{0, CmpEQ, 1, 0}, Cmp{1, CmpEQ, 2, 0}
	add(t, p, "write", ActionKill)
	add(t, p, "read", ActionKill, one, two)
	add(t, p, "read", ActionErrno(1), one)
	if len(p.rules) != 2 {
		t.Errorf("%d rules, want 2", len(p.rules))
	}
	add(t, p, "read", ActionErrno(2), two)
	if len(p.rules) != 3 {
		t.Errorf("%d rules, want 3", len(p.rules))
	}
	clone := p.Clone()
	add(t, clone, "read", ActionErrno(3))
	if len(clone.rules) != 2 || len(p.rules) != 3 {
		t.Errorf("%d and %d rules, want 2 and 3", len(clone.rules), len(p.rules))
	}
	read, _ := seccomp.Number(seccomp.Native(), "read")
	for args, want := range map[[6]uint64]Action{{1, 2}: ActionErrno(2), {1, 0}: ActionErrno(1), {0, 2}: ActionErrno(2), {}: ActionAllow} {
		if got := p.Decide(Call{Nr: int64(read), Args: args}); got != want {
			t.Errorf("%v: %s", args, actionText(got))
		}
		if got := clone.Decide(Call{Nr: int64(read), Args: args}); got != ActionErrno(3) {
			t.Errorf("%v: %s", args, actionText(got))
		}
	}
}

// The execve that starts the program is never stopped, whatever its arguments.
func TestSimExecUnderConditions(t *testing.T) {
	some := Cmp{0, CmpNE, 0, 0}
	p := newPolicy(t, ActionKill)
	add(t, p, "execve", ActionAllow, some)
	if _, err := p.filter(filterKey{}); err == nil {
		t.Error("execve is allowed under a condition only")
	}
	add(t, p, "execve", ActionNotify, Cmp{0, CmpEQ, 0, 0})
	if _, err := p.filter(filterKey{}); err == nil {
		t.Error("execve is allowed under conditions only")
	}
	add(t, p, "execve", ActionAllow)
	if _, err := p.filter(filterKey{}); err != nil {
		t.Error(err)
	}
	p = newPolicy(t, ActionAllow)
	add(t, p, "execveat", ActionKill, Cmp{4, CmpMaskedEQ32, unix.AT_EMPTY_PATH, unix.AT_EMPTY_PATH})
	if _, err := p.filter(filterKey{}); err != nil {
		t.Error(err)
	}
	if _, err := p.filter(filterKey{byDescriptor: true}); err == nil {
		t.Error("the execveat that starts the program is killed")
	}
}

func TestSimOtherMachines(t *testing.T) {
	other, name := uint32(ArchAarch64), "aarch64"
	if seccomp.Native() == seccomp.ARM64 {
		other, name = ArchX86_64, "x86_64"
	}
	p := newPolicy(t, ActionAllow)
	for _, action := range []Action{ActionKill, ActionNotify} {
		if err := p.Add(other, "read", action, Cmp{0, CmpEQ, uint64(action), 0}); err != nil {
			t.Error(err)
		}
	}
	read, _ := seccomp.Number(seccomp.Native(), "read")
	if p.Notifies() || p.Decide(Call{Nr: int64(read)}) != ActionAllow || p.Decide(Call{Arch: other, Nr: int64(read)}) != ActionKill {
		t.Error("a rule for another machine is in force")
	}
	if text, err := p.Dump(); err != nil || !strings.Contains(text, "on "+name+" only") {
		t.Errorf("%v\n%s", err, text)
	}
	roundTrip(t, p)
}

// Too many rules are told when they are added, not when the program starts.
func TestSimTooLong(t *testing.T) {
	p := newPolicy(t, ActionAllow)
	for i := range MaxRules {
		err := p.AddNumber(ArchNative, int64(1000+2*i), ActionErrno(uint32(i%4095+1)))
		if err == nil {
			continue
		}
		if !strings.Contains(err.Error(), "more than 4096 instructions") || i < 1000 {
			t.Errorf("rule %d: %v", i, err)
		}
		if _, err := p.filter(largestKey); err != nil || len(p.rules) != i {
			t.Errorf("%d rules: %v", len(p.rules), err)
		}
		return
	}
	t.Error("all rules fit")
}

func TestSimNotifyNeedsSomebodyToAsk(t *testing.T) {
	p := newPolicy(t, ActionAllow)
	if p.Notifies() {
		t.Error("a policy without rules notifies")
	}
	add(t, p, "openat", ActionNotify)
	if got := asked(t, p, filterKey{}, call(t, "openat")); !p.Notifies() || got != seccomp.Notify {
		t.Errorf("%v", got)
	}
	if _, err := lower(&Config{Args: []string{"x"}, Policy: p}); err == nil || !strings.Contains(err.Error(), "NOTIFY") {
		t.Error(err)
	}
	add(t, p, "openat", ActionAllow)
	if p.Notifies() {
		t.Error("a rule that is no more")
	}
	if _, err := NewPolicy("permissive", ActionNotify); err == nil {
		t.Error("NOTIFY as default")
	}
}

func TestSimDump(t *testing.T) {
	p := parsed(t, `{"comment": "line\n\u202etwo", "default": "ALLOW", "rules": [
	  {"call": "socket", "action": {"errno": "EACCES"}, "reason": "no\nnetwork"},
	  {"call": "mmap", "action": "NOTIFY", "when": [{"arg": 2, "op": "MASKED_EQ_32", "a": 4, "b": 4}, {"arg": 1, "op": "GT", "a": 4096}]},
	  {"call": 5000, "action": {"errno": 4000}}]}`)
	text, err := p.Dump()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"line  two\n", "default ALLOW", "   0  socket               ERRNO(EACCES)  -- no network\n",
		"   1  mmap                 NOTIFY when (arg2 & 0x4) == 0x4 (32 bits) and arg1 > 0x1000\n",
		"   2  call 5000            ERRNO(4000)\n", "clone3               ERRNO(ENOSYS)\n", "seccomp              ERRNO(EBUSY) when (arg1 & 0x8) == 0x8 (32 bits)\n",
		"; socket\n", "; NOTIFY\n", "; ERRNO(EACCES)\n", "; KILL\n", "; call 5000\n", "; ALLOW, and see whether memory is refused\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if _, err := newPolicy(t, ActionKill).Dump(); err == nil {
		t.Error("a policy that starts nothing was dumped")
	}
}
