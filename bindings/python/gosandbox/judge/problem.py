"""Reading a problem folder."""

from __future__ import annotations

import dataclasses
import os
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

from .. import units
from ..limits import Limits
from .languages import Languages, read_languages
from .settings import ProblemError, lines_of

_LARGEST_OUTPUT = 1 << 30  # answers are kept in memory
_DEFAULTS = Limits(cpu=1, memory=256 << 20, stack=64 << 20, output=16 << 20, processes=1, open_files=256)


@dataclass(frozen=True)
class Test:
    """One test."""

    name: str
    input: Path
    answer: Path
    """There is none where an interactor decides."""


@dataclass(frozen=True)
class Problem:
    """A problem and the submissions to it."""

    title: str
    limits: Limits
    exact: bool
    """The answer must be right to the byte; else tokens are compared."""
    tests: Tuple[Test, ...]
    submissions: Tuple[Path, ...]
    languages: Languages
    interactor: Optional[Path] = None
    """The source of the program that submissions talk to, and that decides; see `interactive`."""


def read_problem(directory: Union[str, os.PathLike[str]], only: Optional[str] = None) -> Problem:
    """Reads a problem folder, and of its submissions those with `only` in their file name. Raises ProblemError."""
    top = Path(directory)
    try:
        if not top.stat() or not top.is_dir():
            raise ProblemError(f"{top} is not a folder")
        settings = _settings(top / "problem.conf")
        interactor = _interactor(top, settings)
        tests = _tests(top / "tests", interactor is None)
        submissions = _submissions(top / "submissions", only)
        languages = read_languages(top)
    except OSError as e:
        raise ProblemError(f"{e.filename}: {e.strerror}") from e
    title = settings.pop("title", str(top))
    exact = settings.pop("checker", "tokens") == "exact"
    limits = dataclasses.replace(_DEFAULTS, **settings)
    if limits.wall is None:  # waiting costs a judge a place, so there is always a limit
        limits = dataclasses.replace(limits, wall=min(Decimal(3) * Decimal(limits.cpu or 1), Decimal(9 * 10 ** 9)))
    return Problem(title, limits, exact, tests, submissions, languages, interactor)


def _settings(path: Path) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for number, line in lines_of(path):
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            raise ProblemError(f"{path}: line {number} is not key=value")
        try:
            found[key] = _setting(key, value)
        except ValueError as e:
            raise ProblemError(f"{path}: line {number}: {key}: {e}") from None
    return found


def _setting(key: str, value: str) -> Any:
    if key == "title":
        return value
    if key == "interactor":
        if not re.fullmatch(r"\w[\w.+-]*", value, re.ASCII):
            raise ValueError("is not the plain name of a file")
        return value
    if key == "checker":
        if value not in ("exact", "tokens"):
            raise ValueError("is neither exact nor tokens")
        return value
    if key in ("cpu", "wall"):
        return units.duration(value)
    if key == "processes":
        return units.count(value, 1, 100000)
    if key not in ("memory", "stack", "output"):
        raise ValueError("is no setting")
    number = units.size(value)
    if number == 0 and key != "output":
        raise ValueError("must be more than 0")
    if key == "output" and number > _LARGEST_OUTPUT:
        raise ValueError("must not be more than 1g")
    return number


def _natural(name: str) -> Any:
    """Orders names as people do: 2 before 10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part)
            for part in re.split(r"([0-9]+)", name) if part], name


def _names(directory: Path) -> List[str]:
    return sorted((n for n in os.listdir(directory) if not n.startswith(".")), key=_natural)


def _interactor(top: Path, settings: Dict[str, Any]) -> Optional[Path]:
    name: Optional[str] = settings.pop("interactor", None)
    if name is None:
        return None
    if "checker" in settings:
        raise ProblemError(f"{top / 'problem.conf'}: an interactor decides, so there is nothing for a checker to do")
    if not (top / name).is_file():
        raise ProblemError(f"{top / name} is not a file")
    return top / name


def _tests(directory: Path, answers: bool) -> Tuple[Test, ...]:
    tests = []
    for name in _names(directory):
        if not name.endswith(".in") or name == ".in":
            continue
        stem = name[:-len(".in")]
        test = Test(stem, directory / name, directory / f"{stem}.out")
        if not test.input.is_file():
            raise ProblemError(f"{test.input} is not a file")
        if answers and not test.answer.is_file():
            raise ProblemError(f"{test.input} has no answer: {stem}.out is missing")
        tests.append(test)
    if not tests:
        raise ProblemError(f"{directory} has no tests: no NAME.in{' with NAME.out' if answers else ''}")
    return tuple(tests)


def _submissions(directory: Path, only: Optional[str]) -> Tuple[Path, ...]:
    """Files, and names that lead nowhere, so that the table tells of these."""
    names = _names(directory)
    found = [directory / n for n in names if (only or "") in n]
    files = tuple(p for p in found if p.is_file() or not p.exists())
    if not files:
        raise ProblemError(f"{directory} has no submission with '{only}' in its name" if only and names
                           else f"{directory} has no submissions")
    return files
