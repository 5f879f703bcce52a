"""From the arguments of run and start to a config handle of the library."""

from __future__ import annotations

import os
from collections import abc
from ctypes import byref, c_char_p, c_uint32, c_void_p
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from ._library import Library
from .errors import ConfigError
from .files import Descriptor, Output, Stdin, attach_all, descriptor, encode
from .limits import Limits, whole
from .policy import Policy

Argument = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Environment = Mapping[Union[str, bytes], Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]]
Rlimit = Union[int, Tuple[int, int]]

_INFINITY = (1 << 64) - 1


class Config:
    """A config handle, to be closed, and what is asked of the result."""

    __slots__ = ("lib", "handle", "captured", "files")

    def __init__(self, lib: Library) -> None:
        self.lib = lib
        self.handle = c_void_p()
        self.captured: List[int] = []
        self.files: Any = None  # file objects must stay open until the run has ended
        lib.check(lib.config_new(byref(self.handle)))

    def __enter__(self) -> Config:
        return self

    def __exit__(self, *unused: object) -> None:
        self.lib.config_free(self.handle)

    def fill(
        self, argv: Sequence[Argument], stdin: Stdin, stdout: Output, stderr: Output, env: Optional[Environment],
        cwd: Optional[Argument], limits: Optional[Limits], policy: Optional[Policy],
        fds: Optional[Mapping[int, Descriptor]], exec_fd: Any, umask: Optional[int], nice: Optional[int],
        affinity: Optional[Iterable[int]], user: Optional[Tuple[int, int]], rlimits: Optional[Mapping[int, Rlimit]],
    ) -> Config:
        lib, handle = self.lib, self.handle
        arguments = _argv(argv)
        lib.check(lib.config_set_argv(handle, len(arguments), _strings(arguments)))
        if env:
            pairs = _env(env)
            lib.check(lib.config_set_env(handle, len(pairs), _strings(pairs)))
        self.captured = attach_all(lib, handle, stdin, stdout, stderr, fds)
        self.files = (stdin, stdout, stderr, fds, exec_fd)
        if limits is not None:
            _typed("limits", limits, Limits).apply(lib, handle)
        if policy is not None:
            _typed("policy", policy, Policy).apply(lib, handle)
        if cwd is not None:
            path = encode("cwd", cwd)
            if not path:
                raise ConfigError("cwd is empty")
            lib.check(lib.config_set_cwd(handle, path))
        if exec_fd is not None:
            lib.check(lib.config_set_exec_fd(handle, descriptor("exec_fd", exec_fd)))
        if umask is not None:
            lib.check(lib.config_set_umask(handle, whole("umask", umask, 0, 0o777)))
        if nice is not None:
            lib.check(lib.config_set_nice(handle, whole("nice", nice, -20, 19)))
        if affinity is not None:
            cpus = [whole("a CPU in affinity", c, 0, 4095) for c in affinity]
            lib.check(lib.config_set_affinity(handle, len(cpus), (c_uint32 * len(cpus))(*cpus)))
        if user is not None:
            lib.check(lib.config_set_ids(handle, *_user(user)))
        for number, value in (rlimits or {}).items():
            soft, hard = value if isinstance(value, tuple) and len(value) == 2 else (value, value)
            resource = whole("a resource in rlimits", number, 0, 1 << 30)
            lib.check(lib.config_set_rlimit(handle, resource, _rlim(soft), _rlim(hard)))
        return self


def _argv(argv: Any) -> List[bytes]:
    if isinstance(argv, (str, bytes, os.PathLike)):
        raise ConfigError(f"argv must be a list of arguments, not the single {argv!r}")
    try:
        values = list(argv)
    except TypeError:
        raise ConfigError(f"argv must be a list of arguments, not {argv!r}") from None
    arguments = [encode("an argument in argv", v) for v in values]
    if not arguments or not arguments[0]:
        raise ConfigError("argv is empty: its first item is the program")
    # Path("./a.out") forgets its "./", but a path is never a name to be searched for.
    if isinstance(values[0], os.PathLike) and b"/" not in arguments[0]:
        arguments[0] = b"./" + arguments[0]
    return arguments


def _env(env: Any) -> List[bytes]:
    if not isinstance(env, abc.Mapping):
        raise ConfigError(f"env must be a mapping of names to values, not {env!r}")
    pairs = []
    for name, value in env.items():
        raw = encode("a name in env", name)
        if not raw or b"=" in raw:
            raise ConfigError(f"env has the name {name!r}: it must not be empty or contain '='")
        pairs.append(raw + b"=" + encode(f"value of {name!r} in env", value))
    return pairs


def _user(user: Any) -> Tuple[int, int]:
    try:
        uid, gid = user
    except (TypeError, ValueError):
        raise ConfigError(f"user must be a pair of numbers (uid, gid), not {user!r}") from None
    return whole("uid", uid, 0, (1 << 32) - 2), whole("gid", gid, 0, (1 << 32) - 2)


def _rlim(value: Any) -> int:
    """resource.RLIM_INFINITY is -1 in Python."""
    number = whole("a value in rlimits", value, -1, _INFINITY)
    return _INFINITY if number == -1 else number


def _strings(values: List[bytes]) -> Any:
    return (c_char_p * len(values))(*values)


def _typed(name: str, value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise ConfigError(f"{name} must be a {kind.__name__}, not {value!r}")
    return value
