"""Verdicts as one HTML page, which needs nothing else: no script, no font, no picture, no network.

Everything that a submission or a problem chose passes through `_e`. A content security policy in the page lets nothing
be loaded or run even if that failed."""

from __future__ import annotations

import html
import time
from collections import Counter
from importlib import resources
from typing import List, Optional, Sequence

from .. import __version__
from ..judge import Outcome, Problem, Report, Verdict
from .terminal import printable

_LONGEST = 2000  # characters of a message
_CLASS = {Verdict.AC: "good", Verdict.WA: "wrong", Verdict.PE: "wrong", Verdict.RTE: "crash", Verdict.SV: "bad",
          Verdict.CE: "quiet", Verdict.SE: "bad", Verdict.SKIPPED: "quiet"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(problem: Problem, reports: Sequence[Report]) -> str:
    """The whole page."""
    style = resources.files(__package__).joinpath("report.css").read_text("utf-8")
    limits = problem.limits
    facts = [("tests", str(len(problem.tests))), ("cpu", f"{float(limits.cpu or 0):g} s"),
             ("wall", f"{float(limits.wall or 0):g} s"), ("memory", _size(limits.memory)),
             ("output", _size(limits.output)), ("processes", str(limits.processes)),
             ("checker", "exact" if problem.exact else "tokens")]
    unexpected = sum(r.as_expected is False for r in reports)
    compared = sum(r.as_expected is not None for r in reports)
    state = f"{unexpected} not as expected" if unexpected else "all as expected" if compared else "judged"
    return "".join([
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_e(problem.title)}</title><style>{style}</style></head><body><main>",
        f'<header><h1>{_e(problem.title)}</h1><p class="state {"bad" if unexpected else "good"}">{state}</p></header>',
        '<ul class="facts">', *(f"<li><b>{_e(value)}</b> {_e(name)}</li>" for name, value in facts), "</ul>",
        _summary(reports), _table(problem, reports),
        f"<footer>{len(reports)} submissions, gosandbox {__version__}, "
        f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}</footer></main></body></html>\n",
    ])


def _summary(reports: Sequence[Report]) -> str:
    counts = Counter(r.verdict for r in reports)
    items = (f'<li title="{_e(v.value)}">{_badge(v)}<b>{counts[v]}</b></li>' for v in Verdict if counts[v])
    return f'<ul class="summary">{"".join(items)}</ul>'


def _table(problem: Problem, reports: Sequence[Report]) -> str:
    head = ("submission", "verdict", "tests", "time", "memory", "what happened")
    rows = "".join(_row(problem, r) for r in reports)
    heads = "".join(f"<th scope=col>{h}</th>" for h in head)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(problem: Problem, r: Report) -> str:
    limits = problem.limits
    cpu_limit = int(float(limits.cpu or 0) * 1e9)
    wanted = f' <span class="wanted">expected {_e(r.expected or "?")}</span>' if r.as_expected is False else ""
    return (
        f'<tr{" class=unexpected" if r.as_expected is False else ""}><th scope=row>{_e(r.submission)}<small>{_e(r.language)}</small></th>'
        f"<td>{_badge(r.verdict)}{wanted}</td><td>{_strip(problem, r)}</td>"
        f'<td>{_bar(r.cpu_ns, cpu_limit, _ms(r.cpu_ns), "time")}'
        f"{_waited(r)}</td>"
        f'<td>{_bar(r.memory, limits.memory, _size(r.memory), "memory")}</td>'
        f'<td class="what">{_what(r)}</td></tr>\n')


def _strip(problem: Problem, r: Report) -> str:
    """One cell for each test: passed, failed, not run."""
    by_name = {o.test: o for o in r.outcomes}
    cells: List[str] = []
    for test in problem.tests[:60]:
        o = by_name.get(test.name)
        kind = "none" if o is None else _CLASS.get(o.verdict, "limit")
        verdict = "not run" if o is None else o.verdict.name
        cells.append(f'<i class="{kind}" title="{_e(test.name)}: {verdict}"></i>')
    return f'<span class="strip">{"".join(cells)}</span> <small>{r.passed}/{len(problem.tests)}</small>'


def _bar(value: Optional[int], limit: Optional[int], label: str, kind: str) -> str:
    if value is None:
        return '<span class="none">–</span>'
    share = min(100.0, 100 * value / limit) if limit else 0.0
    full = " full" if limit and value >= limit else ""
    return (f'<span class="bar {kind}{full}"><span style="width:{share:.1f}%"></span></span>'
            f"<small>{label}</small>")


def _waited(r: Report) -> str:
    """The wall time, where much of it was not CPU time."""
    if r.wall_ns is None or r.wall_ns < 2 * (r.cpu_ns or 0) + 200_000_000:
        return ""
    return f' <small class="waited">wall {_ms(r.wall_ns)}</small>'


def _what(r: Report) -> str:
    text = _e(r.detail) if r.detail else ""
    if r.log:
        return f"<details><summary>{text}</summary><pre>{_lines(r.log)}</pre></details>"
    if not r.outcomes:
        return text
    rows = "".join(_test(o) for o in r.outcomes)
    return (f"<details><summary>{text or _e(r.verdict.value)}</summary>"
            f'<table class="tests"><tbody>{rows}</tbody></table></details>')


def _test(o: Outcome) -> str:
    return (f"<tr><th scope=row>{_e(o.test)}</th><td>{_badge(o.verdict)}</td><td>{_ms(o.cpu_ns)}</td>"
            f"<td>{_size(o.memory)}</td><td>{_e(o.detail)}</td></tr>")


def _badge(verdict: Verdict) -> str:
    return f'<span class="badge {_CLASS.get(verdict, "limit")}" title="{_e(verdict.value)}">{verdict.name}</span>'


def _ms(ns: Optional[int]) -> str:
    if ns is None:
        return "–"
    return f"{ns / 1e6:.1f} ms" if ns < 10**8 else f"{ns / 1e6:.0f} ms" if ns < 10**9 else f"{ns / 1e9:.2f} s"


def _size(n: Optional[int]) -> str:
    if n is None:
        return "–"
    for unit, shift in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if n >= 1 << shift:
            return f"{n / (1 << shift):.3g} {unit}" if n < 1000 << shift else f"{n >> shift} {unit}"
    return f"{n} bytes"


def _lines(text: str) -> str:
    """The lines of what a stranger wrote, as many as make sense to read."""
    return "\n".join(_e(line) for line in text[:_LONGEST].expandtabs().splitlines())


def _e(text: str) -> str:
    """Text of a stranger: nothing unprintable, nothing endless, no markup."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return html.escape(printable(cut), quote=True)
