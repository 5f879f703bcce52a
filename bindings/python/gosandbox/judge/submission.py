"""Compiling and testing one submission."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Optional

from .._abi import Figure
from .build import LONGEST_SOURCE, Built, Decided, build
from .decide import decide
from .interactive import Interactor, interact, prepare_interactor
from .languages import Language
from .problem import Problem
from .session import Session
from .settings import ProblemError
from .verdict import Outcome, Report, Verdict
from .workdir import clear


def judge_submission(session: Session, problem: Problem, path: Path, scratch: Path, all_tests: bool = False,
                     interactor: Optional[Interactor] = None) -> Report:
    """Judges one submission.

    Args:
        scratch: A folder of its own, still empty, which stays full of what the submission leaves: clear it.
        all_tests: A failed test does not end it.
        interactor: What `prepare_interactor` made for the problem; None: it is made here, where the problem has one.
    """
    expected: Optional[str] = None
    language = problem.languages.get(path.suffix)
    name = "" if language is None else language.name
    try:
        source = _read(path, language)
        expected = _expectation(source)
        if language is None:
            raise Decided(Verdict.SKIPPED, "a file of this kind is in no language that is known here")
        if len(source) > LONGEST_SOURCE:
            raise Decided(Verdict.CE, "the source is longer than 1 MiB")
        if problem.interactor is not None and interactor is None:
            interactor = prepare_interactor(session, problem, scratch / "interactor")
        built = build(session, problem.limits, language, source, scratch)
        outcomes = _test(session, problem, built, all_tests, interactor and interactor.beside(session, scratch / "other"))
    except Decided as e:
        return Report(path.name, e.verdict, e.detail, expected, language=name, log=e.log)
    except (OSError, ProblemError) as e:
        return Report(path.name, Verdict.SE, str(e), expected, language=name)
    failed = next((o for o in outcomes if o.verdict is not Verdict.AC), None)
    if failed is None:
        return Report(path.name, Verdict.AC, "", expected, tuple(outcomes), name)
    return Report(path.name, failed.verdict, f"test {failed.test}: {failed.detail}", expected, tuple(outcomes), name)


def _read(path: Path, language: Optional[Language]) -> bytes:
    if language is None and not path.exists():
        return b""
    with open(path, "rb") as f:
        return f.read(LONGEST_SOURCE + 1)


def _expectation(source: bytes) -> Optional[str]:
    """The word after "expect:" in the first line, or in the second when the first is the interpreter's (#!). A word that
    is no verdict is never fulfilled, and so does not go unnoticed."""
    lines = source[:4096].split(b"\n")
    line = lines[1] if lines[0].startswith(b"#!") and len(lines) > 1 else lines[0]
    found = re.search(rb"expect:[ \t]*([A-Z]*)", line)
    return found[1].decode() if found else None


def _test(session: Session, problem: Problem, built: Built, all_tests: bool, interactor: Optional[Interactor]) -> List[Outcome]:
    outcomes: List[Outcome] = []
    policy, keep = built.policy, (problem.limits.output or 0, 4096)
    for test in problem.tests:
        clear(built.work)  # no test finds what the one before has left
        if interactor is not None:
            outcome = interact(session, built, policy, interactor, test)
        else:
            result = session.run(built.argv, built.work, built.limits, policy, test.input, keep)
            measured = result.measured
            outcome = Outcome(
                test.name, *decide(problem, test, result), result.cpu_time_ns if Figure.CPU in measured else None,
                result.wall_time_ns if Figure.WALL in measured else None,
                result.memory_peak if Figure.MEMORY_PEAK in measured else None)
        outcomes.append(outcome)
        if outcome.verdict in (Verdict.SE, Verdict.SKIPPED) or outcome.verdict is not Verdict.AC and not all_tests:
            break
    return outcomes
