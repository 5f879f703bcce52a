package tracee

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

func TestSimGapsBetween(t *testing.T) {
	const last = 0xffffffff
	for _, test := range []struct {
		targets []int
		want    []gap
	}{
		{nil, []gap{{0, last}}},
		{[]int{0}, []gap{{1, last}}},
		{[]int{0, 1, 2}, []gap{{3, last}}},
		{[]int{3}, []gap{{0, 2}, {4, last}}},
		{[]int{0, 2, 5}, []gap{{1, 1}, {3, 4}, {6, last}}},
		{[]int{MaxDescriptor}, []gap{{0, MaxDescriptor - 1}, {MaxDescriptor + 1, last}}},
	} {
		var files []planFile
		for _, target := range test.targets {
			files = append(files, planFile{target: target})
		}
		if got := gapsBetween(files); !slices.Equal(got, test.want) {
			t.Errorf("%v: %v, want %v", test.targets, got, test.want)
		}
	}
}

func TestSimNewPlanRefuses(t *testing.T) {
	good := func() *Spec { return &Spec{ExecFD: -1, Paths: []string{"/p"}, Args: []string{"a", "b"}} }
	for name, test := range map[string]struct {
		change func(*Spec)
		want   Error
	}{
		"NUL in a path":       {func(s *Spec) { s.Paths = []string{"/p", "/\x00"} }, Error{StepExec, 1, unix.EINVAL}},
		"NUL in an arg":       {func(s *Spec) { s.Args = []string{"a", "b", "\x00"} }, Error{StepExec, 2, unix.EINVAL}},
		"NUL in env":          {func(s *Spec) { s.Env = []string{"A=\x00"} }, Error{StepExec, 0, unix.EINVAL}},
		"NUL in dir":          {func(s *Spec) { s.Dir = "/\x00" }, Error{StepDir, -1, unix.EINVAL}},
		"NUL in file":         {func(s *Spec) { s.Files = []File{{Target: 7, Path: "a\x00"}} }, Error{StepOpen, 7, unix.EINVAL}},
		"the first counts":    {func(s *Spec) { s.Dir, s.Args = "\x00", []string{"\x00"} }, Error{StepExec, 0, unix.EINVAL}},
		"target below 0":      {func(s *Spec) { s.Files = []File{{Target: -1}} }, Error{StepDescriptors, -1, unix.EBADF}},
		"target too high":     {func(s *Spec) { s.Files = []File{{Target: MaxDescriptor + 1}} }, Error{StepDescriptors, MaxDescriptor + 1, unix.EBADF}},
		"told by Prepare":     {func(s *Spec) { s.Dir = "\x00" }, Error{StepDir, -1, unix.EINVAL}},
		"NUL at the very end": {func(s *Spec) { s.Dir = "/tmp\x00" }, Error{StepDir, -1, unix.EINVAL}},
	} {
		spec := good()
		test.change(spec)
		_, err := newPlan(spec)
		var got *Error
		if !errors.As(err, &got) || *got != test.want || !errors.Is(err, test.want.Errno) {
			t.Errorf("%s: %v, want %v", name, err, &test.want)
		}
		if child, err := Prepare(spec); err == nil || child != nil {
			t.Errorf("%s: Prepare gives %v, %v", name, child, err)
		}
	}
	if _, err := newPlan(good()); err != nil {
		t.Error(err)
	}
}

func TestSimNewPlanCopies(t *testing.T) {
	spec := &Spec{
		ExecFD: 9, Paths: []string{"/p"}, Args: []string{"a", ""}, Dir: "/d", CPUs: &sys.CPUSet{3},
		Files:   []File{{Target: 5, From: 1, Same: -1}, {Target: 0, Path: "/x", Flags: 2, Mode: 4, Same: 3}, {Target: 2, Same: 5}},
		Rlimits: []Rlimit{{Resource: 7, Soft: 1, Max: 2}},
		Filter:  []unix.SockFilter{{Code: 6}},
	}
	p, err := newPlan(spec)
	if err != nil {
		t.Fatal(err)
	}
	spec.Rlimits[0].Soft, spec.Filter[0].Code, spec.CPUs[0] = 99, 99, 99
	if p.limits[0].Soft != 1 || p.filter.Filter.Code != 6 || p.filter.Len != 1 || p.cpus[0] != 3 {
		t.Error("the plan shares memory with its spec")
	}
	var targets []int
	for _, f := range p.files {
		targets = append(targets, f.target)
	}
	if !slices.Equal(targets, []int{0, 2, 5, 6}) {
		t.Fatalf("targets %v: sorted, and the program's own descriptor above", targets)
	}
	if f := p.files[0]; f.path == nil || f.same != -1 || f.flags != 2 || f.mode != 4 {
		t.Errorf("a path wins over Same: %+v", f)
	}
	if f := p.files[3]; p.execFD != 6 || f.from != 9 || f.onExec != unix.O_CLOEXEC {
		t.Errorf("execFD %d, %+v", p.execFD, f)
	}
	if len(p.argv) != 3 || p.argv[2] != nil || len(p.envv) != 1 || p.envv[0] != nil || len(p.paths) != 2 || p.paths[1] != nil {
		t.Errorf("lists without an end: %v %v %v", p.argv, p.envv, p.paths)
	}
	if unix.BytePtrToString(p.argv[0]) != "a" || *p.argv[1] != 0 || unix.BytePtrToString(p.dir) != "/d" {
		t.Error("texts differ")
	}
}

func TestSimError(t *testing.T) {
	err := &Error{StepOpen, 4, unix.ENOENT}
	if !errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EACCES) || err.Error() == "" {
		t.Errorf("%v", err)
	}
}
