"""Which CPUs each of several runs side by side gets, so that their timings do not disturb each other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, Optional, Set, Tuple

from .errors import ConfigError
from .limits import whole

Slot = Optional[Tuple[int, ...]]
"""CPU numbers, or None: wherever the scheduler likes."""

_MOST = 4096


def cores(cpus: Optional[Set[int]] = None) -> List[Tuple[int, ...]]:
    """The cores that this thread may use, each as the CPUs (hardware threads) of it that it may use."""
    groups: Dict[str, List[int]] = {}
    for cpu in sorted(os.sched_getaffinity(0) if cpus is None else cpus):
        groups.setdefault(_siblings(cpu), []).append(cpu)
    return [tuple(group) for group in groups.values()]


def slots(parallelism: Optional[int], pin: Optional[bool]) -> List[Slot]:
    """One entry for each of the runs that may go on at once.

    Args:
        parallelism: How many; None: as many as there are cores.
        pin: True: each has cores (or, where these do not suffice, CPUs) of its own, ConfigError when there are too
            few. None: the same where there are enough, else none is pinned. False: none is pinned.
    """
    if parallelism is not None:
        whole("parallelism", parallelism, 1, _MOST)
    if pin is False:
        return [None] * (parallelism or len(os.sched_getaffinity(0)))
    groups = cores()
    wanted = parallelism or len(groups)
    if wanted > len(groups):
        groups = [(cpu,) for group in groups for cpu in group]
    if wanted > len(groups):
        if pin:
            raise ConfigError(f"parallelism is {wanted}, but there are {len(groups)} CPUs to pin to; say pin=False")
        return [None] * wanted
    each = len(groups) // wanted  # the same for all: a faster place would be unfair
    return [tuple(c for group in groups[i * each:(i + 1) * each] for c in group) for i in range(wanted)]


def _siblings(cpu: int) -> str:
    try:
        return Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text().strip()
    except OSError:
        return str(cpu)
