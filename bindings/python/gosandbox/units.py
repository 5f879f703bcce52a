"""Numbers with a unit, as people write them. Each raises ValueError with words."""

from __future__ import annotations

import re
from decimal import Decimal

_LARGEST = (1 << 63) - 1
_NS = {"": 10 ** 9, "s": 10 ** 9, "ms": 10 ** 6, "us": 10 ** 3}


def duration(text: str) -> Decimal:
    """Seconds of 2, 0.5, 500ms or 250us, to the nanosecond."""
    m = re.fullmatch(r"([0-9]{1,30}(?:\.[0-9]{1,30})?)(s|ms|us|)", text)
    if not m:
        raise ValueError("not a time: write seconds as 2 or 0.5, or 500ms, 250us")
    ns = int(Decimal(m[1]) * _NS[m[2]])
    if ns == 0:
        raise ValueError("must be more than 0")
    if ns > _LARGEST:
        raise ValueError("too long a time")
    return Decimal(ns) / 10 ** 9


def size(text: str) -> int:
    """Bytes of 65536, 64k, 256m or 1g."""
    m = re.fullmatch(r"([0-9]{1,30})([kmgt]?)", text.lower(), re.ASCII)
    if not m:
        raise ValueError("not a size: write bytes as 65536, or 64k, 256m, 1g")
    number = int(m[1]) << 10 * " kmgt".index(m[2] or " ")
    if number > _LARGEST:
        raise ValueError("too large a size")
    return number


def count(text: str, low: int, high: int) -> int:
    """A whole number."""
    if not re.fullmatch(r"[0-9]{1,30}", text):
        raise ValueError("not a whole number")
    if int(text) > high:
        raise ValueError("too large a number")
    if int(text) < low:
        raise ValueError("too small a number")
    return int(text)
