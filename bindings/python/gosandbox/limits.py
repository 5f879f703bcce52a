"""Limits of a run."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Optional, Tuple, Union

from ._abi import ERRNO, Limit
from ._library import Library
from .errors import ConfigError

_TOP = 1 << 63

Seconds = Union[float, Decimal]


@dataclass(frozen=True)
class Limits:
    """What a program may use; what is None is not limited. A program that passes a limit is killed and its result has
    the status named here.

    Raises ConfigError for a limit that is negative, zero (but for output and memory_grace), NaN, infinite, too large or no number.
    """

    cpu: Optional[Seconds] = None
    """Seconds of user + system time, summed over all processes and threads: CPU_LIMIT."""
    wall: Optional[Seconds] = None
    """Seconds from the start of the program: WALL_LIMIT."""
    memory: Optional[int] = None
    """Bytes of anonymous and shared memory in use, per process: MEMORY_LIMIT."""
    stack: Optional[int] = None
    """Bytes of the main thread's stack; passing it is SIGSEGV, so SIGNALED. STACK_AS_MEMORY: as much as `memory`, and passing it is
    MEMORY_LIMIT; no bound without `memory`."""
    output: Optional[int] = None
    """Bytes in all captured descriptors together, and size of any one file written: OUTPUT_LIMIT. May be 0."""
    processes: Optional[int] = None
    """Processes alive at once, the first one included; threads do not count: PROCESS_LIMIT."""
    open_files: Optional[int] = None
    """Descriptors per process; passing it is EMFILE in the program, no status of its own."""
    process_errno: Optional[int] = None
    """Instead of PROCESS_LIMIT, let fork fail with this errno at the limit (errno.EAGAIN) and the program go on."""
    memory_grace: Optional[int] = None
    """Bytes above `memory` up to which a process gets private writable memory that it does not use: beyond that malloc fails. The
    larger of `memory` and 1 GiB unless given; may be 0."""
    address_space: Optional[int] = None
    """Bytes of address space per process, reservations and mapped files included. A program that ends badly when it was refused more:
    MEMORY_LIMIT. Java, Go and node need some GiB more than they use."""

    _lowered: Tuple[Tuple[int, int], ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lowered = []
        for limit in Limit:
            name = limit.name.lower()
            value = getattr(self, name, None)
            if value is None:
                continue
            number = seconds(name, value) if name in ("cpu", "wall") else whole(name, value)
            if number < (0 if name in ("output", "memory_grace") else 1) or number >= _TOP:
                raise ConfigError(f"limit {name} is {value!r}: it must be above 0 and below 2**63")
            lowered.append((int(limit), number))
        if self.process_errno is not None and not 1 <= whole("process_errno", self.process_errno) <= 4095:
            raise ConfigError(f"process_errno is {self.process_errno!r}: it must be an errno, 1 to 4095")
        object.__setattr__(self, "_lowered", tuple(lowered))

    def _apply(self, lib: Library, config: Any) -> None:
        """Puts the limits into a config handle."""
        for limit, value in self._lowered:
            lib.check(lib.config_set_limit(config, limit, value))
        if self.process_errno is not None:
            lib.check(lib.config_set_process_action(config, ERRNO(self.process_errno)))


def seconds(name: str, value: Any) -> int:
    """Whole nanoseconds; above 0 at least 1, below 0 at most -1."""
    try:
        if isinstance(value, (bool, str, bytes)):
            raise TypeError
        exact = isinstance(value, int)
        number: Any = value * 1_000_000_000 if exact else float(value) * 1e9
    except (TypeError, ValueError, OverflowError):
        raise ConfigError(f"{name} must be a number of seconds, not {value!r}") from None
    if not exact and not math.isfinite(number):
        raise ConfigError(f"{name} must be a finite number of seconds, not {value!r}")
    ns = int(round(number))
    return max(1, ns) if number > 0 else min(-1, ns) if number < 0 else 0


def whole(name: str, value: Any, low: Optional[int] = None, high: Optional[int] = None) -> int:
    """A whole number, checked against low and high where they are given."""
    try:
        number: int = operator.index(value)
    except TypeError:
        raise ConfigError(f"{name} must be a whole number, not {value!r}") from None
    if isinstance(value, bool):
        raise ConfigError(f"{name} must be a whole number, not {value!r}")
    if low is not None and number < low or high is not None and number > high:
        raise ConfigError(f"{name} is {number}: it must be within {low} to {high}")
    return number
