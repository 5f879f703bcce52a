"""What a submission and an interactor said to each other, as a part of the page."""

from __future__ import annotations

from typing import List

from ..judge import Outcome, Said
from .html_text import escaped

_MOST = 120  # pieces that are shown
_LONGEST = 400  # characters of one


def dialogue(o: Outcome) -> str:
    """The first of what was said, each piece with its time; "" when nothing was."""
    if not o.dialogue:
        return ""
    shown = o.dialogue[:_MOST]
    more = sum(len(s.text.encode("utf-8", "surrogateescape")) for s in o.dialogue[_MOST:]) + o.dropped
    rows = "".join(_said(s) for s in shown if s.text or o.hung_up)  # what closed when both were killed is no hang-up
    rest = f'<li class="rest">{more} bytes more</li>' if more else ""
    first = f"<p>The {escaped(o.hung_up)} hung up first.</p>" if o.hung_up else "<p>Nobody hung up; both were ended.</p>"
    return (f'<div class="talk"><div class="heads"><span>submission</span><span>interactor</span></div>'
            f"<ol>{rows}{rest}</ol>{first}</div>")


def _said(s: Said) -> str:
    side = "left" if s.by_submission else "right"
    what = _text(s.text) if s.text else "<em>hung up</em>"
    return f'<li class="{side}"><small>{s.at_ns / 1e6:.1f} ms</small><span class="said">{what}</span></li>'


def _text(text: str) -> str:
    """One line each; an arrow shows where one was ended, so that what lacks it can be seen."""
    cut = text[:_LONGEST]
    parts: List[str] = [escaped(line) + "<i>↵</i>" for line in cut.split("\n")]
    parts[-1] = parts[-1][:-len("<i>↵</i>")]
    if not parts[-1]:
        parts.pop()
    return "<br>".join(parts) + ("…" if len(text) > _LONGEST else "")
