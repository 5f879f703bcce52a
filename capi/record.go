package main

// #include "boundary.h"
import "C"

import (
	"time"
	"unsafe"

	"gosandbox/core"
)

//export boundarySetRecord
func boundarySetRecord(h handle, record *C.struct_gosandbox_record, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	err = change(h, func(c *core.Config) error {
		if record == nil {
			c.Record = nil
			return nil
		}
		const first = 24 // the size of version 1.0
		if record.size < first {
			return invalid("the size of record is not set to sizeof")
		}
		counter := core.CounterNone
		if uintptr(record.size) >= unsafe.Sizeof(*record) {
			counter = core.Counter(record.counter)
		}
		if record.bytes > 1 || record.samples > core.MaxRecord || record.processes > core.MaxRecord || record.interval > C.uint64_t(time.Hour) {
			return invalid("record asks for %d samples, %d processes, an interval of %d ns and bytes %d", uint32(record.samples),
				uint32(record.processes), uint64(record.interval), uint32(record.bytes))
		}
		r := &core.Record{
			Samples: int(record.samples), Interval: time.Duration(record.interval), Processes: int(record.processes), Bytes: record.bytes == 1,
			Counter: counter,
		}
		if err := r.Check(); err != nil {
			return err
		}
		c.Record = r
		return nil
	})
	return
}

//export boundaryResultSample
func boundaryResultSample(h handle, i C.size_t, out *C.struct_gosandbox_sample, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	o, err := resultInto(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	if uint64(i) >= uint64(len(o.core.Timeline)) {
		return
	}
	t := &o.core.Timeline[i]
	full := C.struct_gosandbox_sample{
		size: out.size, processes: C.uint32_t(t.Processes), threads: C.uint32_t(t.Threads),
		at: C.uint64_t(t.At), cpu: C.uint64_t(t.CPU), memory: C.uint64_t(t.Memory),
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	code = 1
	return
}

//export boundaryResultProcess
func boundaryResultProcess(h handle, i C.size_t, out *C.struct_gosandbox_process, s slot) (code C.int) {
	var err error
	defer returns(&code, &err, s)
	o, err := resultInto(h, unsafe.Pointer(out))
	if err != nil {
		return
	}
	if uint64(i) >= uint64(len(o.core.Processes)) {
		return
	}
	p := &o.core.Processes[i]
	full := C.struct_gosandbox_process{
		size: out.size, pid: C.int32_t(p.PID), inner_pid: C.int32_t(p.InnerPID), parent: C.int32_t(p.Parent),
		exit_code: C.int32_t(p.ExitCode), signal: C.int32_t(p.Signal), threads: C.uint32_t(p.Threads),
		start: C.uint64_t(p.Start), end: C.uint64_t(p.End), cpu: C.uint64_t(p.CPU), user: C.uint64_t(p.User), sys: C.uint64_t(p.System),
		memory_peak: C.uint64_t(p.MemoryPeak), context_switches: C.uint64_t(p.ContextSwitches), faults: C.uint64_t(p.Faults),
		bytes_read: C.uint64_t(p.BytesRead), bytes_written: C.uint64_t(p.BytesWritten),
	}
	for j := range min(len(p.Name), len(full.name)-1) {
		full.name[j] = C.char(p.Name[j])
	}
	copyStruct(unsafe.Pointer(out), unsafe.Pointer(&full), uintptr(out.size), unsafe.Sizeof(full))
	code = 1
	return
}
