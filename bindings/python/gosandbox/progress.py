"""How far a batch is."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Any, Callable, Optional, Union

from .config import Config
from .result import Result


@dataclass(frozen=True)
class Completed:
    """One run of a batch that has ended."""

    index: int
    """Which of the configs, from 0."""
    config: Config
    result: Result


@dataclass(frozen=True)
class Progress:
    """Told to the progress callback after each run."""

    done: int
    """Runs that have ended, this one included."""
    total: int
    last: Completed


ProgressCallback = Callable[[Progress], object]
ProgressOption = Union[None, bool, ProgressCallback]


class Bar:
    """A progress bar on stderr: that of tqdm where it is installed, else a plain one. On anything but a terminal
    nothing is shown."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._tqdm: Any = _tqdm(total) if self._shown else None

    def __call__(self, progress: Progress) -> None:
        self.show(progress.done)

    def show(self, done: int) -> None:
        """So many have ended."""
        new, self._done = done - self._done, done
        if self._tqdm is not None:
            self._tqdm.update(new)
        elif self._shown:
            filled = 30 * self._done // self._total
            print(f"\r[{'#' * filled}{'.' * (30 - filled)}] {self._done}/{self._total}", end="", file=sys.stderr,
                  flush=True)

    def close(self) -> None:
        """Ends the line."""
        if self._tqdm is not None:
            self._tqdm.close()
        elif self._shown and self._done:
            print(file=sys.stderr)


def _tqdm(total: int) -> Any:
    try:
        return importlib.import_module("tqdm").tqdm(total=total, unit="run")
    except ImportError:
        return None


class Counter:
    """Counts the runs of a batch and tells whoever wants to know."""

    def __init__(self, total: int, option: ProgressOption) -> None:
        self._total, self._done = total, 0
        self._bar = Bar(total) if option is True else None
        self._tell: Optional[ProgressCallback] = option if callable(option) else self._bar

    def count(self, completed: Completed) -> None:
        self._done += 1
        if self._tell is not None:
            self._tell(Progress(self._done, self._total, completed))

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
