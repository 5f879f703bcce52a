"""What a result tells of the calls of a program."""

from __future__ import annotations

import os
from ctypes import byref, c_size_t, c_uint64, c_void_p, string_at
from dataclasses import dataclass
from typing import Any, Dict, NamedTuple, Tuple

from ._abi import TRACE_COUNT, TRACE_JSON, TRACE_TEXT, Arch, gosandbox_call_count
from ._library import Library, text
from .errors import ConfigError
from .limits import whole

_MACHINE = {"x86_64": Arch.X86_64, "aarch64": Arch.AARCH64}


@dataclass(frozen=True)
class Trace:
    """What to tell of a program's system calls. With any of it every thread stops before and after each call, which
    makes calls about a hundred times slower."""

    counts: bool = True
    """Result.syscalls: how often each was made."""
    lines: bool = False
    """Result.trace: a line for each call, signal and end of a thread."""
    json: bool = False
    """The lines are JSON objects."""
    max: int = 64 << 20
    """Bytes of lines that are kept, 1 to 2**30."""

    def _apply(self, lib: Library, handle: Any) -> None:
        flags = TRACE_COUNT if self.counts else 0
        if self.json and not self.lines:
            raise ConfigError("a Trace with json, but without lines")
        if self.lines:
            flags |= TRACE_JSON if self.json else TRACE_TEXT
        lib.check(lib.config_set_trace(handle, flags, whole("max of a trace", self.max, 1, 1 << 30) if self.lines else 0))


class Count(NamedTuple):
    """How often a call was made."""

    calls: int
    """Begun, also those that never returned."""
    errors: int
    """Returned an error."""


def read_counts(lib: Library, handle: c_void_p) -> Dict[str, Count]:
    """By name, the most frequent first. One of another architecture has that before its name, one without a name is
    "#600"."""
    n = lib.check(lib.result_syscalls(handle, None, 0))
    if n == 0:
        return {}
    rows = (gosandbox_call_count * n)()
    lib.check(lib.result_syscalls(handle, rows, n))
    native = _MACHINE.get(os.uname().machine)
    found: Dict[str, Count] = {}
    for row in rows:
        raw = lib.syscall_name(row.arch, row.nr)
        name = text(raw) if raw else f"#{row.nr}"
        if row.arch != native:
            arch = next((a.name.lower() for a in Arch if a == row.arch), hex(row.arch))
            name = f"{arch} {name}"
        found[name] = Count(row.calls, row.errors)
    return found


def read_trace(lib: Library, handle: c_void_p) -> Tuple[bytes, int]:
    """The lines, and how many did not fit."""
    n, dropped = c_size_t(), c_uint64()
    address: Any = lib.result_trace(handle, byref(n), byref(dropped))
    return (address[: n.value] if isinstance(address, bytes) else string_at(address, n.value)), dropped.value
