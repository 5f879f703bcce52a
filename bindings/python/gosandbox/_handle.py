"""From a Config to a config handle of the library."""

from __future__ import annotations

from ctypes import byref, c_char_p, c_uint32, c_void_p
from typing import Any, List, Optional, Tuple

from ._dispatch import Dispatch
from ._library import Library
from .config import Config, Environment, arguments
from .errors import ConfigError
from .files import attach_all, descriptor, encode
from .limits import whole
from .parcels import attach_parcels
from .pipes import Pipes

_INFINITY = (1 << 64) - 1


class Handle:
    """A config handle, to be closed, and what is asked of the result."""

    __slots__ = ("lib", "handle", "captured", "files", "dispatch")

    def __init__(self, lib: Library, config: Config, pipes: Optional[Pipes] = None) -> None:
        self.lib = lib
        self.handle = c_void_p()
        self.captured: List[int] = []
        # File objects must stay open until the run has started.
        self.files: Any = (config.stdin, config.stdout, config.stderr, config.fds, config.exec_fd, config.files, config.collect)
        self.dispatch = Dispatch(lib, config.on_syscall)
        lib.check(lib.config_new(byref(self.handle)))
        try:
            self.dispatch.attach(self.handle)
            self._fill(config, pipes)
        except BaseException:
            lib.config_free(self.handle)
            raise

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *unused: object) -> None:
        self.lib.config_free(self.handle)

    def _fill(self, config: Config, pipes: Optional[Pipes]) -> None:
        lib, handle = self.lib, self.handle
        raw = arguments(config.argv)
        lib.check(lib.config_set_argv(handle, len(raw), _strings(raw)))
        if config.env:
            pairs = _env(config.env)
            lib.check(lib.config_set_env(handle, len(pairs), _strings(pairs)))
        self.captured = attach_all(lib, handle, config.stdin, config.stdout, config.stderr, config.fds, pipes)
        if config.limits is not None:
            config.limits._apply(lib, handle)
        if config.policy is not None:
            config.policy._apply(lib, handle)
        if config.isolation is not None:
            config.isolation._apply(lib, handle)
        if config.template is not None:
            config.template._apply(lib, handle)
        if config.trace is not None:
            config.trace._apply(lib, handle)
        if config.walls is not None:
            config.walls._apply(lib, handle)
        if config.record is not None:
            config.record._apply(lib, handle)
        attach_parcels(lib, handle, config.files, config.collect, config.workspace)
        if config.cgroup is not None:
            config.cgroup._apply(lib, handle)
        if config.cwd is not None:
            path = encode("cwd", config.cwd)
            if not path:
                raise ConfigError("cwd is empty")
            lib.check(lib.config_set_cwd(handle, path))
        if config.exec_fd is not None:
            lib.check(lib.config_set_exec_fd(handle, descriptor("exec_fd", config.exec_fd)))
        if config.umask is not None:
            lib.check(lib.config_set_umask(handle, whole("umask", config.umask, 0, 0o777)))
        if config.nice is not None:
            lib.check(lib.config_set_nice(handle, whole("nice", config.nice, -20, 19)))
        if config.affinity is not None:
            cpus = [whole("a CPU in affinity", c, 0, 4095) for c in config.affinity]
            lib.check(lib.config_set_affinity(handle, len(cpus), (c_uint32 * len(cpus))(*cpus)))
        if config.user is not None:
            lib.check(lib.config_set_ids(handle, *_user(config.user)))
        for number, value in (config.rlimits or {}).items():
            soft, hard = value if isinstance(value, tuple) and len(value) == 2 else (value, value)
            resource = whole("a resource in rlimits", number, 0, 1 << 30)
            lib.check(lib.config_set_rlimit(handle, resource, _rlim(soft), _rlim(hard)))


def _env(env: Environment) -> List[bytes]:
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
