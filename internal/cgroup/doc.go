// Package cgroup puts each run into control groups of its own: it finds the hierarchies of this machine, version 1, 2 or
// both, and the place in them where groups may be made, makes a group per run with its limits, reads its figures, kills
// and removes it. Groups carry a mark and the name of the process that made them, so that those of a host that was killed
// are recognised and removed by the next one.
//
// Nothing is assumed: what a machine does not give is an *Error that tells the file, the errno and what to do.
package cgroup
