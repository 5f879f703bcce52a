"""Control groups of a run."""

from __future__ import annotations

import os
from ctypes import c_uint32
from dataclasses import dataclass
from typing import Any, Iterable, Optional, Tuple, Union

from ._library import Library
from .errors import ConfigError
from .files import encode
from .limits import Seconds, seconds, whole


@dataclass(frozen=True)
class Cgroup:
    """A run gets control groups of its own, which are removed after it: the limit of memory is then that of the whole tree, kept by the
    kernel, and CPU time and peak are what the groups tell. What the machine cannot do is told by `run`, as UnsupportedError.

    Raises ConfigError for what cannot mean anything."""

    parent: Union[None, str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"] = None
    """The group below which they are made: its path from the top of the hierarchies ("/judge") or its directory. None: where there is
    room near the host's own group."""
    bandwidth: Optional[Tuple[Seconds, Seconds]] = None
    """(quota, period), in seconds: the tree gets `quota` of CPU time in each period and then waits for the next: (0.05, 0.1) is half a
    processor. Nothing of it is a verdict. quota is 1 ms or more, period 1 ms to 1 s."""
    cpus: Optional[Iterable[int]] = None
    """Processors that the tree is bound to; unlike `affinity` of Config it cannot leave them."""

    def __post_init__(self) -> None:
        if self.parent is not None and b".." in encode("parent of a Cgroup", self.parent).split(b"/"):
            raise ConfigError(f"parent of a Cgroup is {self.parent!r}: it must not contain ..")
        if self.bandwidth is not None:
            try:
                quota, period = self.bandwidth
            except (TypeError, ValueError):
                raise ConfigError(f"bandwidth must be a pair (quota, period), not {self.bandwidth!r}") from None
            if seconds("quota", quota) < 10 ** 6 or not 10 ** 6 <= seconds("period", period) <= 10 ** 9:
                raise ConfigError(f"bandwidth is {self.bandwidth!r}: quota is 1 ms or more, period 1 ms to 1 s")
        if self.cpus is not None:
            try:
                cpus = tuple(whole("a CPU of a Cgroup", cpu, 0, 4095) for cpu in self.cpus)
            except TypeError:
                raise ConfigError(f"cpus must be numbers of CPUs, not {self.cpus!r}") from None
            if not cpus:
                raise ConfigError("cpus of a Cgroup is empty")
            object.__setattr__(self, "cpus", cpus)

    def _apply(self, lib: Library, handle: Any) -> None:
        parent = None if self.parent is None else encode("parent of a Cgroup", self.parent)
        lib.check(lib.config_set_cgroup(handle, parent))
        if self.bandwidth is not None:
            quota, period = self.bandwidth
            lib.check(lib.config_set_cgroup_bandwidth(handle, seconds("quota", quota), seconds("period", period)))
        if self.cpus is not None:
            cpus = tuple(self.cpus)
            lib.check(lib.config_set_cgroup_cpus(handle, len(cpus), (c_uint32 * len(cpus))(*cpus)))
