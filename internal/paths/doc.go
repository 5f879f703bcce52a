// Package paths enforces rules about files by name where the kernel alone cannot: it resolves the paths of a program's
// calls, in the program's own root and working directory but never by the program, holds what it found by a descriptor,
// checks the name of that, and carries the call out on it. What is checked is so what is used, whatever other threads, symbolic
// links and renames do meanwhile.
package paths
