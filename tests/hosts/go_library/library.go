// Another Go library in the same process, with a runtime, signal handlers and a garbage collector of its own.
package main

import "C"

import (
	"os/exec"
	"runtime"
	"time"
)

var kept [][]byte

// neighbourWork collects garbage, sleeps on a timer, runs a program and recovers from a fault: all that makes a runtime busy.
//
//export neighbourWork
func neighbourWork(code C.int) (result C.int) {
	for i := 0; i < 100; i++ {
		kept = append(kept[:i%10], make([]byte, 1<<16))
	}
	runtime.GC()
	time.Sleep(time.Millisecond)
	err := exec.Command("/bin/sh", "-c", "exit "+string(rune('0'+code))).Run()
	if failed, ok := err.(*exec.ExitError); ok {
		result = C.int(failed.ExitCode())
	}
	defer func() {
		if recover() == nil {
			result = -1
		}
	}()
	var nowhere *int
	*nowhere = 1
	return -2
}

func main() {}
