package tracer

import "testing"

func TestSimSplit(t *testing.T) {
	for _, test := range []struct{ cpu, user, system, wantUser, wantSystem int64 }{
		{0, 0, 0, 0, 0},
		{100, 0, 0, 100, 0},
		{100, 1, 0, 100, 0},
		{100, 0, 1, 0, 100},
		{100, 1, 1, 50, 50},
		{1000, 3, 1, 750, 250},
		{0, 5, 5, 0, 0},
		{3, 1, 1, 1, 2},
		{1e15, 1, 2, 333333333333333, 666666666666667},
		{7e12, 7e12, 0, 7e12, 0},
	} {
		user, system := split(test.cpu, test.user, test.system)
		if user != test.wantUser || system != test.wantSystem {
			t.Errorf("split(%d, %d, %d) = %d, %d, want %d, %d", test.cpu, test.user, test.system, user, system, test.wantUser, test.wantSystem)
		}
		if user+system != test.cpu || user < 0 || system < 0 {
			t.Errorf("split(%d, %d, %d) = %d, %d: not the sum", test.cpu, test.user, test.system, user, system)
		}
	}
}

// A reset forgets all of the last run but the tables' memory.
func TestSimReset(t *testing.T) {
	s := &supervisor{root: 5, alive: 3, reserved: 1, killing: true, over: true, begun: 7, atExit: 8, maxrss: 9}
	s.tasks.put(5)
	s.processes.put(5)
	s.early.put(6)
	r := NewRun(-1)
	s.reset(r)
	if s.run != r || s.root != 0 || s.alive != 0 || s.reserved != 0 || s.killing || s.over || s.begun != 0 || s.atExit != 0 || s.maxrss != 0 {
		t.Errorf("after the reset: %+v", s)
	}
	if s.tasks.get(5) != nil || s.processes.get(5) != nil || s.early.get(6) != nil || len(s.tasks.slots) == 0 {
		t.Error("the tables are not empty, or have lost their memory")
	}
}

// Threads and processes of a tree, as they come and go.
func TestSimTree(t *testing.T) {
	s := &supervisor{}
	r := NewRun(-1)
	s.reset(r)
	s.adopt(100, 100)
	s.adopt(101, 100)
	s.adopt(200, 200)
	if s.alive != 2 || r.threads != 3 || s.processes.get(100).threads != 2 || len(r.live) != 2 || r.outcome.ProcessesPeak != 2 {
		t.Fatalf("alive %d, threads %d, live %v, peak %d", s.alive, r.threads, r.live, r.outcome.ProcessesPeak)
	}
	s.tasks.get(101).forking, s.reserved = true, 1
	s.dying(101, s.tasks.get(101))
	s.dying(101, s.tasks.get(101))
	s.leave(s.tasks.get(101))
	if r.threads != 2 || s.processes.get(100).threads != 1 || s.reserved != 0 {
		t.Errorf("threads %d, of the process %d, reserved %d", r.threads, s.processes.get(100).threads, s.reserved)
	}
	r.pidfd = 3 // while the first process lives
	if pid := r.PID(); pid != 0 {
		t.Errorf("pid %d before the program is executed", pid)
	}
	r.executed = true
	if pid := r.PID(); pid != 100 {
		t.Errorf("pid %d", pid)
	}
	r.died(100)
	r.died(100)
	if len(r.live) != 1 || r.live[0] != 200 {
		t.Errorf("live: %v", r.live)
	}
}
