"""Running a program to its end."""

from __future__ import annotations

import threading
from ctypes import byref, c_void_p
from typing import Any, Iterable, Mapping, Optional, Sequence, Tuple

from ._config import Argument, Config, Environment, Rlimit
from ._library import library
from .files import Descriptor, Output, Stdin
from .limits import Limits
from .policy import Policy
from .result import Result, read_result
from .task import Task


def run(
    argv: Sequence[Argument], *, stdin: Stdin = None, stdout: Output = None, stderr: Output = None,
    env: Optional[Environment] = None, cwd: Optional[Argument] = None, limits: Optional[Limits] = None,
    policy: Optional[Policy] = None, fds: Optional[Mapping[int, Descriptor]] = None, exec_fd: Any = None,
    umask: Optional[int] = None, nice: Optional[int] = None, affinity: Optional[Iterable[int]] = None,
    user: Optional[Tuple[int, int]] = None, rlimits: Optional[Mapping[int, Rlimit]] = None, check: bool = False,
) -> Result:
    """Runs a program until it, and every process it made, is gone. Ctrl-C kills it at once.

    argv      program and arguments: str, bytes or os.PathLike. A str without a slash is searched in PATH of `env`, or
              in /usr/local/bin:/usr/bin:/bin when that has none; anything else is relative to `cwd`.
    stdin     None or subprocess.DEVNULL; bytes, bytearray or memoryview: these bytes; str or os.PathLike: a file, by
              its path; an int: a descriptor of the host; an object with fileno(); File.
    stdout    None or subprocess.DEVNULL; Capture(max), in memory; subprocess.PIPE: Capture of 64 MiB; str or
              os.PathLike: a file, created or truncated; an int: a descriptor; an object with fileno(), which is
              flushed; File.
    stderr    the same, or subprocess.STDOUT: where stdout goes.
    env       the whole environment; empty unless given: that of the host is never passed on.
    cwd       the program's working directory; the host's unless given.
    limits    Limits(...); nothing is limited unless given.
    policy    Policy.profile(...); unless given, all is allowed but what no program may do.
    fds       further descriptors, 3 to 1023: int, object with fileno(), Capture, File, or None for /dev/null.
    exec_fd   execute the file open as this descriptor or file object instead of argv[0].
    umask, nice, affinity (CPU numbers): the host's unless given.
    user      (uid, gid); supplementary groups are dropped. Needs privileges unless they are the host's own.
    rlimits   {resource.RLIMIT_...: (soft, hard) or one number for both}; wins over the rlimit that a limit implies.
    check     raise unless the program ends by itself with exit code 0: SetupError when it could not be started,
              VerdictError otherwise.

    Without `check` every verdict is a Result, SETUP_FAILED included. Raises ConfigError for arguments that cannot mean
    anything, UnsupportedError, ForkedProcessError, LibraryNotFoundError, InternalError, and SetupError when the
    machine has no descriptors, threads or memory left.
    """
    with Config(library()) as config:
        config.fill(argv, stdin, stdout, stderr, env, cwd, limits, policy, fds, exec_fd, umask, nice, affinity, user,
                    rlimits)
        if threading.current_thread() is threading.main_thread():
            result = _run_interruptible(config)
        else:
            result = _run_blocking(config)
    return result.check() if check else result


def _run_interruptible(config: Config) -> Result:
    """In the main thread signal handlers must run, and Ctrl-C must end the program too."""
    with Task(config) as task:
        return task.wait()


def _run_blocking(config: Config) -> Result:
    lib, out = config.lib, c_void_p()
    try:
        code = lib.run(config.handle, byref(out))
        if not out:
            raise lib.exception(code)
        return read_result(lib, out, config.captured)
    finally:
        lib.result_free(out)
