// Package threads keeps idle threads of the library for the next thing that there is to do: making one costs as much as a short run.
package threads

import (
	"slices"
	"sync"
	"sync/atomic"

	"gosandbox/internal/sys"
)

// Worker does the jobs of one thread.
type Worker[Job any] interface {
	// Do tells whether the thread is good for another one. If not, it ends at once, and End is left to the worker.
	Do(Job) bool
	// End tells that the job is over. By then the thread is free for the next one: who is told may start it at once.
	End(Job)
}

// Pool is the idle threads of a kind. A burst of jobs leaves no more of them behind than Most.
type Pool[W Worker[Job], Job any] struct {
	Most int
	Kept int64 // how long one is kept, in ns; 0: for ever

	mu   sync.Mutex
	idle []*Thread[W, Job]
}

// Thread is a thread that does one job after the other, and sleeps on word in between.
type Thread[W Worker[Job], Job any] struct {
	Worker W
	job    Job
	word   uint32 // futex: 1 when there is a job
}

// Take gives an idle thread, which must then be given a job; nil when there is none.
func (p *Pool[W, Job]) Take() *Thread[W, Job] {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return nil
	}
	t := p.idle[last]
	p.idle = slices.Delete(p.idle, last, last+1)
	return t
}

// Give has a thread that was taken do the job.
func (t *Thread[W, Job]) Give(job Job) {
	t.job = job
	atomic.StoreUint32(&t.word, 1)
	sys.FutexWake(&t.word, 1)
}

// Serve makes the calling thread one of the pool: it does this job and those that follow, and returns when it is not kept.
func (p *Pool[W, Job]) Serve(worker W, job Job) {
	t := &Thread[W, Job]{Worker: worker, job: job}
	for {
		job, t.job = t.job, *new(Job)
		if !worker.Do(job) {
			return
		}
		stay := p.retire(t)
		worker.End(job)
		if !stay || !p.rest(t) {
			return
		}
	}
}

// retire puts the thread among the idle ones; false: there are enough.
func (p *Pool[W, Job]) retire(t *Thread[W, Job]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) >= p.Most {
		return false
	}
	p.idle = append(p.idle, t)
	return true
}

// rest sleeps until there is a job; false: the thread has been idle for too long, and is nobody's any more.
func (p *Pool[W, Job]) rest(t *Thread[W, Job]) bool {
	until := int64(0)
	if p.Kept > 0 {
		until = sys.After(p.Kept)
	}
	for atomic.LoadUint32(&t.word) == 0 {
		sys.FutexWait(&t.word, 0, until)
		if until != 0 && sys.Until(until) <= 0 {
			if p.leave(t) {
				return false
			}
			until = 0 // a job is on its way
		}
	}
	atomic.StoreUint32(&t.word, 0)
	return true
}

// leave takes the thread out of the idle ones; false: it is not there.
func (p *Pool[W, Job]) leave(t *Thread[W, Job]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(p.idle, t)
	if i < 0 {
		return false
	}
	p.idle = slices.Delete(p.idle, i, i+1)
	return true
}
