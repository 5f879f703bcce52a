"""What a result tells of the tree beyond its figures."""

from __future__ import annotations

import signal as _signal
from ctypes import byref, c_void_p, sizeof
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple, Union

from ._abi import Counter, gosandbox_process, gosandbox_record, gosandbox_sample
from ._library import Library
from .errors import ConfigError
from .limits import Seconds, seconds, whole

_MOST = 65536


@dataclass(frozen=True)
class Record:
    """What to record of a run, beyond the figures that every result has, because it costs something.

    Raises ConfigError when the run starts for a value that cannot mean anything."""

    samples: int = 0
    """Result.timeline: most samples of it, 2 to 65536; 0 for none. When there are more, neighbours are joined and the interval is
    doubled."""
    interval: Optional[Seconds] = None
    """Seconds between two samples, 0.0001 to 1000; 0.001 unless given. Each look takes 10 microseconds a process."""
    processes: int = 0
    """Result.processes: most rows of it, up to 65536; 0 for none. 20 microseconds a process or thread."""
    bytes: bool = False
    """Result.bytes_read and bytes_written. 10 microseconds a process or thread."""
    counter: Counter = Counter.NONE
    """Result.counter: INSTRUCTIONS, which are almost the same number each time, or TASK_CLOCK, nanoseconds counted by software. Where the machine has
    no counters the run raises UnsupportedError; see features()."""

    def _apply(self, lib: Library, handle: Any) -> None:
        if self.interval is not None and not self.samples:
            raise ConfigError("a Record with an interval, but without samples")
        raw = gosandbox_record(
            size=sizeof(gosandbox_record), samples=whole("samples of a record", self.samples, 0, _MOST),
            interval=0 if self.interval is None else seconds("interval", self.interval),
            processes=whole("processes of a record", self.processes, 0, _MOST), bytes=bool(self.bytes),
            counter=whole("counter of a record", self.counter, 0, 0xffffffff))
        lib.check(lib.config_set_record(handle, byref(raw)))


@dataclass(frozen=True)
class Sample:
    """A look at a running tree."""

    at_ns: int
    """Nanoseconds since the start of the program."""
    cpu_time_ns: int
    """CPU time of the tree until then."""
    memory: int
    """Bytes in use: with a control group by the tree, else by the largest process."""
    processes: int
    """Alive; 0 in the last sample, which is at the end."""
    threads: int
    """Of these."""


@dataclass(frozen=True)
class Process:
    """A process of the tree. Times are nanoseconds, sizes bytes."""

    name: str
    """Of its last program, at most 15 bytes: the program's own choice. Bytes that are no UTF-8 are as in os.fsdecode."""
    pid: int
    """As the host numbers it."""
    inner_pid: Optional[int]
    """As the program sees it; None: it was killed before that was known."""
    parent: Optional[int]
    """pid of the process that made it; None: the first one, or not known."""
    exit_code: Optional[int]
    """0 to 255 when it exited, else None."""
    signal: Union[_signal.Signals, int, None]
    """That killed it, else None."""
    threads: int
    """That it has had."""
    start_ns: int
    """Since the start of the program."""
    end_ns: int
    """When it was seen dead."""
    cpu_time_ns: int
    """Its own, without its children's."""
    user_time_ns: int
    """The split is as coarse as the kernel's tick."""
    system_time_ns: int
    memory_peak: int
    """For one that was killed, the most that was seen."""
    context_switches: int
    faults: int
    bytes_read: int
    """With Record.bytes."""
    bytes_written: int
    """With Record.bytes."""


def read_timeline(lib: Library, handle: c_void_p) -> Tuple[Sample, ...]:
    """The samples of a result handle."""
    raw = gosandbox_sample(size=sizeof(gosandbox_sample))
    found: List[Sample] = []
    while lib.check(lib.result_sample(handle, len(found), byref(raw))) == 1:
        found.append(Sample(raw.at, raw.cpu, raw.memory, raw.processes, raw.threads))
    return tuple(found)


def read_processes(lib: Library, handle: c_void_p) -> Tuple[Process, ...]:
    """The table of processes of a result handle."""
    names = {int(s): s for s in _signal.Signals}
    raw = gosandbox_process(size=sizeof(gosandbox_process))
    found: List[Process] = []
    while lib.check(lib.result_process(handle, len(found), byref(raw))) == 1:
        found.append(Process(
            raw.name.decode("utf-8", "surrogateescape"), raw.pid, raw.inner_pid or None, raw.parent or None,
            raw.exit_code if raw.exit_code >= 0 else None, names.get(raw.signal, raw.signal) if raw.signal else None,
            raw.threads, raw.start, raw.end, raw.cpu, raw.user, raw.sys, raw.memory_peak, raw.context_switches, raw.faults,
            raw.bytes_read, raw.bytes_written))
    return tuple(found)
