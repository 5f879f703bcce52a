"""Running commands for a judge: as nobody when the judge is root's, and all of them stopped at once."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Set, Tuple, TypeVar

from .._abi import Feature
from .._handle import Handle
from .._library import library
from ..config import Config
from ..errors import UnsupportedError
from ..features import features
from ..files import Capture, File
from ..group import Group, start_group
from ..group_result import GroupResult
from ..limits import Limits
from ..policy import Policy
from ..result import Result
from ..running import Running
from ..task import Task
from .languages import PATH

NOBODY = 65534
INTERACTOR = 65533
"""Who interactors run as when the judge is root's: submissions must not reach their files or processes."""


_Outcome = TypeVar("_Outcome")


class Session:
    """The runs of a judge. Any thread may use it.

    Raises UnsupportedError when the judge is root's and cannot become another user: submissions must not run as
    root."""

    def __init__(self) -> None:
        self.as_nobody = os.geteuid() == 0
        """Whether compilers and submissions run as user and group 65534."""
        self._running: Set[Running[Any]] = set()
        self._stopped = False
        if self.as_nobody:
            support = features()[Feature.CHANGE_IDS]
            if not support:
                raise UnsupportedError("submissions must not run as root, and the user cannot be changed here: "
                                       + support.reason)

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        """Kills all runs, present and future: status CANCELLED. May be called in a signal handler."""
        self._stopped = True
        for task in self._snapshot():
            task.kill()

    def run(self, argv: Sequence[str], cwd: Path, limits: Limits, policy: Policy, stdin: Optional[Path] = None,
            keep: Tuple[int, int] = (0, 4096)) -> Result:
        """Runs one command in a folder, which is its home and where it makes its temporary files.

        Args:
            stdin: A file, opened with the judge's rights: the submission needs none on the tests.
            keep: Bytes of stdout and of stderr that are kept; -1 for stderr: it goes where stdout goes.
        """
        config = Config(
            argv, stdin=None if stdin is None else File(stdin), stdout=Capture(keep[0]),
            stderr=subprocess.STDOUT if keep[1] < 0 else Capture(keep[1]), **self._common(cwd, limits, policy, NOBODY))
        with Handle(library(), config) as handle, Task(handle) as task:
            return self._wait(task)

    def member(self, argv: Sequence[str], cwd: Path, limits: Limits, policy: Policy, user: int = NOBODY,
               fds: Optional[Mapping[int, File]] = None) -> Config:
        """The same as a member of a group, whose stdin and stdout its pipes are."""
        return Config(argv, stderr=Capture(4096), fds=fds, **self._common(cwd, limits, policy, user))

    def run_group(self, group: Group) -> GroupResult:
        """Runs members that belong together."""
        with start_group(group) as task:
            return self._wait(task)

    def _common(self, cwd: Path, limits: Limits, policy: Policy, user: int) -> Any:
        return {"env": {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(cwd), "TMPDIR": str(cwd)}, "cwd": cwd, "limits": limits,
                "user": (user, user) if self.as_nobody else None, "policy": policy}

    def _wait(self, task: Running[_Outcome]) -> _Outcome:
        self._running.add(task)
        try:
            if self._stopped:
                task.kill()
            return task.wait()
        finally:
            self._running.discard(task)

    def _snapshot(self) -> Set[Running[Any]]:
        """Set.add and set.copy hold the interpreter lock throughout, so that no other lock is needed, which a signal
        handler could not take."""
        return self._running.copy()
