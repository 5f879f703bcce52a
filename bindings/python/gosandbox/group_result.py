"""What became of a group."""

from __future__ import annotations

from ctypes import byref, c_void_p, sizeof, string_at
from dataclasses import dataclass
from typing import Any, Iterator, List, Optional, Tuple

from ._abi import Cause, HangUp, Status, Waiting, gosandbox_hangup, gosandbox_member, gosandbox_piece
from ._library import Library
from .result import Result, read_result


@dataclass(frozen=True)
class Member:
    """What all of a member did when the group was killed at a wall limit, or in a deadlock."""

    waiting: Waiting
    """READ: waited for another member to write. WRITE: for another member to read. NOT: something else, or it could not be seen."""
    pipe: Optional[int]
    """On which pipe; None with NOT."""


@dataclass(frozen=True)
class PipeResult:
    """Who hung up on a pipe, by closing its end or by ending. What closed after the group was killed does not count."""

    first: HangUp
    """WRITER: the reader then reads the end of the file. READER: a write then fails with EPIPE and SIGPIPE. NONE: nobody did."""
    writer_order: int
    """That the writer's end was closed was the 1st, 2nd, ... hang-up of the group; 0: it was not seen."""
    reader_order: int
    writer_time: Optional[float]
    """Seconds from the common start; None when it was not seen."""
    reader_time: Optional[float]
    bytes: int
    """That went through, with a transcript; else 0."""


@dataclass(frozen=True)
class Piece:
    """A part of the transcript; no data: the writer has hung up."""

    pipe: int
    time: float
    """Seconds from the common start."""
    data: bytes


@dataclass(frozen=True)
class GroupResult:
    """What became of a group. Indexing and iterating give the results of its members."""

    results: Tuple[Result, ...]
    members: Tuple[Member, ...]
    pipes: Tuple[PipeResult, ...]
    first_out: Optional[int]
    """The member that hung up first; None: nobody did before the group was killed."""
    dialogue: Tuple[Piece, ...]
    """The transcript, where one was asked for."""
    dialogue_dropped: int
    """Bytes that did not fit into it."""

    @property
    def deadlock(self) -> bool:
        """All members waited for each other."""
        return any(r.cause == Cause.DEADLOCK for r in self.results)

    @property
    def ok(self) -> bool:
        """Every member ended by itself with exit code 0."""
        return all(r.ok for r in self.results)

    def check(self) -> GroupResult:
        """Raises as Result.check does, for the first member that could not be started, or else is not `ok`."""
        for r in self.results:
            if r.status in (Status.SETUP_FAILED, Status.INTERNAL):
                r.check()
        for r in self.results:
            r.check()
        return self

    def __getitem__(self, member: int) -> Result:
        return self.results[member]

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


@dataclass(frozen=True)
class Interaction:
    """What became of a solution and its interactor."""

    group: GroupResult

    @property
    def solution(self) -> Result:
        return self.group.results[0]

    @property
    def interactor(self) -> Result:
        return self.group.results[1]

    @property
    def said(self) -> bytes:
        """All that the solution wrote, as far as the transcript has it."""
        return self._of(0)

    @property
    def heard(self) -> bytes:
        """All that the interactor wrote to it, as far as the transcript has it."""
        return self._of(1)

    def _of(self, pipe: int) -> bytes:
        return b"".join(p.data for p in self.group.dialogue if p.pipe == pipe)


def read_group(lib: Library, handles: List[c_void_p], captured: List[List[int]]) -> GroupResult:
    """Everything that the result handles of a group hold; they can be freed afterwards."""
    results = tuple(read_result(lib, handle, list_) for handle, list_ in zip(handles, captured))
    raw = [_read(lib, handle, gosandbox_member(), lib.result_member) for handle in handles]
    members = tuple(Member(Waiting(m.waiting), m.waiting_pipe if m.waiting_pipe >= 0 else None) for m in raw)
    pipes = []
    for i in range(raw[0].pipes):
        h = _read(lib, handles[0], gosandbox_hangup(), lambda handle, out: lib.result_hangup(handle, i, out))
        pipes.append(PipeResult(HangUp(h.first), h.writer_order, h.reader_order, h.writer_at / 1e9 if h.writer_order else None,
                                h.reader_at / 1e9 if h.reader_order else None, h.bytes))
    return GroupResult(results, members, tuple(pipes), raw[0].first_out if raw[0].first_out >= 0 else None,
                       tuple(_pieces(lib, handles[0], raw[0].pieces)), raw[0].dropped)


def _read(lib: Library, handle: c_void_p, out: Any, get: Any) -> Any:
    out.size = sizeof(out)
    lib.check(get(handle, byref(out)))
    return out


def _pieces(lib: Library, handle: c_void_p, n: int) -> Iterator[Piece]:
    raw = gosandbox_piece()
    raw.size = sizeof(raw)
    for i in range(n):
        lib.check(lib.result_piece(handle, i, byref(raw)))
        yield Piece(raw.pipe, raw.at / 1e9, string_at(raw.bytes, raw.n) if raw.n else b"")
