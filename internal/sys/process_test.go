package sys

import (
	"os"
	"runtime"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

func TestLiveThreadGroup(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	done := make(chan struct{})
	other := make(chan int32)
	go func() {
		runtime.LockOSThread()
		other <- ThreadID()
		<-done
	}()
	defer close(done)
	for _, tid := range []int32{Self(), ThreadID(), <-other} {
		if pid, err := ThreadGroup(tid); err != nil || pid != Self() {
			t.Errorf("thread %d: group %d, %v, want %d", tid, pid, err, Self())
		}
		if !SameProcess(Self(), tid) {
			t.Errorf("thread %d is not in process %d", tid, Self())
		}
	}
	if parent := int32(os.Getppid()); parent != 0 {
		if pid, err := ThreadGroup(parent); err != nil || pid == Self() || SameProcess(Self(), parent) {
			t.Errorf("the parent: group %d, %v", pid, err)
		}
	}
	if _, err := ThreadGroup(1<<31 - 1); err != unix.ENOENT {
		t.Errorf("no thread: %v", err)
	}
}

func TestLiveThreadIDs(t *testing.T) {
	if int(Self()) != os.Getpid() {
		t.Errorf("Self is %d", Self())
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, task := range tasks {
		if task.Name() == strconv.Itoa(int(ThreadID())) {
			return
		}
	}
	t.Errorf("thread %d is not among %v", ThreadID(), tasks)
}

func TestLiveSoftLimit(t *testing.T) {
	for name, resource := range map[string]int{
		FileSizeLimit: unix.RLIMIT_FSIZE, DataLimit: unix.RLIMIT_DATA, AddressSpaceLimit: unix.RLIMIT_AS,
		"\nMax core file size": unix.RLIMIT_CORE, "\nMax open files": unix.RLIMIT_NOFILE,
	} {
		var want unix.Rlimit
		if err := unix.Prlimit(0, resource, nil, &want); err != nil {
			t.Fatal(err)
		}
		if got, err := SoftLimit(Self(), name); err != nil || got != want.Cur {
			t.Errorf("%s: %d, %v, want %d", name[1:], got, err, want.Cur)
		}
	}
	zombie := newZombie(t, "sh", "-c", "ulimit -f 8; exec true")
	if got, err := SoftLimit(zombie, FileSizeLimit); err != nil || got != 8*512 && got != 8*1024 {
		t.Errorf("of a child: %d, %v", got, err)
	}
	if _, err := SoftLimit(1<<31-1, DataLimit); err == nil {
		t.Error("a limit of nobody")
	}
}

func TestLiveKillAndInterrupt(t *testing.T) {
	if err := Kill(1<<31-1, 0); err != unix.ESRCH {
		t.Errorf("kill of nobody: %v", err)
	}
	if err := Kill(Self(), 0); err != nil {
		t.Errorf("signal 0 to self: %v", err)
	}
	if err := Interrupt(int32(os.Getppid())); err != unix.ESRCH {
		t.Errorf("interrupting a stranger: %v", err)
	}
	if err := KillDescriptor(-1, 0); err != unix.EBADF {
		t.Errorf("no pidfd: %v", err)
	}
	pidfd, err := unix.PidfdOpen(int(Self()), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pidfd)
	if err := KillDescriptor(pidfd, 0); err != nil {
		t.Errorf("signal 0 by pidfd: %v", err)
	}
}
