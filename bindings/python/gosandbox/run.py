"""Running a program to its end."""

from __future__ import annotations

import threading
from ctypes import byref, c_void_p
from typing import Any, Iterable, Mapping, Optional, Sequence, Tuple, Union

from ._handle import Handle
from ._library import library
from .answer import OnSyscall
from .cgroup import Cgroup
from .config import Argument, Config, Environment, Rlimit, configure
from .files import Descriptor, Output, Stdin
from .isolation import Isolation
from .limits import Limits
from .parcels import Collects, Files
from .policy import Policy
from .record import Record
from .result import Result, read_result
from .task import Task
from .template import Template
from .trace import Trace
from .walls import Walls


def run(
    argv: Union[Config, Sequence[Argument]], *, stdin: Stdin = None, stdout: Output = None, stderr: Output = None,
    env: Optional[Environment] = None, cwd: Optional[Argument] = None, limits: Optional[Limits] = None,
    policy: Optional[Policy] = None, fds: Optional[Mapping[int, Descriptor]] = None, exec_fd: Any = None,
    umask: Optional[int] = None, nice: Optional[int] = None, affinity: Optional[Iterable[int]] = None,
    user: Optional[Tuple[int, int]] = None, rlimits: Optional[Mapping[int, Rlimit]] = None,
    on_syscall: Optional[OnSyscall] = None, cgroup: Optional[Cgroup] = None, isolation: Optional[Isolation] = None,
    trace: Optional[Trace] = None, record: Optional[Record] = None, files: Optional[Files] = None,
    collect: Optional[Collects] = None, workspace: Union[None, bool, Argument] = None, template: Optional[Template] = None,
    walls: Optional[Walls] = None, check: bool = False,
) -> Result:
    """Runs a program until it, and every process it made, is gone. Ctrl-C kills it at once.

    It blocks in the library, without the interpreter lock. In the main thread signal handlers run meanwhile, and one that
    raises ends the run.

    Args:
        argv: The program and its arguments, or a Config; options then replace those of the Config.
        check: Raise unless the program ends by itself with exit code 0: SetupError when it could not be started,
            VerdictError otherwise.

    The other arguments are the fields of Config. Without `check` every verdict is a Result, SETUP_FAILED included.

    Raises:
        ConfigError: An argument cannot mean anything.
        UnsupportedError: This machine cannot enforce what was asked for.
        SetupError: The machine has no descriptors, threads or memory left.
        ForkedProcessError: The library was loaded before a fork.
        LibraryNotFoundError: There is no libgosandbox.so.
        InternalError: A fault of the library.
    """
    config = configure(argv, stdin=stdin, stdout=stdout, stderr=stderr, env=env, cwd=cwd, limits=limits,
                       policy=policy, fds=fds, exec_fd=exec_fd, umask=umask, nice=nice, affinity=affinity, user=user,
                       rlimits=rlimits, on_syscall=on_syscall, cgroup=cgroup, isolation=isolation, trace=trace, record=record, files=files,
                       collect=collect, workspace=workspace, template=template, walls=walls)
    with Handle(library(), config) as handle:
        thread = threading.current_thread()
        if thread is threading.main_thread():
            handle.dispatch.attach_interrupt(handle.handle)
        if handle.dispatch.asks and thread.daemon:
            with Task(handle) as task:  # can be ended when the interpreter leaves: it must not leave in a callback
                result = task.wait()
        else:
            result = _run(handle)
    return result.check() if check else result


def _run(handle: Handle) -> Result:
    lib, out = handle.lib, c_void_p()
    handle.dispatch.begin()
    try:
        code = lib.run(handle.handle, byref(out))
        result = read_result(lib, out, handle.captured) if out else None
        handle.dispatch.settle(result)
        if result is None:
            raise lib.exception(code)
        return result
    finally:
        handle.dispatch.finish()
        lib.result_free(out)
