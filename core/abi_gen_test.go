package core

import (
	"testing"

	"gosandbox/internal/seccomp"
	"gosandbox/tracee"
	"gosandbox/tracer"
)

// The leaves have their own copies of these numbers, since they cannot import core.
func TestSimNumbersAgree(t *testing.T) {
	for name, pair := range map[string][2]uint32{
		"none": {uint32(StepNone), uint32(tracee.StepNone)}, "prepare": {uint32(StepPrepare), uint32(tracee.StepPrepare)},
		"clone": {uint32(StepClone), uint32(tracee.StepClone)}, "signals": {uint32(StepSignals), uint32(tracee.StepSignals)},
		"session": {uint32(StepSession), uint32(tracee.StepSession)}, "open": {uint32(StepOpen), uint32(tracee.StepOpen)},
		"descriptors": {uint32(StepDescriptors), uint32(tracee.StepDescriptors)}, "cwd": {uint32(StepCwd), uint32(tracee.StepDir)},
		"rlimit": {uint32(StepRlimit), uint32(tracee.StepRlimit)}, "nice": {uint32(StepNice), uint32(tracee.StepNice)},
		"affinity": {uint32(StepAffinity), uint32(tracee.StepAffinity)}, "ids": {uint32(StepIDs), uint32(tracee.StepIDs)},
		"death signal": {uint32(StepDeathSignal), uint32(tracee.StepDeathSignal)}, "trace": {uint32(StepTrace), uint32(tracee.StepTrace)},
		"no_new_privs": {uint32(StepNoNewPrivs), uint32(tracee.StepNoNewPrivs)}, "seccomp": {uint32(StepSeccomp), uint32(tracee.StepSeccomp)},
		"exec": {uint32(StepExec), uint32(tracee.StepExec)}, "landlock": {uint32(StepLandlock), uint32(tracee.StepLandlock)},
		"namespaces": {uint32(StepNamespaces), uint32(tracee.StepNamespaces)},
		"id map":     {uint32(StepIDMap), uint32(tracee.StepIDMap)}, "mount": {uint32(StepMount), uint32(tracee.StepMount)},
		"root": {uint32(StepRoot), uint32(tracee.StepRoot)}, "hostname": {uint32(StepHostname), uint32(tracee.StepHostname)},
		"capabilities": {uint32(StepCapabilities), uint32(tracee.StepCapabilities)},
		"put":          {uint32(StepPut), uint32(tracee.StepPut)}, "collect": {uint32(StepCollect), uint32(tracee.StepCollect)},
	} {
		if pair[0] != pair[1] || Step(pair[1]).String() != name {
			t.Errorf("step %s: %d in core, %d (%v) in tracee", name, pair[0], pair[1], Step(pair[1]))
		}
	}
	for name, pair := range map[string][2]uint32{
		"NONE": {uint32(CauseNone), uint32(tracer.CauseNone)}, "CPU": {uint32(CauseCPU), uint32(tracer.CauseCPU)},
		"WALL": {uint32(CauseWall), uint32(tracer.CauseWall)}, "MEMORY": {uint32(CauseMemory), uint32(tracer.CauseMemory)},
		"OUTPUT": {uint32(CauseOutput), uint32(tracer.CauseOutput)}, "PROCESSES": {uint32(CauseProcesses), uint32(tracer.CauseProcesses)},
		"VIOLATION": {uint32(CauseViolation), uint32(tracer.CauseViolation)}, "CANCELLED": {uint32(CauseCancelled), uint32(tracer.CauseCancelled)},
		"FAULT":    {uint32(CauseFault), uint32(tracer.CauseFault)},
		"CALLBACK": {uint32(CauseCallback), uint32(tracer.CauseCallback)},
		"GROUP":    {uint32(CauseGroup), uint32(tracer.CauseGroup)}, "DEADLOCK": {uint32(CauseDeadlock), uint32(tracer.CauseDeadlock)},
	} {
		if pair[0] != pair[1] || Cause(pair[1]).String() != name {
			t.Errorf("cause %s: %d in core, %d (%v) in tracer", name, pair[0], pair[1], Cause(pair[1]))
		}
	}
	if len(stepNames) != 26 || len(causeNames) != 12 {
		t.Errorf("%d steps, %d causes: the tables above lack some", len(stepNames), len(causeNames))
	}
	for ours, theirs := range map[uint32]seccomp.Op{
		CmpEQ: seccomp.EQ, CmpNE: seccomp.NE, CmpLT: seccomp.LT, CmpLE: seccomp.LE, CmpGT: seccomp.GT, CmpGE: seccomp.GE,
		CmpMaskedEQ: seccomp.MaskedEQ, CmpEQ32: seccomp.EQ32, CmpNE32: seccomp.NE32, CmpLT32: seccomp.LT32, CmpLE32: seccomp.LE32,
		CmpGT32: seccomp.GT32, CmpGE32: seccomp.GE32, CmpMaskedEQ32: seccomp.MaskedEQ32,
	} {
		if ours != uint32(theirs) {
			t.Errorf("comparison %d is %d in seccomp", ours, theirs)
		}
	}
	if PhaseEntry != tracer.PhaseEntry || PhaseExit != tracer.PhaseExit {
		t.Error("the phases differ")
	}
	for ours, theirs := range map[uint32]seccomp.Arch{ArchX86_64: seccomp.AMD64, ArchI386: seccomp.I386, ArchAarch64: seccomp.ARM64} {
		if ours != uint32(theirs) {
			t.Errorf("architecture %#x is %#x in seccomp", ours, theirs)
		}
	}
}

func TestSimNamesOfUnknownNumbers(t *testing.T) {
	for _, got := range []string{Status(99).String(), Cause(99).String(), Step(1 << 31).String(), Limit(LimitCount).String(), Feature(0).String(), CodeName(-99)} {
		if got != "?" {
			t.Errorf("%q, want ?", got)
		}
	}
	if StatusExited.String() != "EXITED" || CodeName(CodeESETUP) != "ESETUP" || ActionErrno(13) != 0x1000d {
		t.Error("known numbers have lost their names")
	}
}
