// Package calls knows the arguments of Linux system calls and writes a call for people: as a sentence, as a line of text, as
// a line of JSON. It makes no system calls; the memory of the program comes through an interface and is taken as hostile.
// What it writes is bounded and printable whatever the program has in its memory. Nothing here allocates but to grow the buffer it is given.
package calls
