package core

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/tracee"
)

func TestSimCandidates(t *testing.T) {
	for _, test := range []struct {
		name string
		env  []string
		want []string
	}{
		{"/bin/x", []string{"PATH=/a"}, []string{"/bin/x"}},
		{"./x", nil, []string{"./x"}},
		{"a/x", nil, []string{"a/x"}},
		{"x", nil, []string{"/usr/local/bin/x", "/usr/bin/x", "/bin/x"}},
		{"x", []string{"HOME=/"}, []string{"/usr/local/bin/x", "/usr/bin/x", "/bin/x"}},
		{"x", []string{"MYPATH=/a"}, []string{"/usr/local/bin/x", "/usr/bin/x", "/bin/x"}},
		{"x", []string{"PATH=/a"}, []string{"/a/x"}},
		{"x", []string{"PATH=/a:/b"}, []string{"/a/x", "/b/x"}},
		{"x", []string{"PATH=:/b"}, []string{"./x", "/b/x"}},
		{"x", []string{"PATH=/a:"}, []string{"/a/x", "./x"}},
		{"x", []string{"PATH=/a::/b"}, []string{"/a/x", "./x", "/b/x"}},
		{"x", []string{"PATH="}, []string{"./x"}},
		{"x", []string{"PATH=rel:../up"}, []string{"rel/x", "../up/x"}},
	} {
		if got := candidates(test.name, test.env); !slices.Equal(got, test.want) {
			t.Errorf("%s in %q: %q, want %q", test.name, test.env, got, test.want)
		}
	}
}

func TestSimFiles(t *testing.T) {
	null := func(target int) tracee.File {
		return tracee.File{Target: target, Path: "/dev/null", Flags: unix.O_RDWR, Same: -1, From: -1}
	}
	same := func(target, as int) tracee.File { return tracee.File{Target: target, Same: as, From: -1} }
	host := func(target, fd int) tracee.File { return tracee.File{Target: target, Same: -1, From: fd} }
	for _, test := range []struct {
		name  string
		files []File
		want  []tracee.File
	}{
		{"defaults", nil, []tracee.File{null(0), same(1, 0), same(2, 0)}},
		{"0 is named", []File{HostFD(0, 9)}, []tracee.File{host(0, 9), null(1), same(2, 1)}},
		{"all are named", []File{HostFD(2, 7), HostFD(1, 8), HostFD(0, 9)}, []tracee.File{host(0, 9), host(1, 8), host(2, 7)}},
		{"null is named", []File{Null(5)}, []tracee.File{null(0), same(1, 0), same(2, 0), same(5, 0)}},
		{"the last word wins", []File{HostFD(1, 8), HostFD(1, 9), HostFD(0, 3), Null(0)}, []tracee.File{null(0), host(1, 9), same(2, 0)}},
		{"path", []File{FromPath(1, "/x", unix.O_WRONLY, 0o600)}, []tracee.File{null(0), {Target: 1, Path: "/x", Flags: unix.O_WRONLY, Mode: 0o600, Same: -1, From: -1}, same(2, 0)}},
		{"same", []File{HostFD(1, 8), SameAs(2, 1)}, []tracee.File{null(0), host(1, 8), same(2, 1)}},
		{"chain", []File{SameAs(0, 4), SameAs(4, 2), SameAs(2, 1), HostFD(1, 8)}, []tracee.File{same(0, 1), host(1, 8), same(2, 1), same(4, 1)}},
		{"same as a default", []File{SameAs(7, 2)}, []tracee.File{null(0), same(1, 0), same(2, 0), same(7, 0)}},
		{"same as the only null", []File{HostFD(0, 9), HostFD(2, 7), SameAs(5, 1)}, []tracee.File{host(0, 9), null(1), host(2, 7), same(5, 1)}},
		{"same as a later null", []File{SameAs(0, 5), SameAs(1, 5), SameAs(2, 5), Null(5)}, []tracee.File{same(0, 5), same(1, 5), same(2, 5), null(5)}},
		{"same as two nulls later", []File{SameAs(0, 6), SameAs(1, 6), SameAs(2, 5), Null(5), Null(6)}, []tracee.File{same(0, 5), same(1, 5), same(2, 5), null(5), same(6, 5)}},
		{"capture", []File{Capture(1, MaxCapture)}, []tracee.File{null(0), {Target: 1, Same: -1, From: -1}, same(2, 0)}},
		{"bytes", []File{Bytes(0, nil)}, []tracee.File{{Target: 0, Same: -1, From: -1}, null(1), same(2, 1)}},
		{"the highest", []File{HostFD(tracee.MaxDescriptor, 9)}, []tracee.File{null(0), same(1, 0), same(2, 0), host(tracee.MaxDescriptor, 9)}},
	} {
		var l lowered
		if err := l.files(test.files); err != nil || !slices.Equal(l.spec.Files, test.want) {
			t.Errorf("%s: %v\n got %+v\nwant %+v", test.name, err, l.spec.Files, test.want)
		}
	}
}

func TestSimFilesRefused(t *testing.T) {
	for _, test := range []struct {
		files []File
		want  string
	}{
		{[]File{Null(-1)}, "descriptor -1 is out of range 0..1023"},
		{[]File{Null(1024)}, "descriptor 1024 is out of range 0..1023"},
		{[]File{SameAs(1, 1)}, "descriptor 1 is the same as itself, by a circle"},
		{[]File{SameAs(1, 2), SameAs(2, 1)}, "descriptor 1 is the same as itself, by a circle"},
		{[]File{SameAs(0, 1), SameAs(1, 2), SameAs(2, 1)}, "descriptor 0 is the same as itself, by a circle"},
		{[]File{SameAs(1, 7)}, "descriptor 1 is to be the same as 7, which is not set"},
		{[]File{SameAs(0, 1), SameAs(1, 7)}, "descriptor 0 is to be the same as 7, which is not set"},
		{[]File{FromPath(4, "", 0, 0)}, "descriptor 4: an empty path"},
		{[]File{Capture(1, MaxCapture+1)}, "descriptor 1: a capture of 1099511627777 bytes is above 1099511627776"},
	} {
		var l lowered
		if err := l.files(test.files); err == nil || err.Error() != test.want {
			t.Errorf("%+v: %v, want %q", test.files, err, test.want)
		}
	}
}

func rlimitOf(l *lowered, resource int) (found []tracee.Rlimit) {
	for _, r := range l.spec.Rlimits {
		if r.Resource == resource {
			found = append(found, r)
		}
	}
	return found
}

func TestSimRlimitsOfLimits(t *testing.T) {
	output, none := uint64(1000), uint64(0)
	host := func(resource int) uint64 {
		var l unix.Rlimit
		if err := unix.Prlimit(0, resource, nil, &l); err != nil {
			t.Fatal(err)
		}
		return l.Max
	}
	dataMax, cpuMax, coreMax := host(unix.RLIMIT_DATA), host(unix.RLIMIT_CPU), host(unix.RLIMIT_CORE)
	for _, test := range []struct {
		name     string
		config   Config
		resource int
		want     uint64 // soft and hard; MaxUint64-1: no such rlimit
	}{
		{"core is off", Config{}, unix.RLIMIT_CORE, min(1, coreMax)},
		{"no cpu", Config{}, unix.RLIMIT_CPU, math.MaxUint64 - 1},
		{"cpu", Config{Limits: Limits{CPU: time.Second}}, unix.RLIMIT_CPU, min(3, cpuMax)},
		{"cpu, 1 ns", Config{Limits: Limits{CPU: 1}}, unix.RLIMIT_CPU, min(3, cpuMax)},
		{"cpu, rounded up", Config{Limits: Limits{CPU: time.Second + 1}}, unix.RLIMIT_CPU, min(4, cpuMax)},
		{"no memory", Config{}, unix.RLIMIT_DATA, math.MaxUint64 - 1},
		{"memory", Config{Limits: Limits{Memory: 1 << 20}}, unix.RLIMIT_DATA, min(1<<20+1<<30, dataMax)},
		{"much memory", Config{Limits: Limits{Memory: 4 << 30}}, unix.RLIMIT_DATA, min(8<<30, dataMax)},
		{"endless memory", Config{Limits: Limits{Memory: 1 << 63}}, unix.RLIMIT_DATA, dataMax},
		{"stack", Config{Limits: Limits{Stack: 1 << 20}}, unix.RLIMIT_STACK, 1 << 20},
		{"no stack", Config{}, unix.RLIMIT_STACK, math.MaxUint64 - 1},
		{"output", Config{Limits: Limits{Output: &output}}, unix.RLIMIT_FSIZE, 1000},
		{"no output", Config{}, unix.RLIMIT_FSIZE, math.MaxUint64 - 1},
		{"output of nothing", Config{Limits: Limits{Output: &none}}, unix.RLIMIT_FSIZE, 0},
		{"open files", Config{Limits: Limits{OpenFiles: 7}}, unix.RLIMIT_NOFILE, 7},
		{"processes are the tracer's", Config{Limits: Limits{Processes: 3}}, unix.RLIMIT_NPROC, math.MaxUint64 - 1},
		{"an rlimit wins", Config{Limits: Limits{OpenFiles: 7}, Rlimits: []Rlimit{{unix.RLIMIT_NOFILE, 9, 9}}}, unix.RLIMIT_NOFILE, 9},
		{"the last rlimit wins", Config{Rlimits: []Rlimit{{unix.RLIMIT_CORE, 9, 9}, {unix.RLIMIT_CORE, 8, 8}}}, unix.RLIMIT_CORE, 8},
	} {
		var l lowered
		l.limitsOf(&test.config)
		got := rlimitOf(&l, test.resource)
		switch {
		case test.want == math.MaxUint64-1:
			if len(got) != 0 {
				t.Errorf("%s: %+v, want none", test.name, got)
			}
		case len(got) != 1 || got[0].Soft != test.want || got[0].Max != test.want:
			t.Errorf("%s: %+v, want %d once", test.name, got, test.want)
		}
	}
}

func TestSimTracerLimits(t *testing.T) {
	output := uint64(1000)
	c := &Config{Limits: Limits{
		CPU: 5, Wall: 6, Memory: 7 << 20, Output: &output, Processes: 3, ForkErrno: unix.EAGAIN,
	}}
	var l lowered
	l.limitsOf(c)
	if got := l.limits; got.CPU != 5 || got.Wall != 6 || got.Memory != 7<<20 || got.Processes != 3 || got.ForkErrno != unix.EAGAIN ||
		got.FileSize != 1000 || got.AddressSpace != 0 || got.DataLimit != rlimitOf(&l, unix.RLIMIT_DATA)[0].Soft || l.output != 1000 {
		t.Errorf("%+v, output %d", l.limits, l.output)
	}
	c.Rlimits = []Rlimit{{unix.RLIMIT_DATA, 5 << 20, 9 << 20}, {unix.RLIMIT_AS, 1 << 30, 2 << 30}, {unix.RLIMIT_FSIZE, 999, 2000}}
	l = lowered{}
	if l.limitsOf(c); l.limits.DataLimit != 5<<20 || l.limits.AddressSpace != 1<<30 || l.limits.FileSize != 0 {
		t.Errorf("with rlimits: %+v", l.limits)
	}
	c.Rlimits = []Rlimit{{unix.RLIMIT_FSIZE, 1000, 2000}}
	l = lowered{}
	if l.limitsOf(c); l.limits.FileSize != 1000 {
		t.Errorf("an equal file size: %+v", l.limits)
	}
	l = lowered{output: math.MaxUint64}
	if l.limitsOf(&Config{}); l.limits.FileSize != 0 || l.output != math.MaxUint64 || l.limits.DataLimit != 0 {
		t.Errorf("without limits: %+v, output %d", l.limits, l.output)
	}
}

func TestLiveBackupIsClamped(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_RTTIME, nil, &before); err != nil {
		t.Fatal(err)
	}
	var l lowered
	want := min(before.Max, uint64(1<<62))
	if got := l.backup(unix.RLIMIT_RTTIME, 1<<62); got != want || l.spec.Rlimits[0].Max != want {
		t.Errorf("%d, %+v, want %d", got, l.spec.Rlimits, want)
	}
	var files unix.Rlimit
	unix.Prlimit(0, unix.RLIMIT_NOFILE, nil, &files)
	if got := l.backup(unix.RLIMIT_NOFILE, files.Max+1); got != files.Max {
		t.Errorf("%d is above the host's %d", got, files.Max)
	}
	if got := l.backup(unix.RLIMIT_NOFILE, files.Max-1); got != files.Max-1 {
		t.Errorf("%d, want %d", got, files.Max-1)
	}
}

func TestSimCheck(t *testing.T) {
	nice, umask := func(n int) *int { return &n }, func(n uint32) *uint32 { return &n }
	args := []string{"/bin/true"}
	for _, test := range []struct {
		config Config
		want   string
	}{
		{Config{}, "no program: argv is empty, or its first string is"},
		{Config{Args: []string{""}}, "no program: argv is empty, or its first string is"},
		{Config{Args: []string{"a\x00b"}}, `a NUL byte in "a\x00b"`},
		{Config{Args: []string{"a", "\x00"}}, `a NUL byte in "\x00"`},
		{Config{Args: args, Env: []string{"A=\x00"}}, `a NUL byte in "A=\x00"`},
		{Config{Args: args, Dir: "/\x00"}, `a NUL byte in "/\x00"`},
		{Config{Args: args, Files: []File{FromPath(0, "f\x00", 0, 0)}}, `a NUL byte in "f\x00"`},
		{Config{Args: args, Env: []string{"A"}}, `environment entry "A" is not NAME=value`},
		{Config{Args: args, Env: []string{"A=1", "=x"}}, `environment entry "=x" is not NAME=value`},
		{Config{Args: args, Env: []string{""}}, `environment entry "" is not NAME=value`},
		{Config{Args: args, Limits: Limits{CPU: -1}}, "a negative limit"},
		{Config{Args: args, Limits: Limits{Wall: -1}}, "a negative limit"},
		{Config{Args: args, Limits: Limits{Processes: -1}}, "a negative limit"},
		{Config{Args: args, Rlimits: []Rlimit{{Resource: -1}}}, "unknown resource limit -1"},
		{Config{Args: args, Rlimits: []Rlimit{{Resource: 16}}}, "unknown resource limit 16"},
		{Config{Args: args, Rlimits: []Rlimit{{unix.RLIMIT_CPU, 3, 2}}}, "RLIMIT_CPU: the soft limit 3 is above the hard limit 2"},
		{Config{Args: args, CPUs: []int{0, -1}}, "CPU -1 is out of range"},
		{Config{Args: args, CPUs: []int{4096}}, "CPU 4096 is out of range"},
		{Config{Args: args, Nice: nice(20)}, "nice value 20 is out of range -20..19"},
		{Config{Args: args, Nice: nice(-21)}, "nice value -21 is out of range -20..19"},
		{Config{Args: args, Umask: umask(0o1000)}, "umask 01000 is above 0777"},
		{Config{Args: args, IDs: &IDs{math.MaxUint32, 0}}, "-1 is not a user or group id"},
		{Config{Args: args, IDs: &IDs{0, math.MaxUint32}}, "-1 is not a user or group id"},
		{Config{Args: args, Files: []File{Null(1024)}}, "descriptor 1024 is out of range 0..1023"},
	} {
		_, err := lower(&test.config)
		var failed *Error
		if !errors.As(err, &failed) || failed.Code != CodeEINVAL || failed.Message != test.want || failed.Step != StepNone {
			t.Errorf("%+v\n got %v\nwant %s", test.config, err, test.want)
		}
	}
	for _, config := range []Config{
		{Args: args, Nice: nice(19), Umask: umask(0o777), CPUs: []int{0, 4095}, IDs: &IDs{1, 1}, Env: []string{"A=", "B=c=d"}},
		{Args: []string{"x", ""}, Nice: nice(-20), Umask: umask(0), Rlimits: []Rlimit{{15, 1, 1}, {unix.RLIMIT_CPU, math.MaxUint64, math.MaxUint64}}},
	} {
		if _, err := lower(&config); err != nil {
			t.Errorf("%+v: %v", config, err)
		}
	}
}

// What cannot mean anything must not be taken for something else.
func TestSimCheckRefusesWhatHasNoMeaning(t *testing.T) {
	minus := -1
	for name, config := range map[string]Config{
		"a negative program descriptor": {Args: []string{"/bin/true"}, ExecFD: &minus},
		"a fork errno above 4095":       {Args: []string{"/bin/true"}, Limits: Limits{Processes: 1, ForkErrno: 1 << 16}},
	} {
		if l, err := lower(&config); err == nil {
			t.Errorf("%s is accepted: ExecFD %d, fork errno %d", name, l.spec.ExecFD, l.limits.ForkErrno)
		}
	}
}

func TestSimLowerCopiesTheRest(t *testing.T) {
	nice, umask, fd := 3, uint32(0o22), 5
	l, err := lower(&Config{
		Args: []string{"x", "y"}, Env: []string{"PATH=/a"}, Dir: "/d", ExecFD: &fd, CPUs: []int{1, 64}, Nice: &nice, Umask: &umask, IDs: &IDs{7, 8},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &l.spec
	if strings.Join(s.Paths, " ") != "/a/x" || len(s.Args) != 2 || s.Dir != "/d" || s.ExecFD != 5 || s.CPUs[0] != 2 || s.CPUs[1] != 1 ||
		*s.Nice != 3 || *s.Umask != 0o22 || *s.IDs != (tracee.IDs{UID: 7, GID: 8}) {
		t.Errorf("%+v", s)
	}
	if l, _ := lower(&Config{Args: []string{"x"}}); l.spec.ExecFD != -1 || l.spec.CPUs != nil || l.spec.IDs != nil {
		t.Errorf("%+v", l.spec)
	}
}
