package tracer

import (
	"sync/atomic"

	"gosandbox/internal/fault"
	"gosandbox/internal/sys"
)

// remote reads memory of stopped tasks for the supervising thread. A page may never arrive (userfaultfd, FUSE), and while the supervisor waited
// for it not even the death of the program would end the wait: that takes its service. So a thread apart reads. One that has not come
// back in time is left to it until it has; meanwhile no memory is read, and addresses are shown.
type remote struct {
	tid     int32  // whose memory it is
	word    uint32 // futex, below
	asked   int32  // tid, for the thread
	begun   bool
	failed  bool // there is no thread
	fault   any  // that has ended the thread
	address uint64
	want    int
	got     int
	buffer  [4096]byte
}

const (
	remoteIdle  uint32 = iota
	remoteAsked        // the thread has something to read
	remoteEnd          // it shall end
	remoteOver         // it has
)

// leaving is how long the end of a stuck reader is waited for after the program is dead, in ns.
const leaving = 1_000_000_000

// Read implements calls.Memory.
func (m *remote) Read(address uint64, buffer []byte) int {
	if m.failed || len(buffer) == 0 || atomic.LoadUint32(&m.word) != remoteIdle {
		return 0
	}
	if !m.begun {
		m.begun = sys.StartThread(m.serve) == nil
		if m.failed = !m.begun; m.failed {
			return 0
		}
	}
	m.asked, m.address, m.want = m.tid, address, min(len(buffer), len(m.buffer))
	atomic.StoreUint32(&m.word, remoteAsked)
	sys.FutexWake(&m.word, 1)
	for deadline := sys.Monotonic() + patience/10; atomic.LoadUint32(&m.word) == remoteAsked; {
		if sys.Monotonic() >= deadline {
			return 0
		}
		sys.FutexWait(&m.word, remoteAsked, deadline)
	}
	if m.fault != nil { // of the run, therefore
		panic(m.fault)
	}
	return copy(buffer, m.buffer[:m.got])
}

// serve is the life of the thread.
func (m *remote) serve() {
	defer func() {
		if p := recover(); p != nil {
			m.fault = p
			atomic.StoreUint32(&m.word, remoteOver)
			sys.FutexWake(&m.word, 1)
		}
	}()
	for {
		switch atomic.LoadUint32(&m.word) {
		case remoteIdle:
			sys.FutexWait(&m.word, remoteIdle, 0)
		case remoteAsked:
			fault.At(fault.Read)
			n, err := sys.CopyIn(m.asked, m.address, m.buffer[:m.want])
			if m.got = n; err != nil {
				m.got = 0
			}
			atomic.CompareAndSwapUint32(&m.word, remoteAsked, remoteIdle)
			sys.FutexWake(&m.word, 1)
		default:
			atomic.StoreUint32(&m.word, remoteOver)
			sys.FutexWake(&m.word, 1)
			return
		}
	}
}

// end ends the thread, when the tree is dead.
func (m *remote) end() {
	if !m.begun || m.fault != nil {
		return
	}
	atomic.StoreUint32(&m.word, remoteEnd)
	sys.FutexWake(&m.word, 1)
	for deadline := sys.Monotonic() + leaving; atomic.LoadUint32(&m.word) != remoteOver && sys.Monotonic() < deadline; {
		sys.FutexWait(&m.word, remoteEnd, deadline)
	}
	m.begun = false
}
