// Package tracer supervises a program from its start to the death of the last process of its tree.
//
// One thread of the library, the supervisor, clones the program, seizes it with ptrace and serves its stops; whatever
// the tree forks is attached before it runs its first instruction, so nothing leaves the tree and nothing survives it.
// One more thread, the watch, serves the time and memory limits of all runs. The supervisor alone decides when a run is
// over; the watch and the caller only kill, after writing down why.
package tracer
