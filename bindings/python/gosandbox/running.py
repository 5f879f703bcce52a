"""Waiting for what runs while the caller does something else."""

from __future__ import annotations

import atexit
import math
import select
import threading
import time
import warnings
import weakref
from ctypes import c_void_p
from typing import Any, Generator, Generic, Optional, TypeVar

from ._abi import Code
from ._library import Library
from .ending import until_readable
from .errors import ConfigError, Error

_FOREVER = -1
_LONGEST = 9e9  # seconds, 285 years: what 63 bits of nanoseconds hold
_POLL_MAX = (1 << 31) - 1  # ms

Outcome = TypeVar("Outcome")
Self = TypeVar("Self", bound="Running[Any]")

_asking: "weakref.WeakSet[Running[Any]]" = weakref.WeakSet()


@atexit.register
def _leave() -> None:
    """No callback must come when the interpreter is gone: its thread would never return from it."""
    for task in list(_asking):
        task.close()


class Running(Generic[Outcome]):
    """A task of the library. Use it in a `with` or an `async with` block: leaving that kills what is still running.

    `await task` gives the outcome in any asyncio loop; when the coroutine that awaits is cancelled, everything is
    killed. wait, kill and fileno may be called by several threads at the same time. It belongs to its process: it
    cannot be pickled, and after a fork it can only be thrown away."""

    def __init__(self, lib: Library, asks: bool) -> None:
        """Internal. The handle is set by who inherits."""
        self._lib = lib
        self._handle = c_void_p()
        self._result: Optional[Outcome] = None
        if asks:
            _asking.add(self)

    # What those that inherit say.

    def _take(self, ns: int) -> Outcome:
        """Waits in the library, at most so long."""
        raise NotImplementedError

    def _settle(self, result: Outcome) -> None:
        """Raises what a callback has raised."""

    def _over(self) -> None:
        """Frees what belongs to the task, after the library's part. A second time does nothing."""

    @property
    def result(self) -> Optional[Outcome]:
        """The outcome once wait or close has seen the end, else None."""
        return self._result

    def fileno(self) -> int:
        """A descriptor that becomes readable, and stays so, when the task has ended; for select, selectors and
        asyncio's add_reader. It belongs to the task: do not read or close it. Raises Error after close."""
        return self._lib.check(self._lib.task_poll_fd(self._handle))

    def wait(self, timeout: Optional[float] = None) -> Outcome:
        """Waits for the end and gives the outcome, again and again. In the main thread signal handlers run meanwhile
        and Ctrl-C interrupts the wait, not the programs.

        Args:
            timeout: At most so many seconds; None: for ever, 0: not at all.

        Raises:
            TaskTimeoutError: The time has passed.
            UnsupportedError: This machine cannot enforce what was asked for.
            ConfigError: The config contradicts itself.
            Error: The task was closed before its end was seen.
            CallbackError: on_syscall gave no proper answer.

        What on_syscall raises is raised here, every time; `result` has the outcome then.
        """
        if self._result is not None:
            return self._settled(self._result)
        seconds = _timeout(timeout)
        if threading.current_thread() is threading.main_thread():
            self._poll(seconds)
            seconds = 0.0
        return self._settled(self._collect(_FOREVER if seconds is None else math.ceil(seconds * 1e9)))

    def kill(self) -> None:
        """Kills every program and all it started, status CANCELLED; does not wait. No effect on a task that has
        ended."""
        if self._handle:
            self._lib.check(self._lib.task_kill(self._handle))

    def close(self) -> None:
        """Kills what still runs, waits until it is gone, keeps the outcome, closes pipes and frees the task."""
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
                self._over()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __await__(self) -> Generator[Any, None, Outcome]:
        return self._ended().__await__()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(self, *unused: object) -> None:
        try:
            if self._result is None and self._handle:
                self.kill()
                await until_readable(self.fileno(), self.kill)
        finally:
            self.close()

    def __del__(self) -> None:
        handle = getattr(self, "_handle", None)
        if handle:
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self)
            self._lib.task_free(handle)
            self._over()

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} cannot be pickled; its result can")

    async def _ended(self) -> Outcome:
        if self._result is None:
            await until_readable(self.fileno(), self.kill)
        return self._settled(self._result or self._collect(0))

    def _settled(self, result: Outcome) -> Outcome:
        self._settle(result)
        return result

    def _collect(self, ns: int) -> Outcome:
        self._result = self._take(ns)
        return self._result

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
