package harvest

import (
	"golang.org/x/sys/unix"

	"gosandbox/internal/sys"
)

// Actor opens and removes files with the rights of a user, on a thread of its own: what a program could not read is not collected for it either. A nil
// Actor opens with the rights of the calling thread.
type Actor struct {
	ask    chan func()
	broken error // the thread has not got the rights: nothing is opened
}

// NewActor makes one, which must be closed.
func NewActor(uid, gid uint32) (*Actor, error) {
	a := &Actor{ask: make(chan func())}
	began := make(chan error, 1)
	err := sys.StartThread(func() {
		began <- sys.ActAs(uid, gid, nil)
		for do := range a.ask {
			do()
		}
	})
	if err != nil {
		return nil, err
	}
	a.broken = <-began
	return a, nil
}

// Close ends the thread.
func (a *Actor) Close() {
	if a != nil {
		close(a.ask)
	}
}

// do runs something on the thread.
func (a *Actor) do(what func() (int, error)) (fd int, err error) {
	if a == nil {
		return what()
	}
	if a.broken != nil {
		return -1, a.broken
	}
	done := make(chan struct{})
	a.ask <- func() {
		defer close(done)
		fd, err = what()
	}
	<-done
	return fd, err
}

func (a *Actor) open(dir int, path string, flags int) (int, error) {
	return a.do(func() (int, error) { return sys.OpenBeneath(dir, path, flags, 0) })
}

// reopen opens what a descriptor is of; by its name, which is then to be looked at once more, where there is no /proc.
func (a *Actor) reopen(dir, fd int, path string, flags int) (int, error) {
	return a.do(func() (int, error) {
		opened, err := sys.Reopen(fd, flags&^unix.O_NOFOLLOW)
		if err == unix.ENOENT {
			opened, err = sys.OpenBeneath(dir, path, flags, 0)
		}
		return opened, err
	})
}

// Empty is the function of that name, with the rights of the user: a program can move here what it may not remove.
func (a *Actor) Empty(dir int) (left File, ok bool) {
	_, err := a.do(func() (int, error) {
		left, ok = Empty(dir)
		return 0, nil
	})
	if err != nil {
		left = File{Status: Left, Errno: errnoOf(err)}
	}
	return left, ok
}
