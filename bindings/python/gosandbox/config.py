"""What to run, as a value."""

from __future__ import annotations

import dataclasses
import os
from collections import abc
from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from .answer import OnSyscall
from .cgroup import Cgroup
from .errors import ConfigError
from .files import Descriptor, Output, Stdin, encode
from .isolation import Isolation
from .limits import Limits
from .parcels import Collects, Files, check_collects, check_files
from .policy import Policy
from .record import Record
from .template import Template
from .trace import Trace
from .walls import Walls

Argument = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Environment = Union[Mapping[str, Argument], Mapping[bytes, Argument]]
Rlimit = Union[int, Tuple[int, int]]


@dataclass(frozen=True)
class Config:
    """A program to run and everything about the run. `run`, `start`, `run_async`, `gather`, `as_completed` and `Batch`
    take it, any number of times and side by side. It can be pickled, unless it names an open file object; numbers of
    descriptors mean something in this process alone.

    `dataclasses.replace` makes a changed copy. Raises ConfigError for a value that cannot mean anything; what needs
    the library to be judged (descriptors, names in a policy) is judged when the run starts."""

    argv: Sequence[Argument]
    """Program and arguments. A str without a slash is searched in PATH of `env`, or in /usr/local/bin:/usr/bin:/bin
    when that has none; anything else is relative to `cwd`."""
    stdin: Stdin = None
    """None or subprocess.DEVNULL: nothing. bytes, bytearray or memoryview: these bytes. str or os.PathLike: a file, by
    its path. int: a descriptor of the host. An object with fileno(). File. subprocess.PIPE with `start` alone:
    Task.stdin is the other end."""
    stdout: Output = None
    """None or subprocess.DEVNULL: nowhere. Capture(max): memory. subprocess.PIPE: with `start`, Task.stdout is the
    other end; else a Capture of 64 MiB. str or os.PathLike: a file, created or truncated. int: a descriptor. An object
    with fileno(), which is flushed. File."""
    stderr: Output = None
    """The same, or subprocess.STDOUT: where stdout goes."""
    env: Optional[Environment] = None
    """The whole environment; empty unless given: that of the host is never passed on."""
    cwd: Optional[Argument] = None
    """The program's working directory; the host's unless given."""
    limits: Optional[Limits] = None
    """Nothing is limited unless given."""
    policy: Optional[Policy] = None
    """Unless given, all is allowed but what no program may do."""
    fds: Optional[Mapping[int, Descriptor]] = None
    """Further descriptors of the program, 3 to 1023: int, object with fileno(), Capture, File, subprocess.PIPE as for
    stdout, or None for /dev/null."""
    exec_fd: Any = None
    """Executes the file open as this descriptor or file object instead of argv[0]."""
    umask: Optional[int] = None
    """0 to 0o777; the host's unless given."""
    nice: Optional[int] = None
    """-20 to 19; the host's unless given."""
    affinity: Optional[Iterable[int]] = None
    """Numbers of the CPUs that the program may run on; those of the calling thread unless given."""
    user: Optional[Tuple[int, int]] = None
    """(uid, gid); supplementary groups are dropped. Needs privileges unless they are the host's own."""
    rlimits: Optional[Mapping[int, Rlimit]] = None
    """{resource.RLIMIT_...: (soft, hard) or one number for both}; wins over the rlimit that a limit implies."""

    on_syscall: Optional[OnSyscall] = None
    """Called with an Event for each system call for which the policy says NOTIFY; see Policy.notify. It returns ALLOW, KILL,
    ERRNO(e), RETURN(value), OPENED(file), INSPECT (execute it, then call again in phase EXIT) or DEFER (what the path rules
    say, else the policy's default); anything else, and an exception, kills the run, and is raised by `run` and Task.wait.
    `run` calls it on the calling thread (but on another one for a daemon thread), `start`, `run_async` and `Batch` on another one. The
    program waits meanwhile, and signals are held back on the thread. During such runs sys.getswitchinterval() is at most 0.2 ms, so that
    threads that compute do not keep the program waiting."""
    cgroup: Optional[Cgroup] = None
    """Control groups of its own; none unless given."""
    isolation: Optional[Isolation] = None
    """What the program is cut off from; of nothing unless given."""
    trace: Optional[Trace] = None
    """What to tell of its system calls; nothing unless given."""
    record: Optional[Record] = None
    """What to record of its processes over time; nothing unless given."""
    files: Optional[Files] = None
    """Files that the program finds when it starts, by name: {"1.in": b"2 3", "a.out": Put(Path("a.out"), 0o755)}. bytes, bytearray or memoryview:
    these. str or os.PathLike: a copy of the host's file, by its path. int or an object with fileno(): a copy of the file that is open
    there. A name is relative to the working directory, or absolute in a root of the program's own. They are written with the
    program's rights, and nothing that is there already is replaced."""
    collect: Optional[Collects] = None
    """Which of the files that the program leaves are taken when all its processes are dead: a pattern such as ``"*.out"``, a Collect, or
    several of them. Result.files and Result.collected have them."""
    workspace: Union[None, bool, Argument] = None
    """True: a new directory in /tmp is the working directory, and is removed when the run is over. A path: in that directory of the host. Not
    with `cwd`, nor with a root of the program's own, where a tmpfs serves."""
    template: Optional[Template] = None
    """Takes place in a template, which says what the program is cut off from, in the place of isolation."""
    walls: Optional[Walls] = None
    """What it is cut off from without privileges; of no sockets unless given."""

    def __post_init__(self) -> None:
        keep = object.__setattr__
        keep(self, "argv", _argv(self.argv))
        if self.env is not None:
            if not isinstance(self.env, abc.Mapping):
                raise ConfigError(f"env must be a mapping of names to values, not {self.env!r}")
            keep(self, "env", dict(self.env))
        for name in ("fds", "rlimits"):
            value = getattr(self, name)
            if value is not None:
                if not isinstance(value, abc.Mapping):
                    raise ConfigError(f"{name} must be a mapping, not {value!r}")
                keep(self, name, dict(value))
        if self.affinity is not None:
            if not isinstance(self.affinity, abc.Iterable):
                raise ConfigError(f"affinity must be numbers of CPUs, not {self.affinity!r}")
            keep(self, "affinity", tuple(self.affinity))
        if self.on_syscall is not None and not callable(self.on_syscall):
            raise ConfigError(f"on_syscall must be callable, not {self.on_syscall!r}")
        keep(self, "files", check_files(self.files))
        keep(self, "collect", check_collects(self.collect))
        _typed("limits", self.limits, Limits)
        _typed("policy", self.policy, Policy)
        _typed("cgroup", self.cgroup, Cgroup)
        _typed("isolation", self.isolation, Isolation)
        _typed("trace", self.trace, Trace)
        _typed("record", self.record, Record)
        _typed("walls", self.walls, Walls)
        _typed("template", self.template, Template)


def configure(argv: Union[Config, Sequence[Argument]], **options: Any) -> Config:
    """A Config from the arguments of `run`: options that are None are not given."""
    given = {name: value for name, value in options.items() if value is not None}
    if not isinstance(argv, Config):
        return Config(argv, **given)
    return dataclasses.replace(argv, **given) if given else argv


def arguments(argv: Sequence[Argument]) -> List[bytes]:
    """The bytes of a checked argv."""
    raw = [encode("an argument in argv", v) for v in argv]
    # Path("./a.out") forgets its "./", but a path is never a name to be searched for.
    if isinstance(argv[0], os.PathLike) and b"/" not in raw[0]:
        raw[0] = b"./" + raw[0]
    return raw


def _argv(argv: Any) -> Tuple[Argument, ...]:
    if isinstance(argv, (str, bytes, os.PathLike)):
        raise ConfigError(f"argv must be a list of arguments, not the single {argv!r}")
    try:
        values = tuple(argv)
    except TypeError:
        raise ConfigError(f"argv must be a list of arguments, not {argv!r}") from None
    if not values or not arguments(values)[0]:
        raise ConfigError("argv is empty: its first item is the program")
    return values


def _typed(name: str, value: Any, kind: type) -> None:
    if value is not None and not isinstance(value, kind):
        raise ConfigError(f"{name} must be a {kind.__name__}, not {value!r}")
