package core

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gosandbox/internal/cgroup"
)

// grouped runs a shell script in control groups. An ordinary user without delegation must be refused with a reason; then there is
// no result.
func grouped(t *testing.T, script string, limits Limits) *Result {
	t.Helper()
	return groupedIn(t, &Cgroup{}, script, limits)
}

func groupedIn(t *testing.T, group *Cgroup, script string, limits Limits) *Result {
	t.Helper()
	c := shell(script)
	c.Cgroup, c.Limits = group, limits
	r, err := Run(context.Background(), c)
	if os.Getuid() != 0 && err != nil {
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != CodeEUNSUPPORTED || refused.Errno == 0 || !strings.Contains(refused.Message, "(") {
			t.Fatalf("not a refusal that helps: %v", err)
		}
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob("/sys/fs/cgroup/*/gosandbox-*-" + strings.TrimSpace(selfNumber()) + "-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return r
}

func selfNumber() string { link, _ := os.Readlink("/proc/self"); return link }

func TestLiveCgroupFigures(t *testing.T) {
	r := grouped(t, "exec head -c 40m /dev/zero | tail -c 30m > /dev/null", Limits{Memory: 256 << 20, CPU: 20 * time.Second, Processes: 5})
	if r == nil {
		return
	}
	expect(t, r, nil, StatusExited)
	for _, f := range []Figure{FigureCPU, FigureUser, FigureSys, FigureMemoryPeak} {
		if r.Sources[f] != SourceCgroup {
			t.Errorf("figure %d from %v", f, r.Sources[f])
		}
	}
	if r.MemoryPeak < 30<<20 || r.MemoryPeak > 36<<20 || r.CPU <= 0 || r.User+r.System != r.CPU {
		t.Errorf("%+v", r)
	}
}

// Two processes that are each below the limit pass it together, also when neither has more than its string any more.
const two = `for i in 1 2; do (x=$(head -c 28m /dev/zero | tr '\0' x); sleep 5) & done; wait`

func TestLiveCgroupMemoryLimitIsThatOfTheTree(t *testing.T) {
	begin := time.Now()
	r := grouped(t, two, Limits{Memory: 50 << 20, Wall: 20 * time.Second})
	if r == nil {
		return
	}
	expect(t, r, nil, StatusMemoryLimit)
	if r.MemoryPeak < 50<<20 || !strings.Contains(r.Message, "of memory, limit 50 MiB") {
		t.Errorf("%+v", r)
	}
	if taken := time.Since(begin); taken > 15*time.Second {
		t.Errorf("ended after %v: the others were left to go on", taken)
	}
}

// The process that passes the limit by itself is the first one.
func TestLiveCgroupMemoryLimitOfOne(t *testing.T) {
	r := grouped(t, `x=$(head -c 60m /dev/zero | tr '\0' x); :`, Limits{Memory: 32 << 20, Wall: 20 * time.Second})
	if r != nil {
		expect(t, r, nil, StatusMemoryLimit)
	}
}

// Page cache fills the group to its limit, and is not the program's.
func TestLiveCgroupPageCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	r := grouped(t, "head -c 128m /dev/zero > "+file+"; cat "+file+" > /dev/null; rm "+file, Limits{Memory: 32 << 20})
	if r == nil {
		return
	}
	expect(t, r, nil, StatusExited)
	if r.MemoryPeak > 8<<20 {
		t.Errorf("peak %d", r.MemoryPeak)
	}
}

// Four processes hold 8 MiB each while page cache fills the group: only samples can tell of all.
func TestLiveCgroupPeakOfTheTreeBesidePageCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	hold := "(x=$(head -c 8m /dev/zero | tr '\\0' x); sleep 1) & "
	r := grouped(t, strings.Repeat(hold, 4)+"sleep 0.4; head -c 192m /dev/zero > "+file+"; rm "+file+"; wait", Limits{Memory: 96 << 20})
	if r == nil {
		return
	}
	expect(t, r, nil, StatusExited)
	// One of them alone has at most 17 MiB, and what the kernel has not added up yet, up to some MiB, is missing.
	if r.MemoryPeak < 22<<20 || r.MemoryPeak > 72<<20 {
		t.Errorf("peak %d", r.MemoryPeak)
	}
}

func TestLiveCgroupKillsAllAtTheWallLimit(t *testing.T) {
	r := grouped(t, "for i in 1 2 3 4 5 6; do (setsid sleep 30 &) ; done; sleep 30", Limits{Wall: 300 * time.Millisecond, Processes: 40})
	if r != nil {
		expect(t, r, nil, StatusWallLimit)
	}
}

func TestSimCgroupLowering(t *testing.T) {
	g := groupLimits(&Limits{Memory: 256 << 20, Processes: 2}, &Cgroup{Quota: 50 * time.Millisecond, Period: 100 * time.Millisecond, CPUs: []int{0, 5}})
	if want := (cgroup.Limits{Memory: 258 << 20, Tasks: 4098, Quota: 50_000, Period: 100_000, CPUs: "0,5"}); g != want {
		t.Errorf("%+v, want %+v", g, want)
	}
	if g := groupLimits(&Limits{Memory: math.MaxUint64}, &Cgroup{}); g != (cgroup.Limits{Memory: math.MaxUint64}) {
		t.Errorf("%+v", g)
	}
	for _, c := range []Cgroup{{Quota: 1}, {Quota: time.Second}, {Quota: time.Second, Period: 2 * time.Second}, {Quota: -1, Period: time.Second}, {CPUs: []int{-1}}, {CPUs: []int{4096}}} {
		if err := c.Check(); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
}

func TestLiveCgroupBandwidth(t *testing.T) {
	bounded := func(c Cgroup, script string) *Result { return groupedIn(t, &c, script, Limits{CPU: 20 * time.Second}) }
	r := bounded(Cgroup{Quota: 5 * time.Millisecond, Period: 50 * time.Millisecond}, "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")
	if r == nil {
		return
	}
	expect(t, r, nil, StatusExited)
	if r.CPU < 20*time.Millisecond || r.Wall < 5*r.CPU {
		t.Errorf("%v of CPU time in %v, a tenth was given", r.CPU, r.Wall)
	}
	r = bounded(Cgroup{CPUs: []int{0}}, "taskset -p -c 0-7 $$; grep -q '^Cpus_allowed_list:.0$' /proc/$$/status")
	expect(t, r, nil, StatusExited)
	if r.ExitCode != 0 {
		t.Error("the program has left its processor")
	}
}

func TestLiveCgroupParentThatIsNotThere(t *testing.T) {
	c := shell(":")
	c.Cgroup = &Cgroup{Parent: "/no-such-group"}
	r, err := Run(context.Background(), c)
	var refused *Error
	if r != nil || !errors.As(err, &refused) || refused.Code != CodeEUNSUPPORTED || refused.Errno != unix.ENOENT {
		t.Errorf("%v, %v", r, err)
	}
}

func TestLiveCgroupFeatures(t *testing.T) {
	for _, f := range []Feature{FeatureCgroupMemory, FeatureCgroupPids, FeatureCgroupCPU, FeatureCgroupCpuset, FeatureCgroupKill} {
		err := Supports(f)
		var missing *Error
		if err != nil && (!errors.As(err, &missing) || missing.Code != CodeEUNSUPPORTED || !strings.Contains(missing.Message, f.String())) {
			t.Errorf("%v: %v", f, err)
		}
		if os.Getuid() == 0 && err != nil {
			t.Errorf("%v is missing for root: %v", f, err)
		}
	}
}

// Every fixture comes to the same end in control groups, but for those whose memory is that of several processes.
func TestLiveCgroupFixtures(t *testing.T) {
	if r := grouped(t, ":", Limits{}); r == nil {
		return
	}
	runFixtures(t, &Cgroup{}, map[string]string{
		"memory_per_process": "// run: memory=64m wall=10 processes=3 => MEMORY_LIMIT",
	})
}

func BenchmarkCgroup(b *testing.B) {
	for name, group := range map[string]*Cgroup{"without": nil, "with": {}} {
		b.Run(name, func(b *testing.B) {
			c := &Config{Args: []string{"../build/bench/nothing"}, Cgroup: group, Limits: Limits{Memory: 64 << 20, CPU: time.Second}}
			for b.Loop() {
				if r, err := Run(context.Background(), c); err != nil || r.Status != StatusExited {
					b.Fatal(r, err)
				}
			}
		})
	}
}
