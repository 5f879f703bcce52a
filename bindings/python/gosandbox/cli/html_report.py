"""Verdicts as one HTML page, which needs nothing else: no script, no font, no picture, no network.

Everything that a submission or a problem chose passes through `escaped`. A content security policy in the page lets nothing
be loaded or run even if that failed."""

from __future__ import annotations

import time
from collections import Counter
from importlib import resources
from typing import List, Optional, Sequence

from .. import __version__
from ..judge import Outcome, Problem, Report, Verdict
from .html_dialogue import dialogue
from .html_text import escaped, lines

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
             ("checker", "exact" if problem.exact else "tokens") if problem.interactor is None else
             ("interactor", problem.interactor.name)]
    unexpected = sum(r.as_expected is False for r in reports)
    compared = sum(r.as_expected is not None for r in reports)
    state = f"{unexpected} not as expected" if unexpected else "all as expected" if compared else "judged"
    return "".join([
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escaped(problem.title)}</title><style>{style}</style></head><body><main>",
        f'<header><h1>{escaped(problem.title)}</h1><p class="state {"bad" if unexpected else "good"}">{state}</p></header>',
        '<ul class="facts">', *(f"<li><b>{escaped(value)}</b> {escaped(name)}</li>" for name, value in facts), "</ul>",
        _summary(reports), _table(problem, reports),
        f"<footer>{len(reports)} submissions, gosandbox {__version__}, "
        f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}</footer></main></body></html>\n",
    ])


def _summary(reports: Sequence[Report]) -> str:
    counts = Counter(r.verdict for r in reports)
    items = (f'<li title="{escaped(v.value)}">{_badge(v)}<b>{counts[v]}</b></li>' for v in Verdict if counts[v])
    return f'<ul class="summary">{"".join(items)}</ul>'


def _table(problem: Problem, reports: Sequence[Report]) -> str:
    head = ("submission", "verdict", "tests", "time", "memory", "what happened")
    rows = "".join(_row(problem, r) for r in reports)
    heads = "".join(f"<th scope=col>{h}</th>" for h in head)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(problem: Problem, r: Report) -> str:
    language = next((known for known in problem.languages.values() if known.name == r.language), None)
    limits = problem.limits if language is None else language.limits(problem.limits)
    cpu_limit = int(float(limits.cpu or 0) * 1e9)
    wanted = f' <span class="wanted">expected {escaped(r.expected or "?")}</span>' if r.as_expected is False else ""
    return (
        f'<tr{" class=unexpected" if r.as_expected is False else ""}><th scope=row>{escaped(r.submission)}<small>{escaped(r.language)}</small></th>'
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
        cells.append(f'<i class="{kind}" title="{escaped(test.name)}: {verdict}"></i>')
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
    text = escaped(r.detail) if r.detail else ""
    if r.log:
        return f"<details><summary>{text}</summary><pre>{lines(r.log)}</pre></details>"
    if not r.outcomes:
        return text
    rows = "".join(_test(o) for o in r.outcomes)
    return (f"<details><summary>{text or escaped(r.verdict.value)}</summary>"
            f'<table class="tests"><tbody>{rows}</tbody></table></details>')


def _test(o: Outcome) -> str:
    return (f"<tr><th scope=row>{escaped(o.test)}</th><td>{_badge(o.verdict)}</td><td>{_ms(o.cpu_ns)}</td>"
            f"<td>{_size(o.memory)}</td><td>{escaped(o.detail)}</td></tr>{_talk(o)}")


def _talk(o: Outcome) -> str:
    """What was said, open where the test failed."""
    said, is_open = dialogue(o), "" if o.verdict is Verdict.AC else " open"
    return f'<tr class="talking"><td colspan=5><details{is_open}><summary>dialogue</summary>{said}</details></td></tr>' if said else ""


def _badge(verdict: Verdict) -> str:
    return f'<span class="badge {_CLASS.get(verdict, "limit")}" title="{escaped(verdict.value)}">{verdict.name}</span>'


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
