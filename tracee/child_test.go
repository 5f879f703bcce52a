package tracee

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// run starts a child, untraced, and waits for its end. The error is nil when the program was executed.
func run(t *testing.T, spec *Spec) (unix.WaitStatus, *Error) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if spec.Files == nil {
		spec.Files = []File{{Target: 0, Path: "/dev/null", Flags: unix.O_RDWR}, {Target: 1, Same: 0}, {Target: 2, Same: 0}}
	}
	c, err := Prepare(spec)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if c.PIDFD() < 0 || c.PID <= 0 {
		t.Errorf("pid %d, pidfd %d", c.PID, c.PIDFD())
	}
	c.Release()
	var status unix.WaitStatus
	for {
		_, err = unix.Wait4(int(c.PID), &status, unix.WALL, nil)
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Ended()
	if init := c.plan.namespaces.init; init > 0 {
		sys.Await(init)
	}
	if f := c.Failure(); f.Errno != 0 {
		return status, f
	}
	return status, nil
}

// output runs a shell script and gives what it writes.
func output(t *testing.T, spec *Spec, script string) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	spec.Paths, spec.ExecFD, spec.Args = []string{"/bin/sh"}, -1, []string{"sh", "-c", script}
	spec.Files = append(spec.Files, File{Target: 1, Same: -1, From: int(write.Fd())}, File{Target: 2, Same: 1})
	status, failed := run(t, spec)
	write.Close()
	text, err := io.ReadAll(read)
	if failed != nil || status != 0 || err != nil {
		t.Fatalf("%v, status %#x, %v, %q", failed, status, err, text)
	}
	return strings.TrimSpace(string(text))
}

func null(target int) File {
	return File{Target: target, Path: "/dev/null", Same: -1, Flags: unix.O_RDWR}
}

func TestLiveStartFailures(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := write("plain", "#!/bin/sh\n", 0o644)
	nonsense := write("nonsense", "nonsense\n", 0o755)
	script := write("script", "#!/nosuchinterpreter\n", 0o755)
	const missing, absent = "/nosuchdir/a", "/nosuchdir/b"
	truth := "/bin/true"
	nice, closed := 5, 900
	paths := func(p ...string) *Spec { return &Spec{Paths: p, ExecFD: -1, Args: []string{"x"}} }
	with := func(change func(*Spec)) *Spec {
		s := paths(truth)
		change(s)
		return s
	}
	for name, test := range map[string]struct {
		spec *Spec
		want Error
	}{
		"missing program":    {paths(missing), Error{StepExec, 0, unix.ENOENT}},
		"both missing":       {paths(missing, absent), Error{StepExec, 0, unix.ENOENT}},
		"no path at all":     {paths(), Error{StepExec, 0, unix.ENOENT}},
		"not executable":     {paths(plain), Error{StepExec, 0, unix.EACCES}},
		"EACCES, ENOENT":     {paths(plain, missing), Error{StepExec, 0, unix.EACCES}},
		"ENOENT, EACCES":     {paths(missing, plain), Error{StepExec, 1, unix.EACCES}},
		"ENOENT between":     {paths(missing, plain, absent), Error{StepExec, 1, unix.EACCES}},
		"ENOTDIR":            {paths(plain + "/x"), Error{StepExec, 0, unix.ENOTDIR}},
		"ENOTDIR, EACCES":    {paths(plain+"/x", plain), Error{StepExec, 1, unix.EACCES}},
		"ENOEXEC ends it":    {paths(nonsense, truth), Error{StepExec, 0, unix.ENOEXEC}},
		"ENOENT, ENOEXEC":    {paths(missing, nonsense, truth), Error{StepExec, 1, unix.ENOEXEC}},
		"a directory":        {paths(dir), Error{StepExec, 0, unix.EACCES}},
		"no interpreter":     {paths(script), Error{StepExec, 0, unix.ENOENT}},
		"closed program":     {with(func(s *Spec) { s.ExecFD = closed }), Error{StepDescriptors, 3, unix.EBADF}},
		"missing dir":        {with(func(s *Spec) { s.Dir = missing }), Error{StepDir, -1, unix.ENOENT}},
		"dir is a file":      {with(func(s *Spec) { s.Dir = plain }), Error{StepDir, -1, unix.ENOTDIR}},
		"missing file":       {with(func(s *Spec) { s.Files = []File{null(0), {Target: 4, Path: missing}} }), Error{StepOpen, 4, unix.ENOENT}},
		"file is a dir":      {with(func(s *Spec) { s.Files = []File{{Target: 2, Path: dir, Flags: unix.O_WRONLY}} }), Error{StepOpen, 2, unix.EISDIR}},
		"bad descriptor":     {with(func(s *Spec) { s.Files = []File{null(0), {Target: 1, Same: -1, From: closed}} }), Error{StepDescriptors, 1, unix.EBADF}},
		"bad low descriptor": {with(func(s *Spec) { s.Files = []File{{Target: 1, Same: -1, From: -1}} }), Error{StepDescriptors, 1, unix.EBADF}},
		"same as nothing":    {with(func(s *Spec) { s.Files = []File{{Target: 1, Same: 901}} }), Error{StepDescriptors, 1, unix.EBADF}},
		"rlimit above hard": {with(func(s *Spec) {
			s.Rlimits = []Rlimit{{unix.RLIMIT_CORE, 0, 0}, {unix.RLIMIT_NOFILE, 1, math.MaxUint64}} // above fs.nr_open: not even for root
		}), Error{StepRlimit, unix.RLIMIT_NOFILE, unix.EPERM}},
		"soft above hard": {with(func(s *Spec) { s.Rlimits = []Rlimit{{unix.RLIMIT_CPU, 2, 1}} }), Error{StepRlimit, unix.RLIMIT_CPU, unix.EINVAL}},
		"no such rlimit":  {with(func(s *Spec) { s.Rlimits = []Rlimit{{99, 1, 1}} }), Error{StepRlimit, 99, unix.EINVAL}},
		"no CPU":          {with(func(s *Spec) { s.Nice, s.CPUs = &nice, &sys.CPUSet{63: 1 << 63} }), Error{StepAffinity, -1, unix.EINVAL}},
		"bad filter":      {with(func(s *Spec) { s.Filter = []unix.SockFilter{{Code: 0xffff}} }), Error{StepSeccomp, -1, unix.EINVAL}},
		"long argument":   {with(func(s *Spec) { s.Args = []string{strings.Repeat("x", 1<<20)} }), Error{StepExec, 0, unix.E2BIG}},
	} {
		t.Run(name, func(t *testing.T) {
			status, failed := run(t, test.spec)
			if failed == nil || *failed != test.want {
				t.Fatalf("%v (status %#x), want %v", failed, status, &test.want)
			}
			if !status.Exited() || status.ExitStatus() != 1 {
				t.Errorf("the child's status is %#x", status)
			}
		})
	}
}

func TestLiveStartCandidates(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, paths := range [][]string{{"/bin/true"}, {"/nosuchdir/x", "/bin/true"}, {plain, "/bin/true", "/bin/false"}, {plain + "/x", plain, "/bin/true"}} {
		if status, failed := run(t, &Spec{Paths: paths, ExecFD: -1, Args: []string{"true"}}); failed != nil || status != 0 {
			t.Errorf("%v: %v, status %#x", paths, failed, status)
		}
	}
}

func TestLiveExecFD(t *testing.T) {
	file, err := os.Open("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	spec := &Spec{Paths: []string{"/bin/false"}, ExecFD: int(file.Fd()), Args: []string{"true"}}
	if status, failed := run(t, spec); failed != nil || status != 0 {
		t.Errorf("%v, status %#x", failed, status)
	}
}

// Every permutation of the host's numbers 0 to 3 as the program's.
func TestLiveDescriptorPermutations(t *testing.T) {
	dir := t.TempDir()
	var from [3]int
	for i := range from {
		fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		if err != nil {
			t.Skip(err)
		}
		defer unix.Close(fd)
		unix.Write(fd, []byte(fmt.Sprint("file", i)))
		from[i] = fd
	}
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}, {0, 0, 0}} {
		spec := &Spec{}
		// The targets are the sources' own numbers, so that each lies in another's way.
		script, want := "", ""
		for i, source := range order {
			spec.Files = append(spec.Files, File{Target: from[i], Same: -1, From: from[source]})
			script += fmt.Sprintf("cat /proc/self/fd/%d; ", from[i])
			want += fmt.Sprint("file", source)
		}
		spec.Files = append(spec.Files, null(0))
		if got := output(t, spec, script); got != want {
			t.Errorf("%v: %q, want %q", order, got, want)
		}
	}
}

func TestLiveWhatTheProgramHas(t *testing.T) {
	umask, nice := uint32(0o027), 7
	cpu := sys.CPU()
	only := sys.Only(cpu)
	fd, err := unix.Dup(0) // not close-on-exec: must be closed all the same
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for _, test := range []struct {
		name, script, want string
		spec               Spec
	}{
		{"dir", "pwd", "/proc", Spec{Dir: "/proc"}},
		{"environment", "echo $A", "b c", Spec{Env: []string{"A=b c"}}},
		{"umask", "umask", "0027", Spec{Umask: &umask}},
		{"nice", "nice", "7", Spec{Nice: &nice, Env: []string{"PATH=/usr/bin:/bin"}}},
		{"open files", "ulimit -n; ulimit -Hn", "33\n44", Spec{Rlimits: []Rlimit{{unix.RLIMIT_NOFILE, 33, 44}}}},
		{"affinity", "grep Cpus_allowed_list /proc/self/status | tr -dc 0-9", fmt.Sprint(cpu), Spec{CPUs: &only}},
		{"no_new_privs", "grep NoNewPrivs /proc/self/status | tr -dc 0-9", "1", Spec{}},
		{"no signal is ignored or blocked", "grep -E 'Sig(Ign|Blk)' /proc/self/status | tr -dc 1-9", "", Spec{}},
		{"a session", "read -r x < /proc/$$/stat; set -- $x; [ $1 = $6 ] && echo leader", "leader", Spec{}},
		// A shell may show the directory that it reads, as 3.
		{"no other descriptor", "cd /proc/$$/fd; echo *", "0 1 2 3", Spec{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec := test.spec
			spec.Files = []File{null(0)}
			if got := output(t, &spec, test.script); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// A child that is killed at the gate has no errno, but a step.
func TestLiveKilledAtTheGate(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := Prepare(&Spec{Paths: []string{"/bin/true"}, ExecFD: -1, Args: []string{"true"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for begin := sys.Monotonic(); Step(c.Failure().Step) != StepTrace && sys.Monotonic()-begin < 5e9; {
		runtime.Gosched()
	}
	unix.Kill(int(c.PID), unix.SIGKILL)
	var status unix.WaitStatus
	if _, err := unix.Wait4(int(c.PID), &status, unix.WALL, nil); err != nil || status.Signal() != unix.SIGKILL {
		t.Errorf("%v, status %#x", err, status)
	}
	if f := c.Failure(); *f != (Error{StepTrace, -1, 0}) {
		t.Errorf("%+v", f)
	}
}

func TestLiveCloseTwice(t *testing.T) {
	c, err := Prepare(&Spec{Paths: []string{"/bin/true"}, ExecFD: -1})
	if err != nil {
		t.Fatal(err)
	}
	if c.PIDFD() != -1 {
		t.Errorf("pidfd %d before the start", c.PIDFD())
	}
	c.Close()
	c.Close()
}

// The program enters a ruleset that forbids all: not even itself can be executed.
func TestLiveLandlock(t *testing.T) {
	version, err := sys.LandlockVersion()
	if err != nil {
		t.Skip(err)
	}
	fd, err := sys.NewLandlock(version, unix.LANDLOCK_ACCESS_FS_EXECUTE, sys.LandlockWalls{})
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	spec := func() *Spec {
		return &Spec{Paths: []string{"/bin/true"}, ExecFD: -1, Args: []string{"true"}, Landlock: &fd}
	}
	if _, failed := run(t, spec()); failed == nil || *failed != (Error{StepExec, 0, unix.EACCES}) {
		t.Errorf("%v", failed)
	}
	usr, err := unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(usr)
	if err := sys.AddLandlockPath(fd, usr, unix.LANDLOCK_ACCESS_FS_EXECUTE); err != nil {
		t.Fatal(err)
	}
	if status, failed := run(t, spec()); failed != nil || status != 0 {
		t.Errorf("%v, status %#x", failed, status)
	}
	none := 900
	s := spec()
	s.Landlock = &none
	if _, failed := run(t, s); failed == nil || failed.Errno != unix.EBADF || failed.Step != StepDescriptors {
		t.Errorf("%v", failed)
	}
	s.Landlock = &usr
	if _, failed := run(t, s); failed == nil || *failed != (Error{StepLandlock, -1, unix.EBADF}) {
		t.Errorf("%v", failed)
	}
}
