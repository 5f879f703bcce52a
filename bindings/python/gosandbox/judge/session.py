"""Running commands for a judge: as nobody when the judge is root's, and all of them stopped at once."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Optional, Sequence, Set, Tuple

from .._abi import Feature
from .._handle import Handle
from .._library import library
from ..config import Config
from ..errors import UnsupportedError
from ..features import features
from ..files import Capture, File
from ..limits import Limits
from ..policy import Arg, Policy
from ..result import Result
from ..task import Task

NOBODY = 65534
PATH = "/usr/local/bin:/usr/bin:/bin"

# What no submission needs. Each of these kills, so that the verdict says what was tried. A list of forbidden calls is a
# net below the limits and the other user, not a wall.
_FORBIDDEN = (
    "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd "  # other processes
    "mount umount2 pivot_root chroot open_tree move_mount fsopen mount_setattr unshare setns "  # the file tree
    "bpf perf_event_open userfaultfd io_uring_setup "  # kernel surface that programs of contests never use
    "init_module finit_module delete_module kexec_load reboot swapon swapoff acct quotactl add_key request_key keyctl "
    "sethostname setdomainname settimeofday clock_settime socket"
).split()


def submission_policy() -> Policy:
    """The system calls of submissions."""
    policy = Policy.profile()
    for name in _FORBIDDEN:
        policy = policy.kill(name)
    # The C library asks local services (nscd) for user names and goes on when it cannot: that is no crime.
    policy = policy.deny("socket", errno.EACCES, Arg(0, bits=32) == socket.AF_UNIX)
    # A negative process id means groups, and -1 everybody of the same user: other submissions at work.
    return policy.kill("kill", (Arg(0, bits=32) & -0x80000000) == -0x80000000)


class Session:
    """The runs of a judge. Any thread may use it.

    Raises UnsupportedError when the judge is root's and cannot become another user: submissions must not run as
    root."""

    def __init__(self) -> None:
        self.as_nobody = os.geteuid() == 0
        """Whether compilers and submissions run as user and group 65534."""
        self._running: Set[Task] = set()
        self._stopped = False
        self._policy = submission_policy()
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

    def run(self, argv: Sequence[str], cwd: Path, limits: Limits, stdin: Optional[Path] = None,
            keep: Tuple[int, int] = (0, 4096), trusted: bool = False) -> Result:
        """Runs one command in a folder.

        Args:
            stdin: A file, opened with the judge's rights: the submission needs none on the tests.
            keep: Bytes of stdout and of stderr that are kept.
            trusted: A compiler, which may use more system calls than a submission.
        """
        user = (NOBODY, NOBODY) if self.as_nobody else None
        config = Config(
            argv, stdin=None if stdin is None else File(stdin), stdout=Capture(keep[0]), stderr=Capture(keep[1]),
            env={"PATH": PATH, "LANG": "C", "HOME": str(cwd), "TMPDIR": str(cwd)}, cwd=cwd, limits=limits, user=user,
            policy=None if trusted else self._policy)
        with Handle(library(), config) as handle, Task(handle) as task:
            self._running.add(task)
            try:
                if self._stopped:
                    task.kill()
                return task.wait()
            finally:
                self._running.discard(task)

    def _snapshot(self) -> Set[Task]:
        """Set.add and set.copy hold the interpreter lock throughout, so that no other lock is needed, which a signal
        handler could not take."""
        return self._running.copy()
