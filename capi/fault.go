//go:build fault

package main

// #cgo CFLAGS: -DGOSANDBOX_FAULT
import "C"

import (
	"runtime"
	"runtime/debug"

	"gosandbox/internal/fault"
)

// boundaryFault arms a place and tells how often it was armed before; times < 0 only asks.
//
//export boundaryFault
func boundaryFault(place, times C.int) (left C.int) {
	p := fault.Place(place)
	if p == fault.Scavenging {
		litter()
		return 0
	}
	left = C.int(fault.Left(p))
	if times >= 0 {
		fault.Arm(p, int32(times))
	}
	return left
}

var kept [][]byte

// litter leaves pages that are free and not given back, under Go's usual pacing: its scavenger comes for them within some ms.
func litter() {
	debug.SetGCPercent(100)
	for range 3 {
		for range 64 {
			kept = append(kept, make([]byte, 1<<20))
		}
		for _, piece := range kept {
			for i := 0; i < len(piece); i += 4096 {
				piece[i] = 1
			}
		}
		kept = nil
		runtime.GC()
	}
	debug.SetGCPercent(-1)
}
