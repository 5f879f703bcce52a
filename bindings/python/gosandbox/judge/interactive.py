"""Problems with an interactor: a program that talks to the submission, and decides.

Its standard output is the submission's standard input and the other way round; descriptor 3 is the test, open for reading. It ends with
exit code 42 when the submission is right, with 43 when it is wrong, as Kattis has it, and the last line that it has written to stderr says
why. Whatever else becomes of it is not the submission's fault (SE): a crash looks like neither."""

from __future__ import annotations

import dataclasses
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

from .._abi import Cause, Ending, Figure, HangUp, Status, Waiting
from ..files import File
from ..group import Group, connect
from ..group_result import GroupResult
from ..limits import Limits
from ..policy import Policy
from ..result import Result
from .build import LONGEST_SOURCE, Built, Decided, build
from .decide import OF_STATUS, crashed
from .problem import Problem, Test
from .session import INTERACTOR, Session
from .settings import ProblemError
from .verdict import Outcome, Said, Verdict
from .workdir import clear

RIGHT, WRONG = 42, 43
_LIMITS = Limits(cpu=10, memory=256 << 20, stack=64 << 20, output=16 << 20, processes=16, open_files=256)
_GRACE = 1.0  # seconds that a submission has left when the interactor has ended
_KEPT = 16 << 10  # bytes of a dialogue


@dataclass(frozen=True)
class Interactor:
    """An interactor that can be run. `beside` gives one for each submission."""

    built: Built

    def beside(self, session: Session, work: Path) -> Interactor:
        """The same with a working directory of its own, which is made."""
        work.mkdir(0o700)
        if session.as_nobody:
            os.chown(work, INTERACTOR, INTERACTOR)
        return Interactor(dataclasses.replace(self.built, work=work))


def prepare_interactor(session: Session, problem: Problem, folder: Path) -> Interactor:
    """Compiles the interactor of a problem in a folder, which is made. Raises ProblemError when it cannot be, and OSError."""
    path = problem.interactor
    if path is None:
        raise ProblemError(f"{problem.title} has no interactor")
    language = problem.languages.get(path.suffix)
    if language is None:
        raise ProblemError(f"{path} is in no language that is known here")
    folder.mkdir(0o755)
    with open(path, "rb") as f:
        source = f.read(LONGEST_SOURCE)
    try:
        return Interactor(build(session, _LIMITS, language, source, folder))
    except Decided as e:
        raise ProblemError(f"{path}: {e.detail}") from None


def interact(session: Session, built: Built, policy: Policy, interactor: Interactor, test: Test) -> Outcome:
    """Runs a submission against the interactor on one test."""
    other = interactor.built
    clear(other.work)
    limits = dataclasses.replace(built.limits, wall=None)  # the one of both together is theirs
    members = (session.member(built.argv, built.work, limits, policy),
               session.member(other.argv, other.work, other.limits, other.policy, INTERACTOR, {3: File(test.input)}))
    wall = built.limits.wall
    group = session.run_group(Group(members, connect(0, 1), wall=None if wall is None else float(wall), transcript=_KEPT,
                                    ending=Ending.MEMBER, member=1, grace=_GRACE))
    verdict, detail = _decide(group, built.limits)
    solution = group.results[0]
    measured = solution.measured
    said = tuple(Said(p.pipe == 0, round(p.time * 1e9), p.data.decode("utf-8", "surrogateescape")) for p in group.dialogue)
    return Outcome(
        test.name, verdict, detail, solution.cpu_time_ns if Figure.CPU in measured else None,
        solution.wall_time_ns if Figure.WALL in measured else None, solution.memory_peak if Figure.MEMORY_PEAK in measured else None,
        said, group.dialogue_dropped, "" if group.first_out is None else ("submission", "interactor")[group.first_out])


def _decide(group: GroupResult, limits: Limits) -> Tuple[Verdict, str]:
    """What came first counts: a submission that crashes because the interactor has hung up was wrong before."""
    solution, interactor = group.results
    said = interactor.exit_code
    interactor_left_first = group.pipes[0].first == HangUp.READER
    for member in (solution, interactor):
        if member.status in (Status.SETUP_FAILED, Status.INTERNAL):
            return Verdict.SE, member.message
    if solution.status == Status.CANCELLED and solution.cause != Cause.GROUP:
        return Verdict.SKIPPED, "stopped"
    if solution.status == Status.VIOLATION:
        return Verdict.SV, solution.message
    if said == WRONG and interactor_left_first:
        return Verdict.WA, _words(interactor)
    if limits.output is not None and group.pipes[0].bytes > limits.output:
        return Verdict.OLE, f"wrote {group.pipes[0].bytes} bytes, limit {limits.output}"
    if solution.status == Status.WALL_LIMIT:
        return _waited(group)
    if solution.status in OF_STATUS and solution.status != Status.CANCELLED:
        return OF_STATUS[solution.status], solution.message
    if said not in (RIGHT, WRONG) and interactor_left_first:
        return Verdict.SE, f"the interactor: {crashed(interactor) or interactor.message}"
    crash = crashed(solution)
    if crash:
        return Verdict.RTE, crash
    if said == WRONG:
        return Verdict.WA, _words(interactor)
    if said == RIGHT and solution.status == Status.CANCELLED:
        return Verdict.WTL, f"did not end within {_GRACE:g} s of the dialogue"
    if said == RIGHT:
        return Verdict.AC, ""
    if interactor.signal == signal.SIGPIPE:
        return Verdict.WA, "hung up before the interactor had said all"
    return Verdict.SE, f"the interactor: {crashed(interactor) or interactor.message}"


def _waited(group: GroupResult) -> Tuple[Verdict, str]:
    mine, others = (m.waiting for m in group.members)
    if group.deadlock:
        hint = ": was the output flushed?" if mine == others == Waiting.READ else ""
        return Verdict.WTL, f"deadlock, it and the interactor wait for each other{hint}"
    if mine != Waiting.NOT and others == Waiting.NOT:
        return Verdict.SE, "the interactor did not answer in time"
    return Verdict.WTL, group.results[0].message


def _words(interactor: Result) -> str:
    lines = (interactor.stderr or b"").decode("utf-8", "replace").split("\n")
    return next((line[:200] for line in reversed(lines) if line.strip()), "the interactor says so")
