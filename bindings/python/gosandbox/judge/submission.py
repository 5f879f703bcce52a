"""Compiling and testing one submission."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from .._abi import Figure, Status
from ..limits import Limits
from ..policy import Policy
from ..result import Result
from .compare import compare
from .languages import Language
from .problem import Problem, Test
from .reach import compiler_policy, submission_policy
from .session import NOBODY, Session
from .verdict import Outcome, Report, Verdict
from .workdir import clear

_LONGEST_SOURCE = 1 << 20


_COMPILER_LIMITS = Limits(cpu=20, wall=120, memory=1 << 30, stack=64 << 20, output=64 << 20, processes=64, open_files=256)
_TELLING = re.compile(rb"rror|xception|XCEPTION|panic")
_LOG = 16 << 10  # bytes of what a compiler says
_OF_STATUS = {
    Status.CPU_LIMIT: Verdict.TLE, Status.WALL_LIMIT: Verdict.WTL, Status.MEMORY_LIMIT: Verdict.MLE,
    Status.OUTPUT_LIMIT: Verdict.OLE, Status.PROCESS_LIMIT: Verdict.PLE, Status.VIOLATION: Verdict.SV,
    Status.CANCELLED: Verdict.SKIPPED,
}


class _Decided(Exception):
    """A verdict before any test was run."""

    def __init__(self, verdict: Verdict, detail: str, log: str = "") -> None:
        super().__init__(verdict, detail)
        self.verdict, self.detail, self.log = verdict, detail, log


@dataclass(frozen=True)
class _Built:
    """A submission that can be run."""

    argv: Sequence[str]
    policy: Policy
    work: Path
    limits: Limits


def judge_submission(session: Session, problem: Problem, path: Path, scratch: Path, all_tests: bool = False) -> Report:
    """Judges one submission. `scratch` is a folder of its own, still empty, which stays full of what the submission
    leaves: clear it. With `all_tests` a failed test does not end it."""
    expected: Optional[str] = None
    language = problem.languages.get(path.suffix)
    name = "" if language is None else language.name
    try:
        source = _read(path, language)
        expected = _expectation(source)
        if language is None:
            raise _Decided(Verdict.SKIPPED, "a file of this kind is in no language that is known here")
        if len(source) > _LONGEST_SOURCE:
            raise _Decided(Verdict.CE, "the source is longer than 1 MiB")
        built = _prepare(session, problem, language, source, scratch)
        outcomes = _test(session, problem, built, all_tests)
    except _Decided as e:
        return Report(path.name, e.verdict, e.detail, expected, language=name, log=e.log)
    except OSError as e:
        return Report(path.name, Verdict.SE, str(e), expected, language=name)
    failed = next((o for o in outcomes if o.verdict is not Verdict.AC), None)
    if failed is None:
        return Report(path.name, Verdict.AC, "", expected, tuple(outcomes), name)
    return Report(path.name, failed.verdict, f"test {failed.test}: {failed.detail}", expected, tuple(outcomes), name)


def _read(path: Path, language: Optional[Language]) -> bytes:
    if language is None and not path.exists():
        return b""
    with open(path, "rb") as f:
        return f.read(_LONGEST_SOURCE + 1)


def _expectation(source: bytes) -> Optional[str]:
    """The word after "expect:" in the first line, or in the second when the first is the interpreter's (#!). A word that
    is no verdict is never fulfilled, and so does not go unnoticed."""
    lines = source[:4096].split(b"\n")
    line = lines[1] if lines[0].startswith(b"#!") and len(lines) > 1 else lines[0]
    found = re.search(rb"expect:[ \t]*([A-Z]*)", line)
    return found[1].decode() if found else None


def _prepare(session: Session, problem: Problem, language: Language, source: bytes, scratch: Path) -> _Built:
    """Makes what is run. scratch/program or scratch/main.* is not writable by submissions; scratch/work is the working
    directory of the compiler and of the program, theirs to write to."""
    if language.missing is not None:
        raise _Decided(Verdict.SKIPPED, f"{language.missing} not found (Debian package {language.package})")
    work = scratch / "work"
    work.mkdir(0o700)
    program = scratch / "program"
    main = (work if language.compile else scratch) / language.source
    with open(main, "xb") as f:
        f.write(source)
    main.chmod(0o644)
    if session.as_nobody:
        os.chown(work, NOBODY, NOBODY)
    if language.compile:
        for command in language.compile:
            _compile(session, language, command, work)
        _take(session, work / "program", program)
    argv = language.command(problem.limits, str(program), str(main))
    policy = submission_policy(program if language.compile else main, work, language.readable)
    return _Built(argv, policy, work, language.limits(problem.limits))


def _compile(session: Session, language: Language, command: Sequence[str], work: Path) -> None:
    policy = compiler_policy(work, language.readable)
    result = session.run(command, work, _COMPILER_LIMITS, policy, keep=(_LOG, -1))
    if result.ok:
        return
    if result.status in (Status.CANCELLED, Status.SETUP_FAILED, Status.INTERNAL):
        cancelled = result.status == Status.CANCELLED
        raise _Decided(Verdict.SKIPPED if cancelled else Verdict.SE, "stopped" if cancelled else result.message)
    log = result.text()
    if result.status != Status.EXITED:
        raise _Decided(Verdict.CE, f"compiler: {result.message}", log)
    lines = [line for line in log.splitlines() if line.strip() and not line.startswith("#")]
    # Compilers begin with "In function ..."; those that do not say "error" begin with the error.
    line = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")
    raise _Decided(Verdict.CE, line[:255] or result.message, log)


def _take(session: Session, built: Path, program: Path) -> None:
    """Takes the program away from the folder where submissions can write. Moved first and looked at then: from here on
    nobody can exchange it. It is not copied: a program that is open for writing in any process cannot be started, and
    a child made by another thread in the middle of the copying would hold such a descriptor for a moment."""
    try:
        os.rename(built, program)
    except FileNotFoundError:
        raise _Decided(Verdict.CE, "the compiler made no program") from None
    fd = os.open(program, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise _Decided(Verdict.SE, "the compiler's program is no file of its own")
        if session.as_nobody:
            os.fchown(fd, 0, 0)
        os.fchmod(fd, 0o555)
    finally:
        os.close(fd)


def _test(session: Session, problem: Problem, built: _Built, all_tests: bool) -> List[Outcome]:
    outcomes: List[Outcome] = []
    for test in problem.tests:
        clear(built.work)  # no test finds what the one before has left
        keep = (problem.limits.output or 0, 4096)
        result = session.run(built.argv, built.work, built.limits, built.policy, test.input, keep)
        verdict, detail = _decide(problem, test, result)
        measured = result.measured
        outcomes.append(Outcome(
            test.name, verdict, detail, result.cpu_time_ns if Figure.CPU in measured else None,
            result.wall_time_ns if Figure.WALL in measured else None,
            result.memory_peak if Figure.MEMORY_PEAK in measured else None))
        if verdict in (Verdict.SE, Verdict.SKIPPED) or verdict is not Verdict.AC and not all_tests:
            break
    return outcomes


def _decide(problem: Problem, test: Test, result: Result) -> Tuple[Verdict, str]:
    if result.status == Status.SIGNALED and result.signal is not None:
        name = getattr(result.signal, "name", "SIG?")
        return Verdict.RTE, f"signal {int(result.signal)} ({name}){_last_words(result)}"
    if result.status == Status.EXITED and result.exit_code != 0:
        return Verdict.RTE, f"exit code {result.exit_code}{_last_words(result)}"
    if result.status == Status.EXITED:
        return compare(result.stdout or b"", test.answer.read_bytes(), problem.exact)
    verdict = _OF_STATUS.get(result.status, Verdict.SE)
    return verdict, "stopped" if verdict is Verdict.SKIPPED else result.message


def _last_words(result: Result) -> str:
    """What the program said on stderr: the last line that tells an error ("ValueError: ..." of Python, 'Exception in thread "main"' of
    Java), or else the last one ("Assertion ... failed" of C)."""
    lines = [line for line in re.split(rb"[\r\n]+", result.stderr or b"") if line]
    telling = [line for line in lines if _TELLING.search(line)] or lines
    return ": " + telling[-1][:100].decode("utf-8", "replace") if telling else ""
