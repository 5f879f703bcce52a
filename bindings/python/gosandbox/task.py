"""A program that runs while the caller does something else."""

from __future__ import annotations

import atexit
import math
import select
import threading
import time
import warnings
import weakref
from ctypes import byref, c_void_p
from types import MappingProxyType
from typing import IO, Any, Generator, Iterable, Mapping, Optional, Sequence, Tuple, Union

from ._abi import Code
from ._handle import Handle
from ._library import library
from .answer import OnSyscall
from .cgroup import Cgroup
from .config import Argument, Config, Environment, Rlimit, configure
from .ending import until_readable
from .errors import ConfigError, Error
from .files import Descriptor, Output, Stdin
from .isolation import Isolation
from .limits import Limits
from .pipes import Pipes
from .policy import Policy
from .result import Result, read_result
from .trace import Trace

_FOREVER = -1
_LONGEST = 9e9  # seconds, 285 years: what 63 bits of nanoseconds hold
_POLL_MAX = (1 << 31) - 1  # ms


_asking: "weakref.WeakSet[Task]" = weakref.WeakSet()


@atexit.register
def _leave() -> None:
    """No callback must come when the interpreter is gone: its thread would never return from it."""
    for task in list(_asking):
        task.close()


class Task:
    """A running program, made by `start`. Use it in a `with` or an `async with` block: leaving that kills what is
    still running.

    `await task` gives the Result in any asyncio loop; when the coroutine that awaits is cancelled, the program is
    killed. wait, kill and fileno may be called by several threads at the same time. A Task belongs to its process: it
    cannot be pickled, and after a fork it can only be thrown away."""

    def __init__(self, handle: Handle, pipes: Optional[Pipes] = None) -> None:
        """Starts the program. Internal: call `start`."""
        self._lib = handle.lib
        self._handle = c_void_p()
        self._captured = handle.captured
        self._dispatch = handle.dispatch  # the library calls it until the run is over
        self._result: Optional[Result] = None
        self._pipes = pipes or Pipes()
        self._dispatch.begin()
        try:
            self._lib.check(self._lib.start(handle.handle, byref(self._handle)))
        except BaseException:
            self._dispatch.finish()
            raise
        if self._dispatch.asks:
            _asking.add(self)
        if self._pipes.ends:
            self._pipes.handed_over()

    @property
    def pid(self) -> int:
        """Process id of the program, 0 while it is not started yet. It stays the program's while the task has not
        ended. Raises Error after close."""
        return self._lib.check(self._lib.task_pid(self._handle))

    @property
    def result(self) -> Optional[Result]:
        """The result once wait or close has seen the end, else None."""
        return self._result

    @property
    def stdin(self) -> Optional[IO[Any]]:
        """Where to write for the program's descriptor 0, with stdin=subprocess.PIPE, else None. It is buffered: flush
        it. Closing it is the end of the program's input."""
        return self._pipes.ends.get(0)

    @property
    def stdout(self) -> Optional[IO[Any]]:
        """Where to read what the program writes to descriptor 1, with stdout=subprocess.PIPE, else None."""
        return self._pipes.ends.get(1)

    @property
    def stderr(self) -> Optional[IO[Any]]:
        """Where to read what the program writes to descriptor 2, with stderr=subprocess.PIPE, else None."""
        return self._pipes.ends.get(2)

    @property
    def pipes(self) -> Mapping[int, IO[Any]]:
        """All of these file objects by the program's descriptor, those of `fds` included."""
        return MappingProxyType(self._pipes.ends)

    def fileno(self) -> int:
        """A descriptor that becomes readable, and stays so, when the task has ended; for select, selectors and
        asyncio's add_reader. It belongs to the task: do not read or close it. Raises Error after close."""
        return self._lib.check(self._lib.task_poll_fd(self._handle))

    def wait(self, timeout: Optional[float] = None) -> Result:
        """Waits for the end and gives the result, again and again. In the main thread signal handlers run meanwhile
        and Ctrl-C interrupts the wait, not the program.

        Args:
            timeout: At most so many seconds; None: for ever, 0: not at all.

        Raises:
            TaskTimeoutError: The time has passed.
            UnsupportedError: This machine cannot enforce what was asked for.
            ConfigError: The config contradicts itself.
            Error: The task was closed before its end was seen.
            CallbackError: on_syscall gave no proper answer.

        What on_syscall raises is raised here, every time; `result` has the result then.
        """
        if self._result is not None:
            return self._settled(self._result)
        seconds = _timeout(timeout)
        if threading.current_thread() is threading.main_thread():
            self._poll(seconds)
            seconds = 0.0
        return self._settled(self._collect(_FOREVER if seconds is None else math.ceil(seconds * 1e9)))

    def kill(self) -> None:
        """Kills the program and all it started, status CANCELLED; does not wait. No effect on a task that has
        ended."""
        if self._handle:
            self._lib.check(self._lib.task_kill(self._handle))

    def close(self) -> None:
        """Kills the program if it still runs, waits until it is gone, keeps the result, closes the pipes and frees
        the task."""
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
                self._dispatch.finish()
                self._pipes.close()

    def __enter__(self) -> Task:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __await__(self) -> Generator[Any, None, Result]:
        return self._ended().__await__()

    async def __aenter__(self) -> Task:
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
            self._dispatch.finish()
            self._pipes.close()

    def __reduce__(self) -> Any:
        raise TypeError("a Task cannot be pickled; its result can")

    async def _ended(self) -> Result:
        if self._result is None:
            await until_readable(self.fileno(), self.kill)
        return self._settled(self._result or self._collect(0))

    def _settled(self, result: Result) -> Result:
        self._dispatch.settle(result)
        return result

    def _collect(self, ns: int) -> Result:
        out = c_void_p()
        try:
            code = self._lib.task_wait(self._handle, ns, byref(out))
            if not out:
                raise self._lib.exception(code)
            self._result = read_result(self._lib, out, self._captured)
            return self._result
        finally:
            self._lib.result_free(out)

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


def start(
    argv: Union[Config, Sequence[Argument]], *, stdin: Stdin = None, stdout: Output = None, stderr: Output = None,
    env: Optional[Environment] = None, cwd: Optional[Argument] = None, limits: Optional[Limits] = None,
    policy: Optional[Policy] = None, fds: Optional[Mapping[int, Descriptor]] = None, exec_fd: Any = None,
    umask: Optional[int] = None, nice: Optional[int] = None, affinity: Optional[Iterable[int]] = None,
    user: Optional[Tuple[int, int]] = None, rlimits: Optional[Mapping[int, Rlimit]] = None,
    on_syscall: Optional[OnSyscall] = None, cgroup: Optional[Cgroup] = None, isolation: Optional[Isolation] = None,
    trace: Optional[Trace] = None, encoding: Optional[str] = None, errors: Optional[str] = None,
) -> Task:
    """Starts a program and returns at once. A program that cannot be started is told by Task.wait, as status
    SETUP_FAILED.

    Args:
        argv: The program and its arguments, or a Config; options then replace those of the Config.
        encoding: Pipes carry text in this encoding, line by line; bytes unless given.
        errors: What to do about bytes that are no text, as in open().

    The other arguments are the fields of Config. subprocess.PIPE gives a pipe, whose other end is a file object of the
    Task.

    Raises:
        ConfigError: An argument cannot mean anything.
        SetupError: The machine has no descriptors, threads or memory left.
        ForkedProcessError: The library was loaded before a fork.
        LibraryNotFoundError: There is no libgosandbox.so.
        InternalError: A fault of the library.
    """
    config = configure(argv, stdin=stdin, stdout=stdout, stderr=stderr, env=env, cwd=cwd, limits=limits,
                       policy=policy, fds=fds, exec_fd=exec_fd, umask=umask, nice=nice, affinity=affinity, user=user,
                       rlimits=rlimits, on_syscall=on_syscall, cgroup=cgroup, isolation=isolation, trace=trace)
    pipes = Pipes(encoding, errors)
    try:
        with Handle(library(), config, pipes) as handle:
            return Task(handle, pipes)
    except BaseException:
        pipes.close()
        raise
