package main

// #include "boundary.h"
import "C"

import (
	"unsafe"

	"gosandbox/core"
)

// interrupt is what a blocked run asks, in C, after signals.
type interrupt struct {
	ask     C.gosandbox_interrupt_cb
	payload unsafe.Pointer
}

//export boundarySetInterrupt
func boundarySetInterrupt(h handle, ask C.gosandbox_interrupt_cb, payload unsafe.Pointer, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	c, err := find[*config](h)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interrupt = interrupt{ask, payload}
	c.core.Interruptible = ask != nil
	return
}

// interruptible is a snapshot together with what interrupts it.
func (c *config) interruptible() (*core.Config, interrupt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	copied := c.core
	return &copied, c.interrupt
}

// boundaryWaitCancel kills the run that a waiter waits for. Not 0: it need not wait any longer, as after boundaryWaitStep.
//
//export boundaryWaitCancel
func boundaryWaitCancel(wait *C.struct_boundary_wait) (over C.int) {
	w, err := find[*waiter](wait.handle)
	if err != nil {
		return 1
	}
	defer func() {
		if p := recover(); p != nil {
			w.collapse(p)
			over = 1
		}
	}()
	w.steps().Cancel()
	return 0
}
