package paths

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"gosandbox/internal/seccomp"
	"gosandbox/internal/sys"
)

// The structs and requests of seccomp's user notification.
type (
	notification struct {
		id         uint64
		pid, flags uint32
		nr         int32
		arch       uint32
		ip         uint64
		args       [6]uint64
	}
	response struct {
		id    uint64
		val   int64
		err   int32
		flags uint32
	}
)

const (
	notifyReceive = 0xc0502100
	notifySend    = 0xc0182101
	notifyValid   = 0x40082102
	notifyFlags   = 0x40082104
)

func control[T any](fd int, request uintptr, v *T) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(v)))
	return errno
}

// built compiles a program of testdata, once.
func built(t testing.TB, name string) string {
	t.Helper()
	programs.Lock()
	defer programs.Unlock()
	if path := programs.paths[name]; path != "" {
		return path
	}
	if programs.dir == "" {
		dir, err := os.MkdirTemp("", "gosandbox-paths")
		if err != nil {
			t.Fatal(err)
		}
		programs.dir, programs.paths = dir, map[string]string{}
		os.Chmod(dir, 0o755)
	}
	path := filepath.Join(programs.dir, name)
	out, err := exec.Command("cc", "-O1", "-std=gnu11", "-w", "-static", "-pthread", "-o", path, "testdata/"+name+".c").CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	programs.paths[name] = path
	return path
}

var programs struct {
	sync.Mutex
	dir   string
	paths map[string]string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if programs.dir != "" {
		os.RemoveAll(programs.dir)
	}
	os.Exit(code)
}

// run is a program under supervision.
type run struct {
	rules    []Rule
	creds    *Creds
	landlock int // a ruleset, 0: none
	exact    bool
	dir      string
	root     string // the program's root directory, with the programs in it; "" is the host's
	argv     []string
	denied   []string // paths
	answers  int
	pinned   bool         // to CPU 0, where the program is expected too
	thread   atomic.Int32 // that supervises
}

// go runs the program to its end and gives what it printed.
func (r *run) start(t testing.TB) ([]byte, error) {
	t.Helper()
	root, err := unix.Open("/"+r.root, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(root)
	cwd, err := unix.Open(r.root+r.dir, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(cwd)
	rules, err := Compile(r.rules, root, cwd)
	if err != nil {
		t.Fatal(err)
	}
	policy := seccomp.Policy{Arch: seccomp.Native(), Default: seccomp.Allow, Watch: NeedsNotify(r.exact),
		Foreign: seccomp.KillProcess, X32: seccomp.KillProcess}
	filter, err := seccomp.Compile(&policy)
	if err != nil {
		t.Fatal(err)
	}
	code := binary.NativeEndian.AppendUint16(nil, uint16(len(filter)))
	for _, f := range filter {
		code = append(binary.NativeEndian.AppendUint16(code, f.Code), f.Jt, f.Jf)
		code = binary.NativeEndian.AppendUint32(code, f.K)
	}
	gateRead, gateWrite, _ := os.Pipe()
	tellRead, tellWrite, _ := os.Pipe()
	launch := built(t, "launch")
	if r.root != "" {
		launch = "/launch"
	}
	command := exec.Command(launch, r.argv...)
	command.Dir = r.dir
	command.ExtraFiles = []*os.File{gateRead, tellWrite}
	if r.landlock != 0 {
		command.ExtraFiles = append(command.ExtraFiles, os.NewFile(uintptr(r.landlock), "ruleset"))
	}
	if r.creds != nil {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: credential(r.creds)}
	}
	if r.root != "" {
		command.SysProcAttr = &syscall.SysProcAttr{Chroot: r.root}
	}
	output, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	defer func() { // the ruleset was taken over
		for _, f := range command.ExtraFiles[2:] {
			f.Close()
		}
	}()
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	gateRead.Close()
	tellWrite.Close()
	gateWrite.Write(code)
	number := make([]byte, 1)
	if _, err := tellRead.Read(number); err != nil {
		gateWrite.Close()
		return nil, errors.Join(err, command.Wait())
	}
	tellRead.Close()
	pidfd, err := unix.PidfdOpen(command.Process.Pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := unix.PidfdGetfd(pidfd, int(number[0]), 0)
	unix.Close(pidfd)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- r.supervise(listener, rules) }()
	gateWrite.Close()
	failed := <-done
	waited := command.Wait()
	text, _ := os.ReadFile(output.Name())
	return text, errors.Join(failed, waited)
}

func credential(c *Creds) *syscall.Credential {
	return &syscall.Credential{Uid: c.UID, Gid: c.GID, Groups: c.Groups}
}

// supervise answers calls until nobody is left to make them.
func (r *run) supervise(listener int, rules *Rules) error {
	runtime.LockOSThread() // for good: Enter cannot be undone
	defer unix.Close(listener)
	r.thread.Store(int32(unix.Gettid()))
	if r.pinned {
		cpu := sys.Only(0)
		sys.SetAffinity(0, &cpu)
		unix.Syscall(unix.SYS_IOCTL, uintptr(listener), notifyFlags, 1)
	}
	members := map[int32]bool{}
	var lock sync.Mutex
	s := NewServer(rules, r.creds, func(pid int32) bool {
		lock.Lock()
		defer lock.Unlock()
		return members[pid]
	})
	if err := s.Enter(); err != nil {
		return err
	}
	defer s.Close()
	var pending sync.WaitGroup
	defer pending.Wait()
	for {
		p := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(p, -1); err == unix.EINTR {
			continue
		} else if err != nil {
			return err
		}
		if p[0].Revents&unix.POLLIN == 0 {
			return nil // all are gone
		}
		var n notification
		if errno := control(listener, notifyReceive, &n); errno == unix.ENOENT || errno == unix.EINTR {
			continue
		} else if errno != 0 {
			return errno
		}
		tid := int32(n.pid)
		pid, err := sys.ThreadGroup(tid)
		if err != nil {
			pid = tid
		}
		lock.Lock()
		members[pid] = true
		lock.Unlock()
		id := n.id
		a := s.Act(&Call{TID: tid, PID: pid, Nr: n.nr, Args: n.args, Valid: func() bool {
			own := id
			return control(listener, notifyValid, &own) == 0
		}})
		r.answers++
		if a.Kind == Later {
			pending.Add(1)
			go func() {
				defer pending.Done()
				runtime.LockOSThread() // for good
				answer(listener, id, a.Finish())
			}()
			continue
		}
		if a.Kind == Denied {
			r.denied = append(r.denied, a.Path)
		}
		answer(listener, id, a)
	}
}

func answer(listener int, id uint64, a Answer) {
	resp := response{id: id}
	switch a.Kind {
	case Errno:
		resp.err = -int32(a.Errno)
		if a.Errno == 0 {
			panic("an errno of 0")
		}
	case Value:
		resp.val = a.Value
	case Continue:
		resp.flags = 1
	case Denied:
		resp.err = -int32(unix.EACCES)
	case Open:
		err := sys.AddFD(listener, id, a.FD, a.Flags)
		unix.Close(a.FD)
		if err == nil || err == unix.ENOENT {
			return
		}
		resp.err = -int32(err.(unix.Errno))
	default:
		panic(fmt.Sprint("answer ", a))
	}
	control(listener, notifySend, &resp)
}

func openDescriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
