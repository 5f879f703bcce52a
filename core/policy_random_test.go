package core

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
)

// numbers gives numbers from 0 to n-1, from a random generator or from a fuzzer's bytes.
type numbers interface{ IntN(n int) int }

type fuzzBytes struct{ b []byte }

func (f *fuzzBytes) IntN(n int) int {
	if len(f.b) == 0 {
		return 0
	}
	v := int(f.b[0])
	f.b = f.b[1:]
	return v % n
}

// Few calls and few values at the borders of words, so that rules and calls meet; guarded calls are among them.
var (
	someCalls  = []string{"read", "write", "openat", "clone", "clone3", "seccomp", "execve", "execveat", "mmap", "prctl", "socket"}
	someValues = []uint64{0, 1, 2, 7, 8, unix.CLONE_UNTRACED, unix.CLONE_UNTRACED | 17, 1<<32 - 1, 1 << 32, 1<<32 + 8, 1 << 63, 1<<64 - 1}
	someErrnos = []uint32{1, 13, 38, 524, 4095}
)

func pick[T any](s numbers, from []T) T { return from[s.IntN(len(from))] }

func randomAction(s numbers) Action {
	return pick(s, []Action{ActionAllow, ActionKill, ActionNotify, ActionErrno(pick(s, someErrnos)), ActionErrno(13)})
}

// randomPolicy is a policy that ParsePolicy reads; rules that Add refuses are left out.
func randomPolicy(s numbers) *Policy {
	p, err := NewPolicy("permissive", pick(s, []Action{ActionAllow, ActionKill, ActionErrno(pick(s, someErrnos))}))
	if err != nil {
		panic(err)
	}
	p.Add(ArchNative, "execve", ActionAllow)
	for range s.IntN(16) {
		var when []Cmp
		for range s.IntN(4) {
			c := Cmp{Arg: uint32(s.IntN(3)), Op: pick(s, comparisons), A: pick(s, someValues), B: pick(s, someValues)}
			if c.Op == CmpMaskedEQ || c.Op == CmpMaskedEQ32 {
				c.B &= c.A
			}
			when = append(when, c)
		}
		arch := pick(s, []uint32{ArchNative, ArchNative, ArchNative, ArchX86_64, ArchAarch64})
		if action := randomAction(s); s.IntN(8) == 0 {
			p.AddNumber(arch, int64(pick(s, []int{0, 5, 500, 1<<30 - 1})), action, when...)
		} else {
			p.Add(arch, pick(s, someCalls), action, when...)
		}
	}
	for range s.IntN(3) {
		p.Paths = append(p.Paths, PathRule{pick(s, []string{"/", "/usr/", "a\xff\n\"", "/é/**"}), uint32(1 + s.IntN(15))})
	}
	if action := randomAction(s); action != ActionAllow && action != ActionNotify && s.IntN(2) == 0 {
		p.PathAction = &action
	}
	return p
}

func randomCall(s numbers) Call {
	c := Call{Arch: pick(s, []uint32{ArchNative, ArchNative, ArchNative, ArchX86_64, ArchAarch64, ArchI386, 77})}
	nr, _ := seccomp.Number(seccomp.Native(), pick(s, someCalls))
	c.Nr = pick(s, []int64{int64(nr), int64(nr), int64(nr), int64(nr), int64(nr) | 1<<30, int64(nr) | 1<<40, 5, 500, 1<<30 - 1, -1, -2, 1 << 31})
	for i := range c.Args {
		c.Args[i] = pick(s, someValues)
	}
	return c
}

// agrees fails the test when the filter that the kernel would load decides otherwise than Decide.
func agrees(t *testing.T, p *Policy, filter []unix.SockFilter, c Call) {
	t.Helper()
	d := seccomp.Data{Nr: int32(c.Nr), Arch: c.Arch, Args: c.Args}
	if c.Arch == ArchNative {
		d.Arch = uint32(seccomp.Native())
	}
	got, err := seccomp.Evaluate(filter, &d)
	if err != nil || raiseAction(got) != p.Decide(c) {
		t.Fatalf("%#x: the filter says %v, %v; Decide says %s\n%s", c, got, err, actionText(p.Decide(c)), p.JSON())
	}
}

// loaded is the filter that the kernel would load.
func loaded(t *testing.T, p *Policy) []unix.SockFilter {
	t.Helper()
	filter, err := seccomp.Compile(p.lower(filterKey{}))
	if err != nil {
		t.Fatal(err)
	}
	return filter
}

func roundTrip(t *testing.T, p *Policy) *Policy {
	t.Helper()
	text := p.JSON()
	again, err := ParsePolicy(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	same(t, again, p)
	if !bytes.Equal(again.JSON(), text) {
		t.Fatalf("%s\n%s", text, again.JSON())
	}
	return again
}

func TestSimRandomPolicies(t *testing.T) {
	s := rand.New(rand.NewPCG(21, 22))
	actions := map[Action]int{}
	for range 1500 {
		p := randomPolicy(s)
		again := roundTrip(t, p)
		filter := loaded(t, again)
		for range 40 {
			c := randomCall(s)
			agrees(t, again, filter, c)
			if p.Decide(c) != again.Decide(c) {
				t.Fatalf("%#x: another answer after a round trip\n%s", c, p.JSON())
			}
			actions[p.Decide(c)]++
		}
	}
	for _, a := range []Action{ActionAllow, ActionKill, ActionNotify, ActionErrno(13), ActionErrno(4095)} {
		if actions[a] < 300 {
			t.Errorf("%s was decided %d times only", actionText(a), actions[a])
		}
	}
}

// FuzzPolicyJSON: whatever the bytes, no panic; what is read is written and read back the same.
func FuzzPolicyJSON(f *testing.F) {
	for _, text := range goodPolicies {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParsePolicy(text); err == nil {
			roundTrip(t, p)
			agrees(t, p, loaded(t, p), Call{Nr: 1})
		}
	})
}

// FuzzPolicyCompile: the filter that the kernel would load decides as the rules say, also after a round trip.
func FuzzPolicyCompile(f *testing.F) {
	s := rand.New(rand.NewPCG(23, 24))
	for range 20 {
		b := make([]byte, 200)
		for i := range b {
			b[i] = byte(s.IntN(256))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &fuzzBytes{b}
		p := roundTrip(t, randomPolicy(s))
		filter := loaded(t, p)
		for range 30 {
			agrees(t, p, filter, randomCall(s))
		}
	})
}
