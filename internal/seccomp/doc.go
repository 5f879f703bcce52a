// Package seccomp turns a list of rules about system calls into a seccomp filter, and can say without the kernel what
// a filter or a list of rules decides.
//
// The shape of a filter is a cost of every start, because the kernel runs it once for each call number when it is
// loaded. So a filter here is a search tree over ranges of call numbers, neighbours with an equal decision being one
// range; arguments are tested at its leaves only. Compile builds a graph of tests in which equal parts exist once
// (graph.go) and writes it out backwards, so that every jump target is known when a jump is written (emit.go).
//
// The package makes no system calls.
package seccomp
