package main

import "unsafe"

// Go's background scavenger sleeps on a timer, and the first timer of a process opens an epoll and an eventfd descriptor that the
// host knows nothing of. Neither the pacing nor a memory limit can keep it from running once: it is woken after every
// collection. So it is told that it has nothing to do, always: memory goes back to the kernel in collect.go, and where a limit
// is passed in the allocation itself, and neither sleeps.

// scavengerState is the runtime's type of that name, as it is in Go 1.26.
type scavengerState struct {
	lock              uintptr
	g, timer          unsafe.Pointer
	sysmonWake        uint32
	parked            bool
	printReset        bool
	targetCPUFraction float64
	sleepRatio        float64
	controller        struct {
		kp, ti, tt, min, max, errIntegral float64
		errOverflow, inputOverflow        bool
	}
	cooldown   int64
	sleepStub  func(int64) int64
	scavenge   func(uintptr) (uintptr, int64)
	shouldStop func() bool
	gomaxprocs func() int32
}

//go:linkname scavenger runtime.scavenger
var scavenger scavengerState

func init() { stopScavenger() }

// stopScavenger tells whether it found the scavenger as it knows it; else it is left alone. The constants of its controller, between
// the fields that matter, are the mark. It has been started and is parked when packages are initialized.
func stopScavenger() bool {
	s, c := &scavenger, &scavenger.controller
	if s.g == nil || s.timer == nil || s.sleepRatio != 0.001 || c.kp != 0.3375 || c.ti != 3.2e6 || c.tt != 1e9 ||
		c.min != 0.001 || c.max != 1000 || s.cooldown != 0 || s.sleepStub != nil ||
		s.scavenge == nil || s.shouldStop == nil || s.gomaxprocs == nil {
		return false
	}
	s.shouldStop = always
	return true
}

func always() bool { return true }
