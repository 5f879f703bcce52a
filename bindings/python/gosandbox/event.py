"""A system call that waits for the answer of a callback."""

from __future__ import annotations

import os
from ctypes import c_uint32, create_string_buffer
from typing import Any, Callable, Dict, NoReturn, Tuple, Union

from ._abi import Code, Phase, gosandbox_syscall
from ._library import Library, text
from .errors import Error, EventError, EventGoneError
from .limits import whole

_PATH_MAX = 4096
_MOST = (1 << 31) - 1
_names: Dict[Tuple[int, int], str] = {}


class View:
    """The memory behind a call while a callback is asked; the library uses the same for one call after another."""

    __slots__ = ("lib", "call", "event", "out", "at")

    def __init__(self, lib: Library, call: int, event: int, out: int) -> None:
        self.lib, self.event, self.at = lib, event, out
        self.call = gosandbox_syscall.from_address(call)
        self.out = c_uint32.from_address(out)


class _Over:
    """Stands for the View of an event whose callback has returned."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Error("the event is over: it is good during its callback only")


OVER: Any = _Over()


class Event:
    """A system call of the program, as `on_syscall` gets it. It is good until the callback returns; all use after that raises
    Error.

    What is read from the program's memory can be changed by another of its threads before the kernel reads it again. So
    deciding ALLOW by a path or any other content is no protection; ERRNO, RETURN and OPENED are. The numbers in `args` cannot
    change. Addresses are the program's."""

    __slots__ = ("_view",)
    _view: Any

    def __init__(self, view: View) -> None:
        self._view = view

    @property
    def name(self) -> str:
        """Name in its architecture, or "#" and the number where that has none."""
        call = self._view.call
        key = call.arch, call.nr
        if key not in _names:
            raw = self._view.lib.syscall_name(*key)
            _names[key] = text(raw) if raw else f"#{key[1]}"
        return _names[key]

    @property
    def nr(self) -> int:
        """Number of the call in its architecture."""
        return int(self._view.call.nr)

    @property
    def arch(self) -> int:
        """One of Arch."""
        return int(self._view.call.arch)

    @property
    def args(self) -> Tuple[int, ...]:
        """The six arguments, as unsigned 64-bit numbers."""
        return tuple(self._view.call.args)

    @property
    def pid(self) -> int:
        """Process that makes the call, in the host's pid namespace."""
        return int(self._view.call.pid)

    @property
    def tid(self) -> int:
        """Thread that makes the call."""
        return int(self._view.call.tid)

    @property
    def phase(self) -> Phase:
        """ENTRY, before the call is executed; EXIT, after it was, because the callback has answered INSPECT."""
        return Phase(self._view.call.phase)

    @property
    def ret(self) -> int:
        """In phase EXIT what the call has returned, a negative errno when it failed; else 0."""
        return int(self._view.call.ret)

    @property
    def ip(self) -> int:
        """Instruction pointer."""
        return int(self._view.call.ip)

    def read(self, addr: int, n: int) -> bytes:
        """Up to n bytes of the program's memory, less where it ends. Raises EventError."""
        view, n = self._view, whole("n", n, 0, _MOST)
        buffer = create_string_buffer(n)
        got = _checked(view, view.lib.event_read(view.event, _address(addr), buffer, n))
        return buffer.raw[:got]

    def read_string(self, addr: int, max: int = _PATH_MAX) -> str:
        """A string that ends with a NUL within `max` bytes, decoded as os.fsdecode does. Raises EventError."""
        view: View = self._view
        size = whole("max", max, 1, _MOST)
        return _string(view, size, lambda buffer: view.lib.event_read_string(view.event, _address(addr), buffer, size))

    def path(self, path_arg: int = 1, dirfd_arg: int = 0) -> str:
        """The path that argument number path_arg points to, made absolute by the directory that argument dirfd_arg names, or by
        the working directory when dirfd_arg is -1, decoded as os.fsdecode does. Symbolic links and ".." stand as they are. The
        defaults are those of openat and the like; open has path(0, -1). Raises EventError."""
        view: View = self._view
        size = 2 * _PATH_MAX
        return _string(view, size, lambda buffer: view.lib.event_read_path(view.event, dirfd_arg, path_arg, buffer, size))

    def write(self, addr: int, data: Union[bytes, bytearray, memoryview]) -> int:
        """Changes the program's memory; returns how many bytes, less where it ends. Raises EventError."""
        view, raw = self._view, bytes(data)
        return _checked(view, view.lib.event_write(view.event, _address(addr), raw, len(raw)))

    def set_arg(self, number: int, value: int) -> None:
        """Changes an argument, 0 to 5, for a call that is then executed (ALLOW or INSPECT). In phase ENTRY only, else
        ConfigError."""
        view = self._view
        number = whole("number of an argument", number, 0, 5)
        value = whole("value of an argument", value, -(1 << 63), (1 << 64) - 1) & (1 << 64) - 1
        _checked(view, view.lib.event_set_arg(view.event, number, value))

    def __repr__(self) -> str:
        if self._view is OVER:
            return "<Event that is over>"
        arguments = ", ".join(hex(a) for a in self.args)
        return f"<Event {self.name}({arguments}) of thread {self.tid} at {self.phase.name}>"

    def __reduce__(self) -> Any:
        raise TypeError("an Event cannot be pickled: it is good during its callback only")


def _address(addr: int) -> int:
    return whole("addr", addr, 0, (1 << 64) - 1)


def _string(view: View, size: int, get: Callable[[Any], Any]) -> str:
    buffer = create_string_buffer(size)
    length = _checked(view, get(buffer))
    return os.fsdecode(buffer.raw[:length])


_ABOUT_THE_PROGRAM = (Code.EFAULT, Code.EGONE, Code.ETOOLONG, Code.EBADF)


def _checked(view: View, n: int) -> int:
    if n >= 0:
        return n
    if n not in _ABOUT_THE_PROGRAM:
        raise view.lib.exception(n)
    last = view.lib.last_error().contents
    kind = EventGoneError if n == Code.EGONE else EventError
    raise kind(last.sys_errno, text(last.message))

