package main

// #include "boundary.h"
// #include "host.h"
import "C"

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"gosandbox/core"
)

// spare are the threads that Go may want besides one for each processor: for its monitor, as a template for others, and for one
// that is between two states.
const spare = 4

func init() {
	C.host_threads_bound(C.int(runtime.GOMAXPROCS(0) + spare))
}

func ownThreads() (count int, ended uint32) {
	var e C.uint32_t
	count = int(C.host_own_threads(&e))
	return count, uint32(e)
}

func ownThread() bool { return C.host_own_thread() != 0 }

// newThread runs body on a thread that C makes: there, unlike in Go, that may fail.
func newThread(body func()) error {
	h := newHandle(body)
	if errno := C.host_thread(h); errno != 0 {
		forget[func()](h)
		return unix.Errno(errno)
	}
	return nil
}

//export boundaryThread
func boundaryThread(h handle) {
	defer quietly()
	if body, ok := forget[func()](h); ok {
		body()
	}
}

// quietly is what is deferred where there is nobody to take an error: a panic is told to the log.
func quietly() {
	if p := recover(); p != nil {
		logText(core.LogError, fmt.Sprintf("internal fault: %v\n%s", p, debug.Stack()))
	}
}
