// Package tracee starts a program: everything from a spec up to execve.
//
// The process is made with clone(CLONE_VM) on a small stack of its own, so that the cost does not depend on the host's
// size, and without CLONE_VFORK, so that the tracer can attach while the child prepares itself. Until it executes the
// program the child shares the host's memory: what it runs is in the files *_in_child.go, where every function ends in
// InChild, is nosplit and norace, makes raw system calls only, and writes nothing but integers into its plan.
package tracee
