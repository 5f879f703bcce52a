"""What can go wrong that is not a verdict about the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Optional

from ._abi import Step

if TYPE_CHECKING:
    from .result import Result


class Error(Exception):
    """Base of every exception of this package."""


class ConfigError(Error, ValueError):
    """What was asked for cannot mean anything: an empty argv, a NUL in a string, a limit of NaN seconds. The message
    names the argument."""


class UnsupportedError(Error):
    """This machine cannot enforce what was asked for. The message names the feature, the reason and the remedy."""


class ForkedProcessError(Error, RuntimeError):
    """Used in a child that was forked after the library was loaded. Use the "spawn" or "forkserver" start method of
    multiprocessing, or run nothing in the parent before the fork."""


class InternalError(Error, RuntimeError):
    """A fault of the library; the run, if there was one, was killed. `result` is its result, or None."""

    result: Optional[Result] = None


class LibraryNotFoundError(Error, ImportError):
    """libgosandbox.so is missing or does not fit this package."""


class TaskTimeoutError(Error, TimeoutError):
    """The time given to Task.wait has passed; the program goes on."""


class SetupError(Error, OSError):
    """The program could not be started, or the machine has no descriptors, memory or processes left for it.

    `errno` and `strerror` are those of OSError, strerror being a whole sentence; `step` says where it happened,
    `index` which of several (a descriptor, a resource) or -1. `result` is the result of the run, or None."""

    step: Step = Step.NONE
    index: int = -1
    result: Optional[Result] = None

    def __str__(self) -> str:
        return str(self.strerror)


class CallbackError(Error, TypeError):
    """`on_syscall` gave an answer that is no action, or none at that moment, or a descriptor that is not open; the run was killed.
    `result` is its result."""

    result: Optional[Result] = None


class EventError(Error, OSError):
    """What an Event was asked for is not there. `errno` is EFAULT: the program has no memory at that address; ENAMETOOLONG: no NUL
    within the size; EBADF: the directory descriptor of a path is not open in the program."""

    def __str__(self) -> str:
        return str(self.strerror)


class EventGoneError(EventError):
    """The thread that made the call was killed meanwhile, by a limit for example; `errno` is ESRCH. A callback need not catch it:
    whatever becomes of the run is told by its result."""


class VerdictError(Error):
    """run(check=True): the program did not end by itself with exit code 0. `result` has the verdict."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result

    def __str__(self) -> str:
        return f"{self.result.status.name}: {self.result.message}"


class BatchCancelledError(Error):
    """Batch.results: the batch was cancelled before all were started. `results` has those that were started, by
    index; the last ones have status CANCELLED."""

    def __init__(self, total: int, results: Dict[int, Result]) -> None:
        super().__init__(total, results)
        self.total, self.results = total, results

    def __str__(self) -> str:
        return f"cancelled after {len(self.results)} of {self.total} runs were started"
