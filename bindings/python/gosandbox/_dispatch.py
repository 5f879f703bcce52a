"""From the library to a callback in Python, and from its answer to the library."""

from __future__ import annotations

import os
import signal
import threading
from ctypes import CFUNCTYPE, c_int, c_void_p, cast
from functools import partial
from types import TracebackType
from typing import Any, Dict, Generator, Optional

from ._abi import ERRNO, OPENED as OPENED_ACTION, RETURN as RETURN_ACTION, Cause
from ._abi import gosandbox_interrupt_cb, gosandbox_syscall_cb
from . import _turns as turns
from ._library import Library
from .answer import OPENED, RETURN, OnSyscall
from .errors import CallbackError, EventGoneError
from .event import OVER, Event, View
from .files import descriptor
from .result import Result

# Plain numbers: pointers as objects of ctypes cost more than all the rest. The generated type stays what the library is given.
_ADDRESSES = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_void_p)
_INTERRUPTED = CFUNCTYPE(c_int, c_void_p)
_EINTR = 4
_ACTIONS = 1 << 32


class Dispatch:
    """The callbacks of one run, and the exception that has ended it.

    What the library calls are generators that are suspended inside of a try block: an exception of a signal handler (Ctrl-C) can
    strike at the entry of a function, before any try, and ctypes would only print it. The library asks one thing at a time."""

    def __init__(self, lib: Library, on_syscall: Optional[OnSyscall]) -> None:
        self._failure: Optional[BaseException] = None
        self._traceback: Optional[TracebackType] = None
        self._lib, self._on_syscall = lib, on_syscall
        self._kept: Any = None
        self._callbacks: Any = ()
        self._begun, self._lock = False, threading.Lock()

    def attach(self, config: Any) -> None:
        """Has a config handle call on_syscall."""
        if self._on_syscall is not None:
            decisions = self._decisions(self._on_syscall)
            next(decisions)
            # min calls its key with one argument after the other: so the generator gets all four, and no frame is made.
            called = _ADDRESSES(partial(min, key=decisions.send))
            self._callbacks += (called,)
            self._lib.check(self._lib.config_set_callback(config, cast(called, gosandbox_syscall_cb), None))

    def attach_interrupt(self, config: Any) -> None:
        """Has a run in the main thread run Python's signal handlers, and end when one raises."""
        interrupts = self._interrupts()
        next(interrupts)
        called = _INTERRUPTED(interrupts.send)
        self._callbacks += (called,)
        self._lib.check(self._lib.config_set_interrupt(config, cast(called, gosandbox_interrupt_cb), None))

    @property
    def asks(self) -> bool:
        """Whether there is a callback."""
        return self._on_syscall is not None

    def begin(self) -> None:
        """The run begins."""
        if self._on_syscall is not None and not self._begun:
            self._begun = True
            turns.shorten()

    def finish(self) -> None:
        """The run is over: nothing is asked any more. A second time does nothing."""
        with self._lock:
            begun, self._begun = self._begun, False
            self._callbacks = ()
            self._release()
        if begun:
            turns.restore()

    def settle(self, result: Optional[Result] = None) -> None:
        """After the run: raises what has ended it."""
        self.finish()
        if self._failure is None and result is not None and result.cause == Cause.CALLBACK:
            self._fail(CallbackError(result.message))
        if self._failure is not None:
            if isinstance(self._failure, CallbackError):
                self._failure.result = result
            raise self._failure.with_traceback(self._traceback)

    def _fail(self, failure: BaseException) -> None:
        """The first one counts."""
        if self._failure is None:
            self._failure, self._traceback = failure, failure.__traceback__

    def _decisions(self, on_syscall: OnSyscall) -> Generator[int, int, None]:
        """Answers a call for every four numbers sent. Until the answer is written the library reads KILL."""
        views: Dict[int, View] = {}
        new = object.__new__
        event = OVER
        try:
            address = yield 0
            while True:
                number = yield 0
                out = yield 0
                yield 0
                view = views.get(address)
                if view is None or view.event != number or view.at != out:
                    view = views[address] = View(self._lib, address, number, out)
                if self._kept is not None:
                    self._release()
                event = new(Event)  # its constructor would cost as much as the rest
                event._view = view
                try:
                    answer = on_syscall(event)
                    event._view = OVER
                    action = answer if type(answer) is int and not answer >> 32 else self._lower(answer, view)
                except EventGoneError:
                    action = ERRNO(_EINTR)  # nobody is there who could see it
                except GeneratorExit as e:
                    raise CallbackError("on_syscall raised GeneratorExit") from e
                view.out.value = action
                address = yield 0  # nothing that could raise comes between the answer and this
        except GeneratorExit:
            return
        except BaseException as e:
            self._fail(e)
        event._view = OVER
        while True:
            yield 0

    def _lower(self, answer: Any, view: View) -> int:
        lib = self._lib
        if isinstance(answer, RETURN):
            lib.check(lib.event_set_return(view.event, answer.value))
            return RETURN_ACTION
        if isinstance(answer, OPENED):
            fd = descriptor("OPENED", answer.file)
            lib.check(lib.event_set_fd(view.event, fd, os.O_CLOEXEC if answer.cloexec else 0))
            self._kept = answer
            return OPENED_ACTION
        if isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer < _ACTIONS:
            return int(answer)
        name = Event(view).name
        raise CallbackError(f"on_syscall answered {answer!r} to {name}: it must be ALLOW, KILL, ERRNO(e), INSPECT, DEFER, "
                            "RETURN(value) or OPENED(file)")

    def _interrupts(self) -> Generator[int, Any, None]:
        """After a signal: 1 when a handler has raised."""
        code = 0
        while True:
            try:
                while True:
                    yield code
                    signal.pthread_sigmask(signal.SIG_BLOCK, ())  # runs the handlers, if the interpreter has not yet
            except GeneratorExit:
                return
            except BaseException as e:
                self._fail(e)
                code = 1

    def _release(self) -> None:
        """Lets go of the file of the last OPENED."""
        kept, self._kept = self._kept, None
        if kept is not None and kept.close:
            if isinstance(kept.file, int):
                os.close(kept.file)
            else:
                kept.file.close()
