"""Runs that are joined by pipes: a solution and an interactor, players and a referee."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from ctypes import Array, byref, c_void_p, sizeof
from dataclasses import dataclass
from typing import Any, List, Optional, Sequence, Tuple, Union

from ._abi import GROUP_PATIENT, PIPE_UNRECORDED, Ending, gosandbox_group, gosandbox_pipe
from ._handle import Handle
from ._library import Library, library
from .config import Config
from .errors import ConfigError
from .group_result import GroupResult, Interaction, read_group
from .limits import seconds, whole
from .running import Running

DEFAULT_TRANSCRIPT = 1 << 20
"""Bytes that transcript=True keeps."""


@dataclass(frozen=True)
class Pipe:
    """What member `writer` writes to its descriptor `writer_fd`, member `reader` reads from its `reader_fd`."""

    writer: int
    writer_fd: int
    reader: int
    reader_fd: int
    capacity: int = 0
    """Bytes that it holds; 0: as the kernel has it, 64 KiB."""
    recorded: bool = True
    """Whether a transcript has what goes through it."""

    def __post_init__(self) -> None:
        for name in ("writer", "reader"):
            whole(f"{name} of a Pipe", getattr(self, name), 0, (1 << 32) - 1)
        for name in ("writer_fd", "reader_fd"):
            whole(f"{name} of a Pipe", getattr(self, name), 0, (1 << 31) - 1)
        whole("capacity of a Pipe", self.capacity, 0, 1 << 30)


def connect(one: int, other: int) -> Tuple[Pipe, Pipe]:
    """The standard output of each of two members is the standard input of the other one."""
    return Pipe(one, 1, other, 0), Pipe(other, 1, one, 0)


@dataclass(frozen=True)
class Group:
    """Members and how they are joined. `run_group`, `start_group` and `run_group_async` take it, any number of times. It can be
    pickled when its configs can. Raises ConfigError for what cannot mean anything; what the members make of it is judged when it
    runs."""

    members: Sequence[Config]
    """1 to 64. One Config may stand there several times."""
    pipes: Sequence[Pipe] = ()
    wall: Optional[float] = None
    """Seconds for all together, from their common start; whoever lives then gets WALL_LIMIT. None: only the limits of the
    members count."""
    ending: Ending = Ending.ALL
    """ALL: each ends by itself, the others read the end of the file and go on. FIRST: when one has ended, MEMBER: when `member` has, the
    others have `grace` seconds left, and are then CANCELLED."""
    member: int = 0
    grace: float = 0.0
    transcript: Union[bool, int] = False
    """How many bytes of what goes through the pipes are kept; True: 1 MiB. False: none, and nothing stands between the members."""
    patient: bool = False
    """A deadlock is left to the wall limit."""

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "members", tuple(self.members))
        keep(self, "pipes", tuple(self.pipes))
        if not 1 <= len(self.members) <= 64:
            raise ConfigError(f"a group has 1 to 64 members, not {len(self.members)}")
        for i, config in enumerate(self.members):
            if not isinstance(config, Config):
                raise ConfigError(f"member {i} of a group must be a Config, not {config!r}")
        for pipe in self.pipes:
            if not isinstance(pipe, Pipe):
                raise ConfigError(f"pipes must be Pipe objects, not {pipe!r}")
        self._how()

    def _how(self) -> gosandbox_group:
        how = gosandbox_group()
        how.size = sizeof(how)
        how.flags = GROUP_PATIENT if self.patient else 0
        how.ending = Ending(self.ending)
        how.member = whole("member", self.member, 0, 63)
        how.wall = 0 if self.wall is None else _span("wall", self.wall)
        how.grace = _span("grace", self.grace) if self.grace else 0
        if isinstance(self.transcript, bool):
            how.transcript = DEFAULT_TRANSCRIPT if self.transcript else 0
        else:
            how.transcript = whole("transcript", self.transcript, 0, 1 << 30)
        return how

    def _pipes(self) -> "Array[gosandbox_pipe]":
        made = (gosandbox_pipe * len(self.pipes))()
        for raw, pipe in zip(made, self.pipes):
            raw.size, raw.flags = sizeof(gosandbox_pipe), 0 if pipe.recorded else PIPE_UNRECORDED
            setattr(raw, "from", pipe.writer)
            raw.from_fd, raw.to, raw.to_fd, raw.capacity = pipe.writer_fd, pipe.reader, pipe.reader_fd, pipe.capacity
        return made


def _span(name: str, value: Any) -> int:
    ns = seconds(name, value)
    if not 0 < ns < 1 << 63:
        raise ConfigError(f"{name} is {value!r}: it must be above 0 and below 2**63 ns")
    return ns


class _Members:
    """The config handles of a group, to be closed."""

    def __init__(self, group: Group) -> None:
        self.lib, self.group = library(), group
        self._stack = ExitStack()
        try:
            self.handles = [self._stack.enter_context(Handle(self.lib, config)) for config in group.members]
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> _Members:
        return self

    def __exit__(self, *unused: object) -> None:
        self._stack.close()

    def arguments(self) -> Tuple[Any, ...]:
        configs = (c_void_p * len(self.handles))(*[h.handle.value for h in self.handles])
        pipes = self.group._pipes()
        return byref(self.group._how()), len(self.handles), configs, pipes if self.group.pipes else None, len(self.group.pipes)

    @property
    def asks(self) -> bool:
        return any(h.dispatch.asks for h in self.handles)


class _Callbacks:
    """The callbacks of all members, until the group is over."""

    def __init__(self, members: _Members) -> None:
        self._all = [h.dispatch for h in members.handles]

    def begin(self) -> None:
        for dispatch in self._all:
            dispatch.begin()

    def finish(self) -> None:
        for dispatch in self._all:
            dispatch.finish()

    def settle(self, outcome: Optional[GroupResult]) -> None:
        """Raises what the first of them has raised."""
        self.finish()
        for i, dispatch in enumerate(self._all):
            dispatch.settle(None if outcome is None else outcome.results[i])


class GroupTask(Running[GroupResult]):
    """A running group, made by `start_group`; as Task is for one program. kill is for all members."""

    def __init__(self, members: _Members) -> None:
        """Starts it. Internal: call `start_group`."""
        super().__init__(members.lib, members.asks)
        self._captured = [h.captured for h in members.handles]
        self._callbacks = _Callbacks(members)
        self._callbacks.begin()
        try:
            self._lib.check(self._lib.start_group(*members.arguments(), byref(self._handle)))
        except BaseException:
            self._callbacks.finish()
            raise

    def pid(self, member: int) -> int:
        """Process id of a member, 0 while it is not started yet. Raises ConfigError when there is no such member, Error after
        close."""
        return self._lib.check(self._lib.task_member_pid(self._handle, whole("member", member, 0, (1 << 32) - 1)))

    def _take(self, ns: int) -> GroupResult:
        out = (c_void_p * len(self._captured))()
        return _read(self._lib, out, self._captured, self._lib.task_wait_group(self._handle, ns, len(out), out))

    def _settle(self, result: GroupResult) -> None:
        self._callbacks.settle(result)

    def _over(self) -> None:
        self._callbacks.finish()


def _read(lib: Library, out: "Array[c_void_p]", captured: List[List[int]], code: int) -> GroupResult:
    handles = [c_void_p(address) for address in list(out)]
    try:
        if not handles[0]:
            raise lib.exception(code)
        return read_group(lib, handles, captured)
    finally:
        for handle in handles:
            lib.result_free(handle)


def start_group(group: Group) -> GroupTask:
    """Starts a group and returns at once. A member that cannot be started is told by GroupTask.wait, as status SETUP_FAILED. Raises
    as `start` does."""
    with _Members(group) as members:
        return GroupTask(members)


def run_group(
    members: Union[Group, Sequence[Config]], pipes: Sequence[Pipe] = (), *, wall: Optional[float] = None, ending: Ending = Ending.ALL,
    member: int = 0, grace: float = 0.0, transcript: Union[bool, int] = False, patient: bool = False,
) -> GroupResult:
    """Runs a group until every member, and every process they made, is gone. Ctrl-C kills them at once::

        with_interactor = gs.run_group([solution, interactor], gs.connect(0, 1), wall=10, transcript=True)

    The arguments are the fields of Group; a Group has them all. It blocks in the library, without the interpreter lock, as `run` does;
    on_syscall of all members is called on the calling thread, one at a time (but on another one for a daemon thread).

    Raises as `run` does. Verdicts are results: a member that cannot be started is SETUP_FAILED, and the others, which never
    run, are CANCELLED.
    """
    group = members if isinstance(members, Group) else Group(members, pipes, wall, ending, member, grace, transcript, patient)
    with _Members(group) as made:
        thread = threading.current_thread()
        if thread is threading.main_thread():
            made.handles[0].dispatch.attach_interrupt(made.handles[0].handle)
        if made.asks and thread.daemon:
            with GroupTask(made) as task:  # can be ended when the interpreter leaves: it must not leave in a callback
                return task.wait()
        return _run(made)


def _run(made: _Members) -> GroupResult:
    callbacks, outcome = _Callbacks(made), None
    out = (c_void_p * len(made.handles))()
    callbacks.begin()
    try:
        code = made.lib.run_group_with(*made.arguments(), out)
        if out[0]:
            outcome = _read(made.lib, out, [h.captured for h in made.handles], code)
        callbacks.settle(outcome)
        if outcome is None:
            raise made.lib.exception(code)
        return outcome
    finally:
        callbacks.finish()


async def run_group_async(group: Group) -> GroupResult:
    """`run_group` in an asyncio loop. When the caller is cancelled, all members are killed, and the cancellation goes on when they are
    gone."""
    async with start_group(group) as task:
        return await task


def _pair(solution: Config, interactor: Config, wall: Optional[float], transcript: Union[bool, int], grace: float) -> Group:
    return Group([solution, interactor], connect(0, 1), wall=wall, transcript=transcript, ending=Ending.MEMBER, member=1, grace=grace)


def interact(solution: Config, interactor: Config, *, wall: Optional[float] = None, transcript: Union[bool, int] = True,
             grace: float = 1.0) -> Interaction:
    """Runs a solution against an interactor: the standard output of each is the standard input of the other. When the interactor has
    ended the solution has `grace` seconds left. Arguments and exceptions are those of `run_group`."""
    return Interaction(run_group(_pair(solution, interactor, wall, transcript, grace)))


async def interact_async(solution: Config, interactor: Config, *, wall: Optional[float] = None,
                         transcript: Union[bool, int] = True, grace: float = 1.0) -> Interaction:
    """`interact` in an asyncio loop."""
    return Interaction(await run_group_async(_pair(solution, interactor, wall, transcript, grace)))

