package cgroup

// Controller is something that groups can do.
type Controller uint8

// The controllers. Usage is the accounting of CPU time, Kill the killing of a whole group by one write.
const (
	Memory Controller = iota
	PIDs
	CPU
	CPUSet
	Usage
	Freezer
	Kill
	controllerCount
)

// String is the kernel's name.
func (c Controller) String() string { return controllerNames[c] }

// Names of version 1. In version 2 the last three belong to every group.
var controllerNames = [controllerCount]string{"memory", "pids", "cpu", "cpuset", "cpuacct", "freezer", "cgroup.kill"}

// core tells whether a version 2 group has it without anything being enabled.
func (c Controller) core() bool { return c >= Usage }
