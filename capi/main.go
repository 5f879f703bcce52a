// Command capi is the C interface: libgosandbox.so. It converts between C and package core and decides nothing.
//
// The public functions are in public.c; each calls one hidden export here. No panic leaves an export.
//
// The number of processors that Go uses is fixed at load: it tells how many threads the runtime may want (thread.go).
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

// #cgo CFLAGS: -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -fvisibility=hidden
// #include "boundary.h"
// #include "host.h"
import "C"

import (
	"golang.org/x/sys/unix"

	"gosandbox/core"
	"gosandbox/internal/sys"
)

// init undoes what Go's own start did to the host: it raises the soft limit on open files and handles SIGPIPE.
func init() {
	C.host_restore_sigpipe()
	sys.RoomKept = func() bool { return C.host_room_kept() != 0 }
	core.SharedProcess(newThread, ownThreads, ownThread)
	var l C.struct_rlimit
	if C.host_open_files(&l) != 0 {
		limit := unix.Rlimit{Cur: uint64(l.rlim_cur), Max: uint64(l.rlim_max)}
		unix.Prlimit(0, unix.RLIMIT_NOFILE, &limit, nil)
	}
}

func main() {}
