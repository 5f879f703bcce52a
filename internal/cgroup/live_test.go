package cgroup

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// TestMain plays the parts of other programs, and looks at the end that no group is left.
func TestMain(m *testing.M) {
	switch os.Getenv("CGROUP_TEST") {
	case "maker":
		playMaker()
	case "memory":
		touch()
	}
	code := m.Run()
	if left := leftovers(); len(left) > 0 {
		os.Stderr.WriteString("left behind: " + strings.Join(left, " ") + "\n")
		code = 1
	}
	os.Exit(code)
}

// leftovers are the groups of this process and of the makers that it has killed: not those that others had left before.
func leftovers() []string {
	return slices.DeleteFunc(staleOrOurs(), func(dir string) bool { return slices.Contains(foreign, dir) })
}

var foreign = staleOrOurs()

func staleOrOurs() (left []string) {
	for _, pattern := range []string{"/sys/fs/cgroup/*/" + mark + "*", "/sys/fs/cgroup/" + mark + "*", "/sys/fs/cgroup/memory/*/*/" + mark + "*"} {
		found, _ := filepath.Glob(pattern)
		for _, dir := range found {
			if me := self(); strings.Contains(dir, "-"+strconv.Itoa(int(me.pid))+"-") || me.stale(filepath.Base(dir)) {
				left = append(left, dir)
			}
		}
	}
	return left
}

// site is the place for groups on this machine. Where there is none the answer must be an error that says what to do; root has
// one, or the test fails.
func site(t *testing.T, controllers ...Controller) *Site {
	t.Helper()
	s, err := Find("")
	var refused *Error
	if os.Getuid() == 0 {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range controllers {
			if err := s.Missing(c); err != nil {
				t.Fatal(err)
			}
		}
		return s
	}
	for _, c := range controllers {
		if err == nil {
			err = s.Missing(c)
		}
	}
	if err == nil {
		return s // delegated
	}
	if !errors.As(err, &refused) || refused.Errno == 0 || refused.Remedy == "" || refused.Path == "" {
		t.Fatalf("not a refusal that helps: %#v", err)
	}
	t.Logf("refused as it must be: %v", err)
	return nil
}

func group(t *testing.T, s *Site, l Limits) *Group {
	t.Helper()
	g, err := s.New(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Remove(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// start runs a command inside the groups, by parking the thread that starts it and by CLONE_INTO_CGROUP.
func start(t *testing.T, g *Group, command *exec.Cmd) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if g.V2FD() >= 0 {
		command.SysProcAttr.UseCgroupFD, command.SysProcAttr.CgroupFD = true, g.V2FD()
	}
	if err := g.Park(sys.ThreadID()); err != nil {
		t.Fatal(err)
	}
	err := command.Start()
	if back := g.Unpark(); back != nil {
		t.Fatal(back)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// play is this test program in another part.
func play(part string, args ...string) *exec.Cmd {
	self, _ := os.Executable()
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), "CGROUP_TEST="+part, "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	return c
}

// touch uses memory: args are bytes of anonymous memory and a file to read through.
func touch() {
	n, _ := strconv.Atoi(os.Args[1])
	memory, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
	if err != nil || len(memory) != n {
		os.Exit(3)
	}
	if len(os.Args) > 2 {
		if _, err := os.ReadFile(os.Args[2]); err != nil {
			os.Exit(4)
		}
	}
	os.Exit(0)
}

func TestLiveMembership(t *testing.T) {
	s := site(t, Memory, PIDs, Usage, Kill)
	if s == nil {
		return
	}
	g := group(t, s, Limits{Tasks: 20})
	before, _ := os.ReadFile("/proc/thread-self/cgroup")
	c := exec.Command("cat", "/proc/self/cgroup")
	var out strings.Builder
	c.Stdout = &out
	start(t, g, c)
	c.Wait()
	for _, p := range g.used {
		if !strings.Contains(out.String(), g.name) {
			t.Errorf("not in %s: %s", g.in(p), out.String())
		}
	}
	if n := strings.Count(out.String(), g.name); n != len(g.used) {
		t.Errorf("in %d groups of %d:\n%s", n, len(g.used), out.String())
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if after, _ := os.ReadFile("/proc/thread-self/cgroup"); string(after) != string(before) {
		t.Errorf("the thread has moved from\n%sto\n%s", before, after)
	}
}

// Memory figures hold within 0.7 MiB of what a small program uses beyond its own start, and leave page cache out.
func TestLiveMemoryFigures(t *testing.T) {
	s := site(t, Memory)
	if s == nil {
		return
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	peak := func(bytes int, args ...string) uint64 {
		g := group(t, s, Limits{Memory: 256 << 20})
		c := play("memory", append([]string{strconv.Itoa(bytes)}, args...)...)
		start(t, g, c)
		if err := c.Wait(); err != nil {
			t.Fatal(err)
		}
		f, err := g.Read()
		if err != nil || !f.HasMemory || f.OOMKills != 0 {
			t.Fatalf("%+v, %v", f, err)
		}
		return g.ProgramPeak(&f, 0)
	}
	const used = 48 << 20
	empty := peak(4096)
	for range 3 {
		got := int64(peak(used)) - int64(empty)
		if off := got - used; off < -700<<10 || off > 700<<10 {
			t.Errorf("%d bytes, %d more than were touched", got, off)
		}
	}
}

func TestLiveMemoryLimit(t *testing.T) {
	s := site(t, Memory)
	if s == nil {
		return
	}
	g := group(t, s, Limits{Memory: 32 << 20})
	c := play("memory", strconv.Itoa(64<<20))
	start(t, g, c)
	err := c.Wait()
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Errorf("not killed: %v", err)
	}
	f, err := g.Read()
	if err != nil || f.OOMKills != 1 || !f.Reached || !g.Killed() || f.Peak > 32<<20 {
		t.Errorf("%+v, %v", f, err)
	}
}

// A file four times the limit passes through the page cache and harms nobody.
func TestLivePageCacheIsNotThePrograms(t *testing.T) {
	s := site(t, Memory)
	if s == nil {
		return
	}
	file := filepath.Join(t.TempDir(), "file")
	g := group(t, s, Limits{Memory: 32 << 20})
	c := exec.Command("/bin/sh", "-c", "head -c 96m /dev/zero > "+file+"; cat "+file+" > /dev/null")
	start(t, g, c)
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	f, err := g.Read()
	if err != nil || f.OOMKills != 0 || !f.Reached {
		t.Errorf("%+v, %v", f, err)
	}
	if peak := g.ProgramPeak(&f, 0); peak > 4<<20 {
		t.Errorf("peak %d", peak)
	}
}

func TestLiveCPUFigures(t *testing.T) {
	s := site(t, Usage)
	if s == nil {
		return
	}
	g := group(t, s, Limits{})
	if err := g.Begin(); err != nil {
		t.Fatal(err)
	}
	// The second process is nobody's child at the end, and nobody has waited for it.
	c := exec.Command("/bin/sh", "-c", "(i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done) & i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; wait")
	start(t, g, c)
	c.Wait()
	f, err := g.Read()
	usage := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	f = g.Since(f)
	if off := time.Duration(f.CPU) - usage; err != nil || off < -2*time.Millisecond || off > 10*time.Millisecond+usage/20 {
		t.Errorf("%+v, %v, by wait %v", f, err, usage)
	}
}

// bomb forks until it is refused, and leaves its session; it ends by itself after 20 s.
const bomb = `import os, time
for i in range(8):
    try:
        if os.fork() == 0: os.setsid()
    except OSError: pass
time.sleep(20)`

// Whoever may write into a group of version 2 makes none in it.
func TestLiveNoGroupInside(t *testing.T) {
	g := group(t, site(t, Kill), Limits{})
	dir, unified := g.dir(Kill)
	if !unified {
		t.Fatalf("%s is not of version 2", dir)
	}
	if err := unix.Mkdir(dir+"/inside", 0o755); err != unix.EAGAIN {
		t.Errorf("a group in the group: %v", err)
		unix.Rmdir(dir + "/inside")
	}
}

// A bounded fork bomb of processes that leave their session dies at once and as a whole, by each way of killing.
func TestLiveKill(t *testing.T) {
	for _, way := range []string{"cgroup.kill", "freezer", "list"} {
		t.Run(way, func(t *testing.T) {
			s := site(t, PIDs, Kill)
			if s == nil {
				return
			}
			if way != "cgroup.kill" { // as on a machine without version 2
				own, _ := os.ReadFile("/proc/self/cgroup")
				mountinfo, _ := os.ReadFile("/proc/self/mountinfo")
				var legacy []string
				for _, line := range strings.Split(string(own), "\n") {
					if !strings.HasPrefix(line, "0::") && (way == "freezer" || !strings.Contains(line, ":freezer:")) {
						legacy = append(legacy, line)
					}
				}
				var err error
				if s, err = find(kernel{}, self(), "", string(mountinfo), strings.Join(legacy, "\n")); err != nil {
					t.Fatalf("this machine has no version 1: %v", err)
				}
				if (s.Missing(Freezer) == nil) != (way == "freezer") || s.Missing(Kill) == nil {
					t.Fatal("not the hierarchies that were asked for")
				}
			}
			g := group(t, s, Limits{Tasks: 100})
			c := exec.Command("python3", "-c", bomb)
			start(t, g, c)
			waitFor(t, "the bomb", func() bool { return g.Tasks().Refused > 0 })
			if err := g.Kill(); err != nil {
				t.Fatal(err)
			}
			c.Wait()
			if err := g.Remove(); err != nil {
				t.Fatal(err)
			}
			if left := leftovers(); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

func waitFor(t *testing.T, what string, true func() bool) {
	t.Helper()
	for range 1500 {
		if true() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s did not happen", what)
}

// While a thread of the host is parked the host is on the list of version 1, and must not be killed.
func TestLiveKillSparesTheHost(t *testing.T) {
	s := site(t, PIDs)
	if s == nil {
		return
	}
	g := group(t, s, Limits{})
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := g.Park(sys.ThreadID()); err != nil {
		t.Fatal(err)
	}
	for _, p := range g.used {
		s.killListed(g.in(p))
	}
	if err := g.Remove(); err != nil { // puts the thread back first
		t.Error(err)
	}
}

// playMaker makes a group with a process in it, says so, and waits to be killed.
func playMaker() {
	s, err := Find("")
	if err == nil {
		var g *Group
		if g, err = s.New(Limits{Tasks: 50}); err == nil {
			runtime.LockOSThread()
			c := exec.Command("sleep", "60")
			c.SysProcAttr = &syscall.SysProcAttr{}
			if g.V2FD() >= 0 {
				c.SysProcAttr.UseCgroupFD, c.SysProcAttr.CgroupFD = true, g.V2FD()
			}
			err = errors.Join(g.Park(sys.ThreadID()), c.Start(), g.Unpark())
			os.Stdout.WriteString(g.name + " " + strconv.Itoa(c.Process.Pid) + "\n")
		}
	}
	if err != nil {
		os.Stdout.WriteString("failed: " + err.Error() + "\n")
		os.Exit(1)
	}
	time.Sleep(60 * time.Second)
	os.Exit(0)
}

// The groups of a host that was killed are removed by the next one, with the process in them; those of a living one stay.
func TestLiveSweepAfterAKilledHost(t *testing.T) {
	s := site(t, PIDs)
	if s == nil {
		return
	}
	c := play("maker")
	out, _ := c.StdoutPipe()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, _ := out.Read(line)
	name, number, found := strings.Cut(strings.TrimSpace(string(line[:n])), " ")
	child, _ := strconv.Atoi(number)
	if !found || !strings.HasPrefix(name, mark) || child < 2 {
		t.Fatalf("the maker says %q", line[:n])
	}
	dir := s.where[PIDs].dir + "/" + name
	if site(t); !exists(dir) {
		t.Fatal("the group of a living host was removed")
	}
	pidfd, err := unix.PidfdOpen(child, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pidfd)
	c.Process.Kill()
	c.Wait()
	if !exists(dir) {
		t.Fatal("the group went with its maker, so there is nothing to test")
	}
	site(t)
	if exists(dir) {
		t.Error("the group is still there")
	}
	fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	if n, _ := unix.Poll(fds, 5000); n != 1 {
		t.Error("the process in it lives")
		sys.KillDescriptor(pidfd, unix.SIGKILL)
	}
}

func exists(dir string) bool { _, err := os.Stat(dir); return err == nil }

func BenchmarkGroup(b *testing.B) {
	s, err := Find("")
	if err != nil {
		b.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	step := func(name string, f func(b *testing.B, g *Group)) {
		b.Run(name, func(b *testing.B) {
			g, err := s.New(Limits{})
			if err != nil {
				b.Fatal(err)
			}
			defer g.Remove()
			for b.Loop() {
				f(b, g)
			}
		})
	}
	step("New+Remove", func(b *testing.B, _ *Group) {
		g, err := s.New(Limits{Memory: 64 << 20, Tasks: 100})
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Remove(); err != nil {
			b.Fatal(err)
		}
	})
	step("Park+Unpark", func(b *testing.B, g *Group) {
		if err := errors.Join(g.Park(sys.ThreadID()), g.Unpark()); err != nil {
			b.Fatal(err)
		}
	})
	step("Begin", func(_ *testing.B, g *Group) { g.Begin() })
	step("Read", func(_ *testing.B, g *Group) { g.Read() })
}
