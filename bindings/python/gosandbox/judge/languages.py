"""The languages that submissions may be written in: a table in a file, which the judges in C and C++ read as well."""

from __future__ import annotations

import dataclasses
import glob
import os
import re
import shutil
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .. import units
from ..limits import Limits
from .settings import ProblemError, lines_of

PATH = "/usr/local/bin:/usr/bin:/bin"
"""Where compilers and interpreters are looked for, and all that submissions have."""

FILE = "languages.conf"
_SECTION = re.compile(r"\[\s*(\S+)((?:\s+\.[\w+-]+)+)\s*\]")
_PLACE = re.compile(r"\{(\w+)\}")
_MOST_FACTOR = Decimal(100)


@dataclass(frozen=True)
class Language:
    """One language; languages.conf tells what the fields mean."""

    name: str
    endings: Tuple[str, ...]
    source: str = ""
    compile: Tuple[Tuple[str, ...], ...] = ()
    run: Tuple[str, ...] = ()
    cpu: Decimal = Decimal(1)
    memory: int = 0
    read: Tuple[str, ...] = ()
    package: str = ""

    @property
    def missing(self) -> Optional[str]:
        """The command that is not installed, None when all are."""
        commands = {command[0] for command in (*self.compile, self.run)}
        return next((c for c in sorted(commands) if not c.startswith("{") and not shutil.which(c, path=PATH)), None)

    @property
    def readable(self) -> List[str]:
        """The paths of `read` that are there."""
        return sorted(path for pattern in self.read for path in glob.glob(pattern))

    def limits(self, problem: Limits) -> Limits:
        """What a submission in this language may use."""
        cpu = None if problem.cpu is None else Decimal(problem.cpu) * self.cpu
        wall = None if problem.wall is None or self.cpu <= 1 else Decimal(problem.wall) * self.cpu
        memory = None if problem.memory is None else problem.memory + self.memory
        return dataclasses.replace(problem, cpu=cpu, wall=wall or problem.wall, memory=memory)

    def command(self, problem: Limits, program: str, source: str) -> List[str]:
        """What is run."""
        words = {"program": program, "source": source, "memory": str((problem.memory or 0) >> 20),
                 "stack": str(max((problem.stack or 0) >> 20, 1))}
        return [_PLACE.sub(lambda m: words[m[1]], word) for word in self.run]


Languages = Mapping[str, Language]
"""By the endings of file names, dot included."""


def read_languages(top: Path) -> Languages:
    """The table for the problem in that folder: languages.conf in it, or in the folder above, or the one of this package.
    Raises ProblemError and OSError."""
    candidates = (top / FILE, top.resolve().parent / FILE, Path(__file__).with_name(FILE))
    return _read(next(c for c in candidates if c.is_file() or c == candidates[-1]))


def _read(path: Path) -> Languages:
    found: Dict[str, Language] = {}
    for number, section, values in _sections(path):
        try:
            language = _language(section, values)
        except ValueError as e:
            raise ProblemError(f"{path}: the section in line {number}: {e}") from None
        found.update((ending, language) for ending in language.endings)
    if not found:
        raise ProblemError(f"{path} has no languages")
    return found


def _sections(path: Path) -> List[Tuple[int, "re.Match[str]", List[Tuple[str, str]]]]:
    sections: List[Tuple[int, "re.Match[str]", List[Tuple[str, str]]]] = []
    for number, line in lines_of(path):
        if line.startswith("["):
            head = _SECTION.fullmatch(line)
            if not head:
                raise ProblemError(f"{path}: line {number} is not [NAME .ending]")
            sections.append((number, head, []))
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not sections:
            raise ProblemError(f"{path}: line {number} is not key=value in a section")
        sections[-1][2].append((key, value))
    return sections


def _language(head: "re.Match[str]", values: List[Tuple[str, str]]) -> Language:
    fields: Dict[str, Any] = {"compile": [], "read": []}
    for key, value in values:
        if key in ("compile", "read"):
            fields[key].append(tuple(value.split()) if key == "compile" else value)
        elif key in fields:
            raise ValueError(f"{key} is there twice")
        elif key == "run":
            fields[key] = tuple(value.split())
        elif key == "cpu":
            fields[key] = _factor(value)
        elif key == "memory":
            fields[key] = units.size(value)
        elif key in ("source", "package"):
            fields[key] = value
        else:
            raise ValueError(f"{key} is no setting")
    fields.update(compile=tuple(fields["compile"]), read=tuple(fields["read"]))
    language = Language(head[1], tuple(head[2].split()), **fields)
    if not language.run or not all(language.compile):
        raise ValueError("a command is missing or empty")
    if not re.fullmatch(r"[\w.+-]+", language.source) or language.source.startswith("."):
        raise ValueError("source must be a plain file name")
    for word in language.run:
        for place in _PLACE.findall(word):
            if place not in ("program", "source", "memory", "stack"):
                raise ValueError(f"{{{place}}} is no placeholder")
    if not all(os.path.isabs(path) for path in language.read):
        raise ValueError("read must be an absolute path")
    return language


def _factor(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text) or not Decimal("0.1") <= Decimal(text) <= _MOST_FACTOR:
        raise ValueError("cpu must be a number from 0.1 to 100")
    return Decimal(text)
