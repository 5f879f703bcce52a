"""Is the answer right?"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Tuple

from .verdict import Verdict

_TOKEN = re.compile(rb"[^ \t-\r]+")
_SHOWN = 24  # bytes of a token that a detail shows


def compare(answer: bytes, right: bytes, exact: bool) -> Tuple[Verdict, str]:
    """AC, WA or PE (with `exact`: right but for white space), and where they differ first."""
    if answer == right:
        return Verdict.AC, ""
    verdict, detail = _tokens(answer, right)
    if not exact:
        return verdict, detail
    return Verdict.PE if verdict is Verdict.AC else Verdict.WA, _difference(answer, right)


def _tokens(answer: bytes, right: bytes) -> Tuple[Verdict, str]:
    """Tokens are what white space separates. They are looked at one by one: there may be millions."""
    for n, (a, b) in enumerate(zip_longest(_TOKEN.finditer(answer), _TOKEN.finditer(right)), 1):
        got, wanted = a[0] if a else b"", b[0] if b else b""
        if got != wanted:
            return Verdict.WA, f"token {n} is {_shown(got)}, expected {_shown(wanted)}"
    return Verdict.AC, ""


def _shown(token: bytes) -> str:
    if not token:
        return "the end"
    return token[:_SHOWN].decode("utf-8", "replace") + ("..." if len(token) > _SHOWN else "")


def _difference(answer: bytes, right: bytes) -> str:
    low, high = 0, min(len(answer), len(right))  # the first `low` bytes are the same, by halving
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if answer[low:middle] == right[low:middle] else (low, middle - 1)
    what = "the answer ends" if low == len(answer) else "the answer goes on" if low == len(right) else \
        "the answer differs"
    return f"{what} at line {right.count(10, 0, low) + 1}, byte {low - right.rfind(10, 0, low)}"
