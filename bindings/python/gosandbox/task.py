"""A program that runs while the caller does something else."""

from __future__ import annotations

from ctypes import byref, c_void_p
from types import MappingProxyType
from typing import IO, Any, Iterable, Mapping, Optional, Sequence, Tuple, Union

from ._handle import Handle
from ._library import library
from .answer import OnSyscall
from .cgroup import Cgroup
from .config import Argument, Config, Environment, Rlimit, configure
from .files import Descriptor, Output, Stdin
from .isolation import Isolation
from .limits import Limits
from .parcels import Collects, Files
from .pipes import Pipes
from .policy import Policy
from .record import Record
from .result import Result, read_result
from .running import Running
from .template import Template
from .trace import Trace
from .walls import Walls


class Task(Running[Result]):
    """A running program, made by `start`. Use it in a `with` or an `async with` block: leaving that kills what is
    still running.

    `await task` gives the Result in any asyncio loop; when the coroutine that awaits is cancelled, the program is
    killed. wait, kill and fileno may be called by several threads at the same time. A Task belongs to its process: it
    cannot be pickled, and after a fork it can only be thrown away."""

    def __init__(self, handle: Handle, pipes: Optional[Pipes] = None) -> None:
        """Starts the program. Internal: call `start`."""
        super().__init__(handle.lib, handle.dispatch.asks)
        self._captured = handle.captured
        self._dispatch = handle.dispatch  # the library calls it until the run is over
        self._pipes = pipes or Pipes()
        self._dispatch.begin()
        try:
            self._lib.check(self._lib.start(handle.handle, byref(self._handle)))
        except BaseException:
            self._dispatch.finish()
            raise
        if self._pipes.ends:
            self._pipes.handed_over()

    @property
    def pid(self) -> int:
        """Process id of the program, 0 while it is not started yet. It stays the program's while the task has not
        ended. Raises Error after close."""
        return self._lib.check(self._lib.task_pid(self._handle))

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

    def _take(self, ns: int) -> Result:
        out = c_void_p()
        try:
            code = self._lib.task_wait(self._handle, ns, byref(out))
            if not out:
                raise self._lib.exception(code)
            return read_result(self._lib, out, self._captured)
        finally:
            self._lib.result_free(out)

    def _settle(self, result: Result) -> None:
        self._dispatch.settle(result)

    def _over(self) -> None:
        self._dispatch.finish()
        self._pipes.close()


def start(
    argv: Union[Config, Sequence[Argument]], *, stdin: Stdin = None, stdout: Output = None, stderr: Output = None,
    env: Optional[Environment] = None, cwd: Optional[Argument] = None, limits: Optional[Limits] = None,
    policy: Optional[Policy] = None, fds: Optional[Mapping[int, Descriptor]] = None, exec_fd: Any = None,
    umask: Optional[int] = None, nice: Optional[int] = None, affinity: Optional[Iterable[int]] = None,
    user: Optional[Tuple[int, int]] = None, rlimits: Optional[Mapping[int, Rlimit]] = None,
    on_syscall: Optional[OnSyscall] = None, cgroup: Optional[Cgroup] = None, isolation: Optional[Isolation] = None,
    trace: Optional[Trace] = None, record: Optional[Record] = None, files: Optional[Files] = None,
    collect: Optional[Collects] = None, workspace: Union[None, bool, Argument] = None, template: Optional[Template] = None,
    walls: Optional[Walls] = None, encoding: Optional[str] = None, errors: Optional[str] = None,
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
                       rlimits=rlimits, on_syscall=on_syscall, cgroup=cgroup, isolation=isolation, trace=trace, record=record, files=files,
                       collect=collect, workspace=workspace, template=template, walls=walls)
    pipes = Pipes(encoding, errors)
    try:
        with Handle(library(), config, pipes) as handle:
            return Task(handle, pipes)
    except BaseException:
        pipes.close()
        raise
