"""What the judge says about a submission."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Optional, Tuple


class Verdict(Enum):
    """The verdicts; the value says what each means."""

    AC = "accepted"
    WA = "wrong answer"
    PE = "presentation error: right but for white space"
    TLE = "CPU time limit"
    WTL = "wall time limit: it slept or waited"
    MLE = "memory limit"
    OLE = "output limit"
    RTE = "run-time error: a signal, or an exit code other than 0"
    PLE = "process limit"
    SV = "security violation: a forbidden system call"
    CE = "compile error"
    SE = "system error: not the submission's fault"
    SKIPPED = "not judged"


@dataclass(frozen=True)
class Said:
    """A piece of a dialogue."""

    by_submission: bool
    """Else by the interactor."""
    at_ns: int
    """From the common start."""
    text: str
    """Bytes that are no UTF-8 stand in it as lone surrogates (surrogateescape): escape it. "": hung up."""


@dataclass(frozen=True)
class Outcome:
    """One test of one submission."""

    test: str
    """Name of the test."""
    verdict: Verdict
    detail: str = ""
    cpu_ns: Optional[int] = None
    """CPU time in ns; None where it was not measured, as are the others."""
    wall_ns: Optional[int] = None
    memory: Optional[int] = None
    """Peak in bytes."""
    dialogue: Tuple[Said, ...] = ()
    """With an interactor, the first of what was said."""
    dropped: int = 0
    """Bytes of it that were not kept."""
    hung_up: str = ""
    """With an interactor, who hung up first: "submission", "interactor", or "" when nobody did."""


@dataclass(frozen=True)
class Report:
    """One submission. `detail`, `log` and the details of tests hold what the submission has written: escape them."""

    submission: str
    """Name of its file."""
    verdict: Verdict
    detail: str = ""
    expected: Optional[str] = None
    """What its first line asks for; None when it says nothing."""
    outcomes: Tuple[Outcome, ...] = ()
    """The tests that were run, in order."""
    language: str = ""
    """Name of the language, "" where it is not known."""
    log: str = ""
    """What the compiler said, when it failed; the beginning of it."""

    @property
    def as_expected(self) -> Optional[bool]:
        """None where there is nothing to compare."""
        if self.expected is None or self.verdict is Verdict.SKIPPED:
            return None
        return self.expected == self.verdict.name

    @property
    def passed(self) -> int:
        """Number of tests passed."""
        return sum(o.verdict is Verdict.AC for o in self.outcomes)

    @property
    def cpu_ns(self) -> Optional[int]:
        """The largest of all tests."""
        return max((o.cpu_ns for o in self.outcomes if o.cpu_ns is not None), default=None)

    @property
    def wall_ns(self) -> Optional[int]:
        """The largest of all tests."""
        return max((o.wall_ns for o in self.outcomes if o.wall_ns is not None), default=None)

    @property
    def memory(self) -> Optional[int]:
        """The largest of all tests, in bytes."""
        return max((o.memory for o in self.outcomes if o.memory is not None), default=None)
