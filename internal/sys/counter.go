package sys

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Counter is what a performance counter counts: a type of perf_event_open and a configuration.
type Counter struct{ Type, Config uint32 }

// The counters.
var (
	Instructions = Counter{unix.PERF_TYPE_HARDWARE, unix.PERF_COUNT_HW_INSTRUCTIONS}
	TaskClock    = Counter{unix.PERF_TYPE_SOFTWARE, unix.PERF_COUNT_SW_TASK_CLOCK}
)

// OpenCounter gives a counter of a task, 0: the calling thread, and of all that it makes from now on. It begins with the task's next exec.
func OpenCounter(pid int32, c Counter) (fd int, err error) {
	attr := unix.PerfEventAttr{
		Type: c.Type, Config: uint64(c.Config), Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{})),
		Read_format: unix.PERF_FORMAT_TOTAL_TIME_ENABLED | unix.PERF_FORMAT_TOTAL_TIME_RUNNING,
		Bits: unix.PerfBitDisabled | unix.PerfBitInherit | unix.PerfBitEnableOnExec |
			unix.PerfBitExcludeKernel | unix.PerfBitExcludeHv, // an ordinary user may count no more
	}
	return unix.PerfEventOpen(&attr, int(pid), -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
}

// Count is what a counter says: the times are ns.
type Count struct{ Value, Enabled, Running uint64 }

// Exact tells a count from an estimate: when there are more events than counters the kernel lets them take turns.
func (c Count) Exact() bool { return c.Enabled > 0 && c.Running == c.Enabled }

// ReadCounter reads one; what tasks have counted that are gone is in it.
func ReadCounter(fd int) (c Count, err error) {
	var raw [24]byte
	n, err := unix.Read(fd, raw[:])
	if err == nil && n != len(raw) {
		err = unix.EIO
	}
	if err != nil {
		return c, err
	}
	return Count{
		binary.NativeEndian.Uint64(raw[:]), binary.NativeEndian.Uint64(raw[8:]), binary.NativeEndian.Uint64(raw[16:]),
	}, nil
}
