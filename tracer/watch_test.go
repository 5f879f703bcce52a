package tracer

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gosandbox/internal/sys"
)

func TestSimQueueOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var q queue
	var in []*Run
	check := func() {
		t.Helper()
		for i, r := range q {
			if r.watched.index != i {
				t.Fatalf("run at %d believes to be at %d", i, r.watched.index)
			}
		}
		if len(q) != len(in) {
			t.Fatalf("%d in the queue, want %d", len(q), len(in))
		}
	}
	for range 2000 {
		switch n := random.IntN(4); {
		case n < 2 || len(in) == 0:
			r := NewRun(-1)
			r.watched.at = random.Int64N(100)
			heap.Push(&q, r)
			in = append(in, r)
		case n == 2:
			i := random.IntN(len(in))
			in[i].watched.at = random.Int64N(100)
			heap.Fix(&q, in[i].watched.index)
		default:
			i := random.IntN(len(in))
			heap.Remove(&q, in[i].watched.index)
			if in[i].watched.index != -1 {
				t.Fatalf("a removed run is at %d", in[i].watched.index)
			}
			in = slices.Delete(in, i, i+1)
		}
		check()
	}
	last := int64(-1)
	for len(q) > 0 {
		r := heap.Pop(&q).(*Run)
		if r.watched.at < last || r.watched.index != -1 {
			t.Fatalf("%d after %d, index %d", r.watched.at, last, r.watched.index)
		}
		last = r.watched.at
	}
}

// No process is live here, so what was spent is all there is.
func TestSimNextLook(t *testing.T) {
	const now, never = int64(1e12), int64(math.MaxInt64)
	for name, test := range map[string]struct {
		limits  Limits
		running bool
		over    bool
		spent   int64
		end     int64 // deadline
		used    uint64
		threads int
		want    int64
	}{
		"no limit":           {running: true, want: never},
		"over":               {over: true, limits: Limits{CPU: 1}, want: 0},
		"not executed":       {limits: Limits{CPU: 1e9, Memory: 1}, want: never},
		"not executed, wall": {limits: Limits{CPU: 1e9}, end: now + 5, want: now + 5},
		"cpu":                {running: true, limits: Limits{CPU: 1e9}, want: now + 1e9},
		"cpu, partly spent":  {running: true, limits: Limits{CPU: 1e9}, spent: 4e8, want: now + 6e8},
		"cpu, nearly spent":  {running: true, limits: Limits{CPU: 1e9}, spent: 1e9 - 1, want: now + shortestCPU},
		"cpu, overspent":     {running: true, limits: Limits{CPU: 1e9}, spent: 2e9, want: now + shortestCPU},
		"cpu, threads":       {running: true, limits: Limits{CPU: 1e9}, threads: 100000, want: now + 1e9/int64(cpus)},
		"wall before cpu":    {running: true, limits: Limits{CPU: 1e9}, end: now + 1e6, want: now + 1e6},
		"cpu before wall":    {running: true, limits: Limits{CPU: 1e9}, end: now + 1e10, want: now + 1e9},
		"memory":             {running: true, limits: Limits{Memory: 1e9}, want: now + 1e9/growth},
		"memory, partly":     {running: true, limits: Limits{Memory: 1e9}, used: 5e8, want: now + 5e8/growth},
		"memory, over":       {running: true, limits: Limits{Memory: 1e9}, used: 2e9, want: now + shortestMemory},
	} {
		r := NewRun(-1)
		r.Limits, r.executed, r.ended, r.spent, r.deadline = test.limits, test.running, test.over, test.spent, test.end
		r.lastUsed, r.threads = test.used, test.threads
		if got := r.nextLook(now); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// A limit that is as good as none must not bring the next look into the past: the watch would serve that run only.
func TestSimNextLookWithHugeLimits(t *testing.T) {
	const now = int64(1e12)
	for name, limits := range map[string]Limits{
		"cpu":                 {CPU: math.MaxInt64},
		"memory":              {Memory: math.MaxUint64},
		"memory, as an int64": {Memory: math.MaxInt64},
	} {
		r := NewRun(-1)
		r.Limits, r.executed, r.threads = limits, true, 1
		if got := r.nextLook(now); got < now+1e9 {
			t.Errorf("%s: the next look is at %d, %d ns from now", name, got, got-now)
		}
	}
}

func TestSimExceeded(t *testing.T) {
	const now = int64(1e12)
	for name, test := range map[string]struct {
		limits  Limits
		running bool
		over    bool
		spent   int64
		end     int64
		want    Cause
	}{
		"nothing":             {running: true, want: CauseNone},
		"below":               {running: true, limits: Limits{CPU: 100}, spent: 99, end: now + 1, want: CauseNone},
		"cpu":                 {running: true, limits: Limits{CPU: 100}, spent: 100, want: CauseCPU},
		"cpu, not executed":   {limits: Limits{CPU: 100}, spent: 100, want: CauseNone},
		"cpu, over":           {running: true, over: true, limits: Limits{CPU: 100}, spent: 100, want: CauseNone},
		"wall":                {running: true, end: now, want: CauseWall},
		"wall, not executed":  {end: now, want: CauseWall},
		"wall, over":          {over: true, end: now, want: CauseNone},
		"cpu comes before":    {running: true, limits: Limits{CPU: 100}, spent: 100, end: now, want: CauseCPU},
		"memory, none living": {running: true, limits: Limits{Memory: 1}, want: CauseNone},
	} {
		r := NewRun(-1)
		r.Limits, r.executed, r.ended, r.spent, r.deadline = test.limits, test.running, test.over, test.spent, test.end
		if got := r.exceeded(now); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestLiveExceededMemory(t *testing.T) {
	r := NewRun(-1)
	r.executed, r.live = true, []int32{sys.Self()}
	for limit, want := range map[uint64]Cause{1: CauseMemory, 1 << 50: CauseNone} {
		r.Limits.Memory = limit
		if got := r.exceeded(0); got != want {
			t.Errorf("limit %d: %d, want %d", limit, got, want)
		}
	}
}

func TestLiveWaitForAnUnfinishedRun(t *testing.T) {
	r := NewRun(-1)
	begin := sys.Monotonic()
	if r.Wait(begin+20e6) || sys.Monotonic()-begin < 20e6 {
		t.Error("Wait did not wait")
	}
	r.finish()
	if !r.Wait(1) || !r.Wait(0) {
		t.Error("Wait does not see the end")
	}
	r.Kill(CauseCPU) // without a process: only noted
	if r.intent.get() != CauseCPU || r.PID() != 0 {
		t.Errorf("cause %d, pid %d", r.intent.get(), r.PID())
	}
}
