package sys

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestSimSyscallInfoLayout(t *testing.T) {
	var info SyscallInfo
	if unsafe.Offsetof(info.Arch) != 4 || unsafe.Offsetof(info.IP) != 8 || unsafe.Offsetof(info.SP) != 16 || unsafe.Offsetof(info.Body) != 24 {
		t.Errorf("%+v is not struct ptrace_syscall_info", info)
	}
	if n := unsafe.Sizeof(siginfo{}); n != 128 {
		t.Errorf("siginfo has %d bytes", n)
	}
}

// The whole path of a stop: it is seen, told of, and resumed, without an allocation.
func TestLiveStop(t *testing.T) {
	tid := newStopped(t)
	event, err := WaitAny()
	if err != nil || event.TID != tid || event.Exited() || event.Code != Trapped || event.Status != int32(unix.SIGTRAP) {
		t.Fatalf("%+v, %v", event, err)
	}
	if err := ptrace(unix.PTRACE_SETOPTIONS, tid, TraceOptions); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(){
		"WaitAny":        func() { WaitAny() },
		"GetSyscallInfo": func() { GetSyscallInfo(tid) },
		"EventMessage":   func() { EventMessage(tid) },
		"CurrentSyscall": func() { CurrentSyscall(tid) },
		"SameProcess":    func() { SameProcess(Self(), tid) },
		"ReadMemory":     func() { ReadMemory(tid) },
		"ProcessCPU":     func() { ProcessCPU(tid) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	refused := 0
	seen := map[int64]int{}
	for range 10000 {
		if err := ResumeToExit(tid); err != nil {
			t.Fatal(err)
		}
		event, err := WaitAny()
		if err != nil {
			t.Fatal(err)
		}
		if event.Exited() {
			break
		}
		if event.Status != int32(unix.SIGTRAP)|0x80 {
			continue
		}
		info, err := GetSyscallInfo(tid)
		if err != nil {
			t.Fatal(err)
		}
		switch info.Op {
		case SyscallInfoEntry:
			nr := int64(info.Body[0])
			seen[nr]++
			if got := CurrentSyscall(tid); got != nr {
				t.Errorf("registers tell call %d, info %d", got, nr)
			}
			if nr == unix.SYS_EXIT_GROUP {
				refused = -1
			} else if nr == unix.SYS_BRK && refused == 0 {
				refused = 1
				if err := RefuseSyscall(tid, unix.EXDEV); err != nil {
					t.Fatal(err)
				}
			}
		case SyscallInfoExit:
			if refused == 1 {
				refused = 2
				if got := unix.Errno(-int64(info.Body[0])); got != unix.EXDEV {
					t.Errorf("the refused call gave %d", int64(info.Body[0]))
				}
			}
		}
	}
	if len(seen) == 0 || refused == 0 || refused == 1 {
		t.Errorf("calls seen: %v, refused %d", seen, refused)
	}
}

func TestLiveRequestsToAStranger(t *testing.T) {
	if _, err := GetSyscallInfo(Self()); err != unix.ESRCH {
		t.Errorf("GetSyscallInfo: %v", err)
	}
	if err := Resume(Self(), 0); err != unix.ESRCH {
		t.Errorf("Resume: %v", err)
	}
	if err := RefuseSyscall(Self(), unix.EPERM); err != unix.ESRCH {
		t.Errorf("RefuseSyscall: %v", err)
	}
	if nr := CurrentSyscall(Self()); nr != -1 {
		t.Errorf("CurrentSyscall: %d", nr)
	}
}
