"""Making what is run of a source that a stranger wrote."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence, Tuple

from .._abi import Status
from ..limits import Limits
from ..policy import Policy
from .languages import Language
from .reach import compiler_policy, submission_policy
from .session import NOBODY, Session
from .verdict import Verdict

LONGEST_SOURCE = 1 << 20

_COMPILER_LIMITS = Limits(cpu=20, wall=120, memory=1 << 30, stack=64 << 20, output=64 << 20, processes=64, open_files=256)
_LOG = 16 << 10  # bytes of what a compiler says


class Decided(Exception):
    """A verdict before any test was run."""

    def __init__(self, verdict: Verdict, detail: str, log: str = "") -> None:
        super().__init__(verdict, detail)
        self.verdict, self.detail, self.log = verdict, detail, log


@dataclass(frozen=True)
class Built:
    """A program that can be run."""

    argv: Sequence[str]
    program: Path
    """The file that it may execute besides those of the system: what the compiler made, or the source."""
    work: Path
    limits: Limits
    read: Tuple[str, ...]

    @property
    def policy(self) -> Policy:
        return submission_policy(self.program, self.work, self.read)


def build(session: Session, limits: Limits, language: Language, source: bytes, scratch: Path) -> Built:
    """Compiles a source, to be run under `limits`, in a folder that is still empty. Raises Decided and OSError.

    scratch/program or scratch/main.* is not writable by submissions; scratch/work is the working directory of the compiler and of the
    program, theirs to write to."""
    if language.missing is not None:
        raise Decided(Verdict.SKIPPED, f"{language.missing} not found (Debian package {language.package})")
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
    argv = language.command(limits, str(program), str(main))
    return Built(argv, program if language.compile else main, work, language.limits(limits), tuple(language.readable))


def _compile(session: Session, language: Language, command: Sequence[str], work: Path) -> None:
    policy = compiler_policy(work, language.readable)
    result = session.run(command, work, _COMPILER_LIMITS, policy, keep=(_LOG, -1))
    if result.ok:
        return
    if result.status in (Status.CANCELLED, Status.SETUP_FAILED, Status.INTERNAL):
        cancelled = result.status == Status.CANCELLED
        raise Decided(Verdict.SKIPPED if cancelled else Verdict.SE, "stopped" if cancelled else result.message)
    log = result.text()
    if result.status != Status.EXITED:
        raise Decided(Verdict.CE, f"compiler: {result.message}", log)
    lines = [line for line in log.splitlines() if line.strip() and not line.startswith("#")]
    # Compilers begin with "In function ..."; those that do not say "error" begin with the error.
    line = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")
    raise Decided(Verdict.CE, line[:255] or result.message, log)


def _take(session: Session, built: Path, program: Path) -> None:
    """Takes the program away from the folder where submissions can write. Moved first and looked at then: from here on
    nobody can exchange it. It is not copied: a program that is open for writing in any process cannot be started, and
    a child made by another thread in the middle of the copying would hold such a descriptor for a moment."""
    try:
        os.rename(built, program)
    except FileNotFoundError:
        raise Decided(Verdict.CE, "the compiler made no program") from None
    fd = os.open(program, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise Decided(Verdict.SE, "the compiler's program is no file of its own")
        if session.as_nobody:
            os.fchown(fd, 0, 0)
        os.fchmod(fd, 0o555)
    finally:
        os.close(fd)
