"""What a callback answers beside ALLOW, KILL, ERRNO, INSPECT and DEFER, which are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, Any, Callable, Union

from .event import Event
from .limits import whole


@dataclass(frozen=True)
class RETURN:
    """The call is not executed and returns `value`; -4095 to -1 are errnos to the program."""

    value: int = 0

    def __post_init__(self) -> None:
        whole("value of RETURN", self.value, -(1 << 63), (1 << 63) - 1)


@dataclass(frozen=True)
class OPENED:
    """The call is not executed and returns a new descriptor, the lowest that is free: a duplicate of the host's `file`, an open
    descriptor or file object. A file object is kept until the program has its duplicate."""

    file: Union[int, IO[Any]]
    cloexec: bool = True
    """Whether exec closes it."""
    close: bool = False
    """Whether `file` is closed once the program has its duplicate."""


Answer = Union[int, RETURN, OPENED]
"""What a callback returns: ALLOW, KILL, ERRNO(e), INSPECT, DEFER, RETURN or OPENED."""

OnSyscall = Callable[[Event], Answer]
