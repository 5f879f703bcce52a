"""Files of settings, one in a line."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Tuple

_LONGEST_LINE = 1022


class ProblemError(Exception):
    """The folder is not in order; the message says what is wrong."""


def lines_of(path: Path) -> Iterator[Tuple[int, str]]:
    """The lines with their numbers, but not empty ones and comments. Raises ProblemError and OSError."""
    for number, raw in enumerate(path.read_bytes().split(b"\n"), 1):
        if len(raw) > _LONGEST_LINE:
            raise ProblemError(f"{path}: line {number} is too long")
        line = raw.decode("utf-8", "surrogateescape").strip()
        if line and not line.startswith("#"):
            yield number, line
