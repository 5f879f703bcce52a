"""What became of a program."""

from __future__ import annotations

import signal as _signal
from ctypes import byref, c_size_t, c_void_p, create_string_buffer, sizeof, string_at
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Tuple, Union

from ._abi import Arch, Cause, Detail, Figure, Source, Status, Step, gosandbox_stats, gosandbox_syscall
from ._library import Library, setup_error, step_of, text
from .errors import InternalError, VerdictError
from .parcels import Collected, read_files
from .record import Process, Sample, read_processes, read_timeline
from .trace import Count, read_counts, read_trace

_SIGNALS: Dict[int, _signal.Signals] = {int(s): s for s in _signal.Signals}
_ARCHES = {int(a): a.name.lower() for a in Arch}
_PATH_MAX = 4096
_DETAILS = frozenset(int(d) for d in Detail)


@dataclass(frozen=True)
class Syscall:
    """A system call as it was about to be executed. str() gives `openat(..., '/etc/passwd') x86_64`."""

    name: str
    """Name in its architecture, or "#" and the number where that has none."""
    nr: int
    arch: int
    args: Tuple[int, ...]
    path: str
    """The path argument where there is one, else ""."""
    pid: int
    tid: int
    ip: int

    def __str__(self) -> str:
        arguments = f"..., {self.path!r}" if self.path else "..."
        return f"{self.name}({arguments}) {_ARCHES.get(self.arch, hex(self.arch))}"


@dataclass(frozen=True)
class Result:
    """What became of a program. Times are seconds in `..._time` and whole nanoseconds in `..._time_ns`; sizes are
    bytes. A figure that was not measured is 0 and not in `measured`."""

    status: Status
    cause: Cause
    """Why the library killed the run; NONE when it did not."""
    exit_code: Optional[int]
    """0 to 255 with status EXITED, else None."""
    signal: Union[_signal.Signals, int, None]
    """The signal with status SIGNALED, else None; a plain int where Python has no name for it."""
    message: str
    """One sentence that says what happened."""
    outputs: Mapping[int, bytes]
    """What was kept of each captured descriptor."""
    cpu_time_ns: int
    """User + system time of the whole tree since the start of the program."""
    user_time_ns: int
    """The split of cpu_time is as coarse as the kernel's tick."""
    system_time_ns: int
    wall_time_ns: int
    """From the start of the program until its end."""
    setup_time_ns: int
    """From the call until the start of the program."""
    memory_peak: int
    """The largest process's peak."""
    processes_peak: int
    """Most processes alive at once."""
    output_bytes: int
    """Written to captured descriptors, dropped ones included."""
    notifications: int
    """Decisions made by seccomp notification."""
    stops: int
    """ptrace stops served."""
    context_switches: int
    """Voluntary and not, of the whole tree."""
    faults: int
    """Page faults of the whole tree, minor and major."""
    measured_bits: int
    source_bytes: bytes
    syscall: Optional[Syscall] = None
    """The call that ended a run with status VIOLATION."""
    step: Optional[Step] = None
    """Where status SETUP_FAILED or INTERNAL came from, else None."""
    errno: Optional[int] = None
    """The kernel's errno there; 0 where there is none; None with other statuses."""
    index: int = -1
    """Which one of several there, such as the descriptor; -1 where there is one only."""
    syscalls: Mapping[str, Count] = field(default_factory=dict)
    """With Trace.counts: how often each call was made, by name, the most frequent first. One of another architecture has
    that before its name, one without a name is "#600"."""
    trace: bytes = b""
    """With Trace.lines: the first lines, as many as fit. What the program chose is escaped in them."""
    trace_dropped: int = 0
    """How many lines did not fit."""
    detail: Detail = Detail.NONE
    """What is known of the end beyond status and cause, such as STACK_OVERFLOW."""
    processes_total: int = 0
    """Processes that there were, one after the other or at once."""
    bytes_read: int = 0
    """With Record.bytes: by calls of read's kind, from files, pipes, sockets and terminals; not by mappings."""
    bytes_written: int = 0
    """Likewise, by calls of write's kind."""
    counter: int = 0
    """With Record.counter. Not measured when the counter had to be shared with others, which would make it an estimate."""
    counter_enabled_ns: int = 0
    """Nanoseconds that it was to count."""
    counter_running_ns: int = 0
    """Nanoseconds that it has counted: less than that means that it was shared."""
    timeline: Tuple[Sample, ...] = ()
    """With Record.samples: from the start of the program to its end."""
    processes: Tuple[Process, ...] = ()
    """With Record.processes: the first ones, in the order in which they were made."""
    collected: Tuple[Collected, ...] = ()
    """What became of each file that `collect` asked for, by collection and name; last, what is left of a workspace that could not be
    removed. Empty for a program that was not started."""

    @property
    def ok(self) -> bool:
        """Ended by itself with exit code 0."""
        return self.status == Status.EXITED and self.exit_code == 0

    @property
    def files(self) -> Dict[str, bytes]:
        """What was collected into memory, by name; where two collections have taken the same name, the last one's."""
        return {f.name: f.content for f in self.collected if f.content is not None}

    @property
    def cpu_time(self) -> float:
        """User + system time of the whole tree, in seconds."""
        return self.cpu_time_ns / 1e9

    @property
    def user_time(self) -> float:
        """User time in seconds."""
        return self.user_time_ns / 1e9

    @property
    def system_time(self) -> float:
        """System time in seconds."""
        return self.system_time_ns / 1e9

    @property
    def wall_time(self) -> float:
        """Seconds from the start of the program until its end."""
        return self.wall_time_ns / 1e9

    @property
    def setup_time(self) -> float:
        """Seconds from the call until the start of the program."""
        return self.setup_time_ns / 1e9

    @property
    def stdout(self) -> Optional[bytes]:
        """What was kept of descriptor 1, None when it was not captured."""
        return self.outputs.get(1)

    @property
    def stderr(self) -> Optional[bytes]:
        """What was kept of descriptor 2, None when it was not captured."""
        return self.outputs.get(2)

    def text(self, child: int = 1, encoding: str = "utf-8", errors: str = "replace") -> str:
        """What was kept of a captured descriptor, as text. Raises KeyError for one that was not captured, and as
        bytes.decode does where `errors` asks for it."""
        return self.outputs[child].decode(encoding, errors)

    @property
    def violation(self) -> Optional[str]:
        """The call that ended a run with status VIOLATION, as `openat(...) x86_64`, else None."""
        return None if self.syscall is None else str(self.syscall)

    @property
    def measured(self) -> FrozenSet[Figure]:
        """The figures that were measured."""
        return frozenset(f for f in Figure if self.measured_bits >> f & 1)

    @property
    def sources(self) -> Dict[Figure, Source]:
        """Where each measured figure comes from. One that this package does not know yet shows as NONE."""
        known = {int(s): s for s in Source}
        return {f: known.get(self.source_bytes[f], Source.NONE) for f in Figure if self.measured_bits >> f & 1}

    def check(self) -> Result:
        """Raises SetupError, InternalError or VerdictError unless `ok`."""
        if self.ok:
            return self
        if self.status == Status.SETUP_FAILED:
            setup = setup_error(self.errno or 0, self.message, self.step or 0, self.index)
            setup.result = self
            raise setup
        if self.status == Status.INTERNAL:
            internal = InternalError(self.message)
            internal.result = self
            raise internal
        raise VerdictError(self)


def read_result(lib: Library, handle: c_void_p, captured: List[int]) -> Result:
    """Everything that a result handle holds; the handle can be freed afterwards."""
    s = gosandbox_stats()
    s.size = sizeof(s)
    lib.check(lib.result_stats(handle, byref(s)))
    status = Status(s.status)
    syscall = step = errno = None
    index = -1
    if status == Status.VIOLATION:
        syscall = _read_syscall(lib, handle)
    elif status in (Status.SETUP_FAILED, Status.INTERNAL):
        error = lib.result_error(handle).contents
        step, errno, index = step_of(error.step), error.sys_errno, error.index
    return Result(
        status, Cause(s.cause), s.exit_code if status == Status.EXITED else None,
        _SIGNALS.get(s.signal, s.signal) if status == Status.SIGNALED else None, text(lib.result_message(handle)),
        {child: _read_output(lib, handle, child) for child in captured}, s.cpu, s.user, s.sys, s.wall, s.setup,
        s.memory_peak, s.processes_peak, s.output_bytes, s.notifications, s.stops, s.context_switches, s.faults,
        s.measured, bytes(s.source), syscall, step, errno, index, read_counts(lib, handle),
        *read_trace(lib, handle), Detail(s.detail) if s.detail in _DETAILS else Detail.NONE,
        s.processes, s.bytes_read, s.bytes_written, s.counter, s.counter_enabled, s.counter_running,
        read_timeline(lib, handle), read_processes(lib, handle),
        read_files(lib, handle))


def _read_output(lib: Library, handle: c_void_p, child: int) -> bytes:
    n = c_size_t()
    address: Any = lib.result_output(handle, child, byref(n))
    return string_at(address, n.value) if address else b""


def _read_syscall(lib: Library, handle: c_void_p) -> Optional[Syscall]:
    s = gosandbox_syscall()
    s.size = sizeof(s)
    path = create_string_buffer(_PATH_MAX)
    if not lib.check(lib.result_violation(handle, byref(s), path, _PATH_MAX)):
        return None
    name = lib.syscall_name(s.arch, s.nr)
    return Syscall(text(name) if name else f"#{s.nr}", s.nr, s.arch, tuple(s.args), text(path.value), s.pid, s.tid,
                   s.ip)
