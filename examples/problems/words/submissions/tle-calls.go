// expect: TLE
// Lives in system calls, and in two threads: the time is the kernel's.

//go:build ignore

package main

import "syscall"

func main() {
	go func() {
		for {
			syscall.Getppid()
		}
	}()
	for {
		syscall.Getppid()
	}
}
