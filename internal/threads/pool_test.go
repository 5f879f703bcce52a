package threads

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"gosandbox/internal/sys"
)

// job tells which thread has done it.
type job struct {
	held chan struct{} // it lasts until this is closed; nil: not at all
	tid  int32
	over chan struct{}
}

func newJob(held chan struct{}) *job { return &job{held: held, over: make(chan struct{})} }

func (j *job) wait(t *testing.T) int32 {
	t.Helper()
	select {
	case <-j.over:
	case <-time.After(time.Minute):
		t.Fatal("a job is not over after a minute")
	}
	return j.tid
}

type worker struct{}

func (worker) Do(j *job) bool {
	if j.held != nil {
		<-j.held
	}
	j.tid = sys.ThreadID()
	return true
}

func (worker) End(j *job) { close(j.over) }

type pool struct {
	Pool[worker, *job]
	made, ended atomic.Int32
}

func (p *pool) do(t *testing.T, j *job) {
	t.Helper()
	if idle := p.Take(); idle != nil {
		idle.Give(j)
		return
	}
	p.made.Add(1)
	err := sys.StartThread(func() {
		p.Serve(worker{}, j)
		p.ended.Add(1)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eventually asks again and again, for a minute.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within a minute: ", what)
		}
	}
}

// Who sees the end of a job finds its thread idle.
func TestLiveThreadIsKept(t *testing.T) {
	p := pool{Pool: Pool[worker, *job]{Most: 1}}
	first := newJob(nil)
	p.do(t, first)
	tid := first.wait(t)
	for range 100 {
		next := newJob(nil)
		p.do(t, next)
		if got := next.wait(t); got != tid {
			t.Fatalf("done by thread %d, not by %d, which is idle", got, tid)
		}
	}
	if p.made.Load() != 1 {
		t.Errorf("%d threads made", p.made.Load())
	}
}

func TestLiveBurstLeavesNoMoreThanMost(t *testing.T) {
	p := pool{Pool: Pool[worker, *job]{Most: 2}}
	held := make(chan struct{})
	var jobs []*job
	for range 10 {
		j := newJob(held)
		p.do(t, j)
		jobs = append(jobs, j)
	}
	close(held)
	for _, j := range jobs {
		j.wait(t)
	}
	if p.made.Load() != 10 {
		t.Errorf("%d threads made for 10 jobs at once", p.made.Load())
	}
	eventually(t, "8 of 10 threads gone", func() bool { return p.ended.Load() == 8 })
	if p.Take() == nil || p.Take() == nil || p.Take() != nil {
		t.Error("not 2 idle threads")
	}
}

func TestLiveIdleThreadEnds(t *testing.T) {
	p := pool{Pool: Pool[worker, *job]{Most: 1, Kept: 1_000_000}}
	for range 20 { // the next job comes before, at and after the end of the idle thread, and is done in any case
		j := newJob(nil)
		p.do(t, j)
		j.wait(t)
		time.Sleep(time.Millisecond)
	}
	eventually(t, "all threads gone", func() bool { return p.ended.Load() == p.made.Load() })
	if p.Take() != nil {
		t.Error("a thread that has ended is idle")
	}
}

func TestLiveIdleThreadHoldsNoJob(t *testing.T) {
	p := pool{Pool: Pool[worker, *job]{Most: 1}}
	var gone atomic.Int32
	for range 2 {
		j := newJob(nil)
		runtime.AddCleanup(j, func(n *atomic.Int32) { n.Add(1) }, &gone)
		p.do(t, j)
		j.wait(t)
	}
	eventually(t, "the jobs collected", func() bool {
		runtime.GC()
		return gone.Load() == 2
	})
}
