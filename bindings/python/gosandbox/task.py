"""A program that runs while the caller does something else."""

from __future__ import annotations

import math
import select
import threading
import time
import warnings
from ctypes import byref, c_void_p
from typing import Any, Iterable, Mapping, Optional, Sequence, Tuple

from ._abi import Code
from ._config import Argument, Config, Environment, Rlimit
from ._library import library
from .errors import ConfigError, Error
from .files import Descriptor, Output, Stdin
from .limits import Limits
from .policy import Policy
from .result import Result, read_result

_FOREVER = -1
_LONGEST = 9e9  # seconds, 285 years: what 63 bits of nanoseconds hold
_POLL_MAX = (1 << 31) - 1  # ms


class Task:
    """A running program, made by `start`. Use it in a `with` block: leaving that kills what is still running.

    wait, kill and fileno may be called by several threads at the same time. A Task belongs to its process: it cannot
    be pickled, and after a fork it can only be thrown away."""

    def __init__(self, config: Config) -> None:
        """Starts the program. Internal: call `start`."""
        self._lib = config.lib
        self._handle = c_void_p()
        self._captured, self._files = config.captured, config.files
        self._result: Optional[Result] = None
        self._lib.check(self._lib.start(config.handle, byref(self._handle)))

    @property
    def pid(self) -> int:
        """Process id of the program, 0 while it is not started yet. It stays the program's while the task has not
        ended. Raises Error after close."""
        return self._lib.check(self._lib.task_pid(self._handle))

    @property
    def result(self) -> Optional[Result]:
        """The result once wait or close has seen the end, else None."""
        return self._result

    def fileno(self) -> int:
        """A descriptor that becomes readable, and stays so, when the task has ended; for select, selectors and
        asyncio's add_reader. It belongs to the task: do not read or close it. Raises Error after close."""
        return self._lib.check(self._lib.task_poll_fd(self._handle))

    def wait(self, timeout: Optional[float] = None) -> Result:
        """Waits for the end, at most `timeout` seconds (None: forever, 0: not at all), and gives the result, again
        and again. In the main thread signal handlers run meanwhile and Ctrl-C interrupts the wait, not the program.

        Raises TaskTimeoutError when the time has passed; UnsupportedError; ConfigError for a config that contradicts
        itself; Error when the task was closed before its end was seen."""
        if self._result is not None:
            return self._result
        seconds = _timeout(timeout)
        if threading.current_thread() is threading.main_thread():
            self._poll(seconds)
            seconds = 0.0
        return self._collect(_FOREVER if seconds is None else math.ceil(seconds * 1e9))

    def kill(self) -> None:
        """Kills the program and all it started, status CANCELLED; does not wait. No effect on a task that has
        ended."""
        if self._handle:
            self._lib.check(self._lib.task_kill(self._handle))

    def close(self) -> None:
        """Kills the program if it still runs, waits until it is gone, keeps the result and frees the task."""
        handle = self._handle
        if handle:
            try:
                if self._result is None and self._lib.task_kill(handle) == 0:
                    self._collect(_FOREVER)
            except Error:
                pass  # a program that could not even be tried has no result
            finally:
                self._lib.task_free(handle)  # a second time does nothing: an interrupt here leaves it to __del__
                self._handle = c_void_p()
                self._files = None

    def __enter__(self) -> Task:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle:
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self)
            self._lib.task_free(handle)

    def __reduce__(self) -> Any:
        raise TypeError("a Task cannot be pickled; its result can")

    def _collect(self, ns: int) -> Result:
        out = c_void_p()
        try:
            code = self._lib.task_wait(self._handle, ns, byref(out))
            if not out:
                raise self._lib.exception(code)
            self._result = read_result(self._lib, out, self._captured)
            return self._result
        finally:
            self._lib.result_free(out)

    def _poll(self, seconds: Optional[float]) -> None:
        """Waits as the main thread must: the system call of poll is interrupted by signals, a wait inside of the
        library is not."""
        code = self._lib.task_poll_fd(self._handle)
        if code == Code.EBADF:
            return  # closed; task_wait says so
        poll = select.poll()
        poll.register(self._lib.check(code), select.POLLIN)
        end = None if seconds is None else time.monotonic() + seconds
        while end is not None:
            ms = math.ceil((end - time.monotonic()) * 1000)
            if poll.poll(min(max(ms, 0), _POLL_MAX)) or ms <= _POLL_MAX:
                return
        poll.poll()


def _timeout(timeout: Any) -> Optional[float]:
    if timeout is None:
        return None
    try:
        seconds = float(timeout)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if math.isnan(seconds):
        raise ConfigError(f"timeout must be a number of seconds, not {timeout!r}")
    return None if seconds > _LONGEST else max(seconds, 0.0)


def start(
    argv: Sequence[Argument], *, stdin: Stdin = None, stdout: Output = None, stderr: Output = None,
    env: Optional[Environment] = None, cwd: Optional[Argument] = None, limits: Optional[Limits] = None,
    policy: Optional[Policy] = None, fds: Optional[Mapping[int, Descriptor]] = None, exec_fd: Any = None,
    umask: Optional[int] = None, nice: Optional[int] = None, affinity: Optional[Iterable[int]] = None,
    user: Optional[Tuple[int, int]] = None, rlimits: Optional[Mapping[int, Rlimit]] = None,
) -> Task:
    """Starts a program and returns at once. The arguments are those of `run`. A program that cannot be started is
    told by Task.wait, as status SETUP_FAILED.

    Raises ConfigError, ForkedProcessError, LibraryNotFoundError, InternalError, and SetupError when the machine has
    no descriptors, threads or memory left."""
    with Config(library()) as config:
        config.fill(argv, stdin, stdout, stderr, env, cwd, limits, policy, fds, exec_fd, umask, nice, affinity, user,
                    rlimits)
        return Task(config)
