"""Run a program nobody trusts, under limits, and say exactly what happened::

    import gosandbox as gs
    r = gs.run(["./a.out"], stdin=Path("1.in"), stdout=gs.Capture(1 << 20),
               limits=gs.Limits(cpu=2.0, wall=6.0, memory=256 << 20, output=64 << 20, processes=1))
    r.status is gs.Status.EXITED; r.exit_code; r.cpu_time; r.memory_peak; r.stdout

The shared library is loaded at first use, so importing this package costs and needs nothing.
"""

from ._abi import (
    ALLOW, DEFER, ERRNO, INSPECT, KILL, NOTIFY, MOUNT_BIND, MOUNT_DEV, MOUNT_DEVICES, MOUNT_DIR, MOUNT_EXEC, MOUNT_FILE, MOUNT_MASK, MOUNT_OPTIONAL, MOUNT_PROC,
    MOUNT_READ_WRITE, MOUNT_SYMLINK, MOUNT_TMPFS, STACK_AS_MEMORY, VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH,
    Arch, Cause, Counter, Detail, Ending, Feature, Figure, FileStatus, HangUp, Isolate, Op, Phase, Source, Status, Step, Waiting,
)
from .answer import OPENED, RETURN, Answer
from .asynchronous import as_completed, gather, run_async
from .batch import Batch, run_batch
from .cgroup import Cgroup
from .config import Config
from .errors import (
    BatchCancelledError, CallbackError, ConfigError, Error, EventError, EventGoneError, ForkedProcessError, InternalError,
    LibraryNotFoundError, SetupError, TaskTimeoutError, UnsupportedError, VerdictError,
)
from .event import Event
from .features import Support, features, profiles, version
from .files import DEFAULT_CAPTURE, Capture, File
from .group import Group, GroupTask, Pipe, connect, interact, interact_async, run_group, run_group_async, start_group
from .group_result import GroupResult, Interaction, Member, Piece, PipeResult
from .isolation import Isolation, Mount
from .learn import learn
from .limits import Limits
from .parcels import Collect, Collected, Put
from .policy import Arg, Cmp, PathRule, Policy, Rule
from .progress import Completed, Progress
from .record import Process, Record, Sample
from .result import Result, Syscall
from .run import run
from .task import Task, start
from .template import Template
from .trace import Count, Trace
from .walls import Walls

__version__ = f"{VERSION_MAJOR}.{VERSION_MINOR}.{VERSION_PATCH}"

__all__ = [
    "ALLOW", "Answer", "Arch", "Arg", "Batch", "BatchCancelledError", "CallbackError", "Capture", "Cause", "Cgroup",
    "Cmp", "Collect", "Collected", "Completed", "Config", "ConfigError", "Count", "Counter", "DEFAULT_CAPTURE", "DEFER", "Detail", "ERRNO", "Ending",
    "Error", "Event", "EventError", "EventGoneError", "Feature", "Figure", "File", "FileStatus", "ForkedProcessError", "Group",
    "GroupResult", "GroupTask", "HangUp", "INSPECT", "Interaction", "InternalError", "Isolate", "Isolation", "KILL",
    "LibraryNotFoundError", "Limits", "MOUNT_BIND", "MOUNT_DEV", "MOUNT_DEVICES", "MOUNT_DIR", "MOUNT_EXEC",
    "MOUNT_FILE", "MOUNT_MASK", "MOUNT_OPTIONAL", "MOUNT_PROC", "MOUNT_READ_WRITE", "MOUNT_SYMLINK", "MOUNT_TMPFS",
    "Member", "Mount", "NOTIFY", "OPENED", "Op", "PathRule", "Phase", "Piece", "Pipe", "PipeResult", "Policy",
    "Process", "Progress", "Put", "RETURN", "Record", "Result", "Rule", "STACK_AS_MEMORY", "Sample", "SetupError", "Source", "Status", "Step", "Support", "Syscall", "Task",
    "TaskTimeoutError", "Template", "Trace", "UnsupportedError", "VerdictError", "Waiting", "Walls", "__version__",
    "as_completed", "connect", "features", "gather", "interact", "interact_async", "learn", "profiles", "run",
    "run_async", "run_batch", "run_group", "run_group_async", "start", "start_group", "version",
]
