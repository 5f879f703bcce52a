"""What the descriptors of a program are connected to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, STDOUT
from typing import IO, Any, List, Mapping, Optional, Union

from ._library import Library
from .errors import ConfigError
from .limits import whole
from .pipes import Pipes

DEFAULT_CAPTURE = 64 << 20
"""Bytes that subprocess.PIPE keeps where it means a Capture."""

StrPath = Union[str, "os.PathLike[str]", "os.PathLike[bytes]"]


@dataclass(frozen=True)
class Capture:
    """What the program writes goes to memory: the first `max` bytes are kept, the rest is drained and counted."""

    max: int = DEFAULT_CAPTURE

    def __post_init__(self) -> None:
        whole("max of a Capture", self.max, 0, 1 << 40)


@dataclass(frozen=True)
class File:
    """A file opened for the run as open(2) does, with the rights of the host and the umask of the run."""

    path: StrPath
    flags: int = os.O_RDONLY
    mode: int = 0o666


Bytes = Union[bytes, bytearray, memoryview]
Stdin = Union[None, int, Bytes, StrPath, IO[Any], File]
Output = Union[None, int, StrPath, IO[Any], File, Capture]
Descriptor = Union[None, int, IO[Any], File, Capture]

_NAMES = {0: "stdin", 1: "stdout", 2: "stderr"}
_PATH_FLAGS = {0: os.O_RDONLY, 1: os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 2: os.O_WRONLY | os.O_CREAT | os.O_TRUNC}


def attach_all(lib: Library, config: Any, stdin: Stdin, stdout: Output, stderr: Output,
               fds: Optional[Mapping[int, Descriptor]], pipes: Optional[Pipes] = None) -> List[int]:
    """Connects every descriptor in a config handle; returns those that are captured. PIPE makes a pipe where there
    are `pipes`, else a Capture."""
    captured: List[int] = []
    _attach(lib, config, 0, stdin, captured, pipes)
    _attach(lib, config, 1, stdout, captured, pipes)
    if isinstance(stderr, int) and stderr == STDOUT:
        if stdout is not None and not (isinstance(stdout, int) and stdout == DEVNULL):
            lib.check(lib.config_dup_fd(config, 2, 1))
    else:
        _attach(lib, config, 2, stderr, captured, pipes)
    for child, spec in (fds or {}).items():
        if whole("a descriptor in fds", child, 0, 1023) < 3:
            raise ConfigError(f"fds has descriptor {child}: use {_NAMES[child]}")
        if spec is None or isinstance(spec, int) and spec == DEVNULL:
            spec = File(os.devnull, os.O_RDWR)
        _attach(lib, config, child, spec, captured, pipes)
    return captured


def _attach(lib: Library, config: Any, child: int, spec: Any, captured: List[int], pipes: Optional[Pipes]) -> None:
    name = _NAMES.get(child) or f"fds[{child}]"
    if isinstance(spec, int) and spec == PIPE:
        if pipes is not None:
            spec = pipes.make(child)
        elif child != 0:
            spec = Capture()
        else:
            raise ConfigError("stdin is PIPE: nobody would write to it; give the bytes, or use start")
    if spec is None or isinstance(spec, int) and spec == DEVNULL:
        pass  # the library's default
    elif isinstance(spec, Capture):
        lib.check(lib.config_capture(config, child, spec.max))
        captured.append(child)
    elif isinstance(spec, File):
        path = file_path(name, spec.path)
        flags, mode = whole(f"flags of {name}", spec.flags), whole(f"mode of {name}", spec.mode, 0, 0o7777)
        lib.check(lib.config_open_fd(config, child, path, flags, mode))
    elif isinstance(spec, (bytes, bytearray, memoryview)):
        if child != 0:
            raise ConfigError(f"{name} cannot be bytes; a path is a str or os.PathLike here")
        raw = spec if isinstance(spec, bytes) else bytes(spec)
        lib.check(lib.config_set_stdin_bytes(config, raw, len(raw)))
    elif isinstance(spec, (str, os.PathLike)):
        if child not in _PATH_FLAGS:
            raise ConfigError(f"{name} is a path: say File(path, flags), so that it is known what to open it for")
        lib.check(lib.config_open_fd(config, child, file_path(name, spec), _PATH_FLAGS[child], 0o666))
    else:
        lib.check(lib.config_set_fd(config, child, descriptor(name, spec)))


def descriptor(name: str, spec: Any) -> int:
    """The host's descriptor that spec is or has; a file object that buffers output is flushed."""
    if isinstance(spec, int):
        return whole(f"descriptor for {name}", spec, 0, (1 << 31) - 1)
    try:
        number = whole(f"descriptor for {name}", spec.fileno(), 0, (1 << 31) - 1)
        if hasattr(spec, "flush") and not (hasattr(spec, "writable") and not spec.writable()):
            spec.flush()
        return number
    except (AttributeError, OSError, ValueError) as e:
        if isinstance(e, OSError) and e.errno:
            raise  # the flush failed
        raise ConfigError(f"{name} is {spec!r}, which has no open descriptor") from e


def encode(name: str, value: Any) -> bytes:
    """The bytes of a str, bytes or os.PathLike, without NUL."""
    try:
        raw = os.fsencode(value)
    except (TypeError, UnicodeEncodeError):
        raise ConfigError(f"{name} must be str, bytes or os.PathLike, not {value!r}") from None
    if b"\0" in raw:
        raise ConfigError(f"{name} contains a NUL: {value!r}")
    return raw


def file_path(name: str, value: Any) -> bytes:
    """An absolute path, as a change of the host's directory must not move the file."""
    raw = encode(f"path of {name}", value)
    if not raw:
        raise ConfigError(f"path of {name} is empty")
    return os.path.abspath(raw)
