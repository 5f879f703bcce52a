"""Finding and loading libgosandbox.so, at first use, and turning its errors into exceptions."""

from __future__ import annotations

import ctypes
import os
import threading
from typing import Any, Iterator, Optional

from . import _abi
from ._abi import Code, Step
from .errors import (
    ConfigError, Error, ForkedProcessError, InternalError, LibraryNotFoundError, SetupError, TaskTimeoutError,
    UnsupportedError,
)

# Only what may take long gives the interpreter lock away. For the rest that would cost more than the call: another
# busy Python thread keeps a lock that was given away for 5 ms.
_BLOCKING = {
    "run", "start", "task_wait", "task_kill", "task_free", "feature", "run_group", "run_group_with", "start_group", "task_wait_group",
}

_EXCEPTIONS = {
    Code.EINVAL: ConfigError,
    Code.EUNSUPPORTED: UnsupportedError,
    Code.EINTERNAL: InternalError,
    Code.EFORKED: ForkedProcessError,
    Code.ETIMEDOUT: TaskTimeoutError,
}


class Library:
    """The functions of the library, as attributes without their prefix."""

    def __init__(self, path: str) -> None:
        blocking, quick = ctypes.CDLL(path), ctypes.PyDLL(path)
        _abi.declare(blocking)
        _abi.declare(quick)
        for name in _abi.FUNCTIONS:
            short = name[len("gosandbox_"):]
            setattr(self, short, getattr(blocking if short in _BLOCKING else quick, name))
        version = self.version()
        if version >> 16 != _abi.VERSION_MAJOR or version < _abi.VERSION:
            raise OSError(f"{path} has version {version:#08x}, this package needs {_abi.VERSION:#08x}")

    def __getattr__(self, name: str) -> Any:  # for type checkers: the names come from _abi.FUNCTIONS
        raise AttributeError(name)

    def check(self, code: int) -> int:
        """Raises for a negative code, else returns it."""
        if code < 0:
            raise self.exception(code)
        return code

    def exception(self, code: int) -> Error:
        """The exception for the calling thread's last failure."""
        last = self.last_error()
        error = last.contents if last else None
        message = text(error.message) if error and error.code == code else ""
        if code == Code.EFORKED and not message:
            message = "called in a forked child of the process that loaded the library"
        message = message or text(self.error_name(code))
        if code in (Code.ESETUP, Code.ENOMEM) and error:
            return setup_error(error.sys_errno, message, error.step, error.index)
        return _EXCEPTIONS.get(code, Error)(message)  # type: ignore[call-overload,no-any-return]


def setup_error(errno: int, message: str, step: int, index: int) -> SetupError:
    error = SetupError(errno, message)
    error.step, error.index = step_of(step), index
    return error


def step_of(number: int) -> Step:
    try:
        return Step(number)
    except ValueError:  # of a newer library
        return Step.NONE


def text(raw: Optional[bytes]) -> str:
    return (raw or b"").decode("utf-8", "backslashreplace")


def _candidates() -> Iterator[str]:
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.normpath(os.path.join(here, "..", "..", ".."))
    yield os.path.join(here, "libgosandbox.so")
    if os.path.exists(os.path.join(root, "include", "sandbox.h")):
        yield os.path.join(root, "build", "libgosandbox.so")


def _find() -> Library:
    chosen = os.environ.get("GOSANDBOX_LIBRARY")
    paths = [chosen] if chosen else [p for p in _candidates() if os.path.exists(p)] or ["libgosandbox.so.1"]
    try:
        return Library(paths[0])
    except (OSError, AttributeError) as e:
        where = "GOSANDBOX_LIBRARY names it" if chosen else "build it with `make`, or set GOSANDBOX_LIBRARY to its path"
        raise LibraryNotFoundError(f"cannot load {paths[0]} ({e}): {where}") from e


_loaded: Optional[Library] = None
_lock = threading.Lock()


def library() -> Library:
    """The library, loaded at the first call. Raises LibraryNotFoundError."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = _find()
    return _loaded
