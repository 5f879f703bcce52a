"""Runs in an asyncio loop. All waiting is done by the loop: no thread is made, and no child watcher is needed."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import (
    Any, AsyncGenerator, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union,
)

from ._handle import Handle
from ._library import library
from .answer import OnSyscall
from .cgroup import Cgroup
from .config import Argument, Config, Environment, Rlimit, configure
from .cores import Slot, slots
from .files import Descriptor, Output, Stdin
from .isolation import Isolation
from .limits import Limits
from .parcels import Collects, Files
from .policy import Policy
from .progress import Completed, Counter, ProgressOption
from .record import Record
from .result import Result
from .task import Task
from .template import Template
from .trace import Trace
from .walls import Walls


async def run_async(
    argv: Union[Config, Sequence[Argument]], *, stdin: Stdin = None, stdout: Output = None, stderr: Output = None,
    env: Optional[Environment] = None, cwd: Optional[Argument] = None, limits: Optional[Limits] = None,
    policy: Optional[Policy] = None, fds: Optional[Mapping[int, Descriptor]] = None, exec_fd: Any = None,
    umask: Optional[int] = None, nice: Optional[int] = None, affinity: Optional[Iterable[int]] = None,
    user: Optional[Tuple[int, int]] = None, rlimits: Optional[Mapping[int, Rlimit]] = None,
    on_syscall: Optional[OnSyscall] = None, cgroup: Optional[Cgroup] = None, isolation: Optional[Isolation] = None,
    trace: Optional[Trace] = None, record: Optional[Record] = None, files: Optional[Files] = None,
    collect: Optional[Collects] = None, workspace: Union[None, bool, Argument] = None, template: Optional[Template] = None,
    walls: Optional[Walls] = None, check: bool = False,
) -> Result:
    """`run` in an asyncio loop: arguments, result and exceptions are the same. When the caller is cancelled, the
    program is killed, and the cancellation goes on when it is gone."""
    config = configure(argv, stdin=stdin, stdout=stdout, stderr=stderr, env=env, cwd=cwd, limits=limits,
                       policy=policy, fds=fds, exec_fd=exec_fd, umask=umask, nice=nice, affinity=affinity, user=user,
                       rlimits=rlimits, on_syscall=on_syscall, cgroup=cgroup, isolation=isolation, trace=trace, record=record, files=files,
                       collect=collect, workspace=workspace, template=template, walls=walls)
    with Handle(library(), config) as handle:
        task = Task(handle)
    async with task:
        result = await task
    return result.check() if check else result


async def as_completed(
    configs: Iterable[Config], parallelism: Optional[int] = None, *, pin: Optional[bool] = None,
    progress: ProgressOption = None,
) -> AsyncGenerator[Completed, None]:
    """Runs many configs, some at once, and gives each as it ends: `async for done in as_completed(configs, 8)`.

    Leave the loop early through `contextlib.aclosing` (Python 3.10): that kills what runs, and starts nothing more.

    Args:
        configs: What to run. Those that say no affinity get that of their place; see `pin`.
        parallelism: How many run at once; None: as many as there are cores.
        pin: True: every place has cores of its own, so that timings do not disturb each other; ConfigError when there
            are too few. None: the same where there are enough, else they share. False: they share.
        progress: Called with a Progress after each run; True shows a bar on stderr when that is a terminal.

    An exception, as of `run`, ends the loop and kills what runs."""
    todo = list(configs)
    places = slots(parallelism, pin)[:len(todo)]
    counter, queue = Counter(len(todo), progress), iter(enumerate(todo))
    workers: Dict[asyncio.Task[Completed], Slot] = {}

    def begin(place: Slot) -> None:
        for index, config in queue:
            workers[asyncio.create_task(_one(index, config, place))] = place
            return

    try:
        for place in places:
            begin(place)
        while workers:
            finished, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
            for worker in _in_order(finished):
                begin(workers.pop(worker))
                completed = worker.result()
                counter.count(completed)
                yield completed
    finally:
        for worker in workers:
            worker.cancel()
        if workers:
            await asyncio.gather(*workers, return_exceptions=True)
        counter.close()


async def gather(
    configs: Iterable[Config], parallelism: Optional[int] = None, *, pin: Optional[bool] = None,
    progress: ProgressOption = None,
) -> List[Result]:
    """Runs many configs, some at once, and gives their results in the order of the configs. Arguments and exceptions
    are those of `as_completed`."""
    todo = list(configs)
    results: Dict[int, Result] = {}
    runs = as_completed(todo, parallelism, pin=pin, progress=progress)
    try:
        async for completed in runs:
            results[completed.index] = completed.result
    finally:
        await runs.aclose()
    return [results[i] for i in range(len(todo))]


async def _one(index: int, config: Config, place: Slot) -> Completed:
    placed = config if place is None or config.affinity is not None else dataclasses.replace(config, affinity=place)
    return Completed(index, config, await run_async(placed))


def _in_order(finished: Iterable[asyncio.Task[Completed]]) -> Iterator[asyncio.Task[Completed]]:
    """Failures first: what comes after them is not worth telling."""
    return iter(sorted(finished, key=lambda t: (t.exception() is None, 0 if t.exception() else t.result().index)))
