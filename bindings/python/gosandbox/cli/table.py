"""Verdicts as a table or as JSON, row by row."""

from __future__ import annotations

import json
from collections import Counter
from typing import IO, Any, Counter as CounterType, Dict, Optional, Type, Union

from ..judge import Outcome, Problem, Report, Verdict
from .terminal import BOLD, DIM, GREEN, RED, YELLOW, clean, coloured, paint, printable

_COLOURS = {Verdict.AC: GREEN, Verdict.SE: RED, Verdict.SKIPPED: DIM}


def printer(as_json: bool) -> Type[Union[Table, Json]]:
    return Json if as_json else Table


class _Printer:
    """Counts; a row is counted when it is printed."""

    def __init__(self, to: IO[str], problem: Problem) -> None:
        self._to, self._problem = to, problem
        self._counts: CounterType[str] = Counter()

    def _count(self, report: Report) -> None:
        if report.verdict is Verdict.SKIPPED:
            name = "skipped"
        elif report.as_expected is None:
            name = "without_expectation"
        else:
            name = "as_expected" if report.as_expected else "unexpected"
        self._counts[name] += 1


class Table(_Printer):
    """For people."""

    def __init__(self, to: IO[str], problem: Problem) -> None:
        super().__init__(to, problem)
        self._colours = coloured(to)
        self._width = min(60, max(len("submission"), *(len(printable(p.name)) for p in problem.submissions)))
        limits = problem.limits
        to.write(f"{paint(printable(problem.title), BOLD, self._colours)}: {len(problem.tests)} tests, cpu "
                 f"{float(limits.cpu or 0):.3f} s, memory {(limits.memory or 0) >> 20} MiB\n\n")
        head = (f"{'submission':{self._width}}  {'verdict':7}  {'expected':10} {'tests':>7} {'max cpu':>11} "
                f"{'max wall':>11} {'max memory':>12}  detail")
        to.write(paint(head, DIM, self._colours) + "\n")
        to.flush()

    def row(self, report: Report) -> None:
        self._count(report)
        expected = "-" if report.expected is None else report.expected or "?"
        mark = " !" if report.as_expected is False else ""
        verdict = paint(f"{report.verdict.name:7}", _COLOURS.get(report.verdict, YELLOW), self._colours)
        memory = "-" if report.memory is None else f"{report.memory >> 10} KiB"
        self._to.write((
            f"{printable(report.submission):{self._width}}  {verdict}  "
            f"{paint(f'{expected + mark:10}', RED if mark else '0', self._colours)} "
            f"{f'{report.passed}/{len(self._problem.tests)}':>7} {_seconds(report.cpu_ns):>11} "
            f"{_seconds(report.wall_ns):>11} {memory:>12}  {printable(report.detail)}").rstrip() + "\n")
        self._to.flush()

    def end(self) -> None:
        counts = self._counts
        line = f"\n{counts['as_expected']} as expected, {counts['unexpected']} not as expected"
        if counts["without_expectation"]:
            line += f", {counts['without_expectation']} without an expectation"
        if counts["skipped"]:
            line += f", {counts['skipped']} skipped"
        self._to.write(line + "\n")
        self._to.flush()


class Json(_Printer):
    """For programs: the object of the C judge, and what each test did."""

    def __init__(self, to: IO[str], problem: Problem) -> None:
        super().__init__(to, problem)
        to.write('{\n  "problem": ' + json.dumps(clean(problem.title)) + ',\n  "results": [')
        self._comma = "\n"

    def row(self, report: Report) -> None:
        self._count(report)
        self._to.write(self._comma + "    " + json.dumps(_as_dict(report, len(self._problem.tests))))
        self._comma = ",\n"
        self._to.flush()

    def end(self) -> None:
        names = ("as_expected", "unexpected", "without_expectation", "skipped")
        self._to.write("\n  ],\n" + ",\n".join(f'  "{name}": {self._counts[name]}' for name in names) + "\n}\n")
        self._to.flush()


def _as_dict(report: Report, tests: int) -> Dict[str, Any]:
    return {
        "submission": clean(report.submission), "language": report.language, "verdict": report.verdict.name, "expected": report.expected,
        "as_expected": report.as_expected, "passed": report.passed, "tests": tests, "max_cpu_ns": report.cpu_ns,
        "max_wall_ns": report.wall_ns, "max_memory_bytes": report.memory, "detail": clean(report.detail),
        "outcomes": [_outcome(o) for o in report.outcomes],
    }


def _outcome(o: Outcome) -> Dict[str, Any]:
    found: Dict[str, Any] = {
        "test": clean(o.test), "verdict": o.verdict.name, "cpu_ns": o.cpu_ns, "wall_ns": o.wall_ns, "memory_bytes": o.memory,
        "detail": clean(o.detail)}
    if o.dialogue:
        found.update(hung_up=o.hung_up or None, dropped_bytes=o.dropped, dialogue=[
            {"by": "submission" if s.by_submission else "interactor", "at_ns": s.at_ns, "text": clean(s.text)} for s in o.dialogue])
    return found


def _seconds(ns: Optional[int]) -> str:
    return "-" if ns is None else f"{ns // 10**9}.{ns % 10**9 // 10**6:03} s"
