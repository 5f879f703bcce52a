"""gosandbox run: one program under limits, and what became of it."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
from pathlib import Path
from subprocess import STDOUT
from typing import Any, Callable, List, Optional, Tuple

from .._abi import STACK_AS_MEMORY
from ..config import Config
from ..errors import ConfigError
from ..limits import Limits
from ..parcels import Collect, Put
from ..policy import Policy
from ..record import Record
from ..result import Result
from ..task import start
from . import plot, run_report
from .. import units
from .terminal import printable

_EPILOG = """TIME is in seconds: 2, 0.5, or 500ms, 250us. SIZE is in bytes: 65536, or 64k, 256m, 1g.

Exit status: 0 the program exited with code 0, 1 it ended in another way, 2 usage, 3 it could not be started or the
library failed. SIGINT, SIGTERM and SIGHUP kill the program; the report is still written."""


def main(argv: List[str]) -> int:
    parser = _parser()
    options, command = _parse(parser, argv)
    if options.memory_grace is not None and options.memory is None:
        parser.error("--memory-grace needs --memory")
    if options.fork_fails and options.processes is None:
        parser.error("--fork-fails needs --processes")
    if (options.out_dir is not None) != bool(options.collect):
        parser.error("--out and --out-dir need each other")
    if options.workspace and options.cwd is not None:
        parser.error("--workspace and --cwd exclude each other")
    if options.timeline and not options.json:
        parser.error("--timeline needs --json")
    if options.interval is not None and not (options.timeline or options.plot):
        parser.error("--interval needs --plot or --timeline")
    try:
        config = _config(options, command)
        report = open(options.report, "w", encoding="utf-8") if options.report else sys.stderr
    except ConfigError as e:
        parser.error(printable(str(e)))
    except OSError as e:
        print(f"run: --report {printable(options.report)}: {e.strerror}", file=sys.stderr)
        return 3
    try:
        result = _run(config)
    except ConfigError as e:
        parser.error(printable(str(e)))
    drawn = not options.plot or _plot(options.plot, result, config, command)
    try:
        (run_report.write_json if options.json else run_report.write_text)(report, result, command)
        report.flush()
        if report is not sys.stderr:
            report.close()
    except OSError as e:
        print(f"run: cannot write the report: {e.strerror}", file=sys.stderr)
        return 3
    return run_report.exit_status(result) if drawn else 3


def _plot(path: str, result: Result, config: Config, command: List[str]) -> bool:
    """Writes the picture; False when that fails. A program that was not started has none."""
    if not result.timeline:
        return True
    try:
        with open(path, "w", encoding="utf-8") as to:
            to.write(plot.draw(result, config.limits, command))
    except OSError as e:
        print(f"run: --plot {printable(path)}: {e.strerror}", file=sys.stderr)
        return False
    return True


def _run(config: Config) -> Result:
    """Runs to the end, or kills when a signal arrives."""
    with start(config) as task:
        def kill(*_: object) -> None:
            task.kill()
        before = {number: signal.signal(number, kill) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            return task.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gosandbox run", allow_abbrev=False, epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="gosandbox run [options] [--] PROGRAM [ARGUMENT...]",
        description="Runs PROGRAM under the given limits and reports. A limit that is not given is not enforced.")
    add = parser.add_argument_group("limits").add_argument
    time, size = _checked(units.duration), _checked(units.size)
    add("--cpu", type=time, metavar="TIME", help="CPU time, user and system, of all processes together")
    add("--wall", type=time, metavar="TIME", help="time on the clock")
    add("--memory", type=size, metavar="SIZE", help="memory in use, per process")
    add("--memory-grace", type=_checked(_size_or_0), metavar="SIZE", help="beyond --memory and this malloc fails (1g or more unless given)")
    add("--address-space", type=size, metavar="SIZE", help="address space per process, reserved or used")
    add("--stack", type=_checked(_stack), metavar="SIZE", help="stack of the main thread; memory: as much as --memory")
    add("--output", type=size, metavar="SIZE", help="size of any one file written; a pipe has no size")
    add("--processes", type=_number(1, 1000000), metavar="N", help="processes alive at once, the first one included")
    add("--open-files", type=_number(1, 1 << 30), metavar="N", help="descriptors per process")
    add("--fork-fails", action="store_true", help="at the process limit fork fails with EAGAIN, instead of killing")
    add = parser.add_argument_group("what the program gets").add_argument
    add("--stdin", metavar="FILE", help="instead of this command's own stdin")
    add("--stdout", metavar="FILE", help="instead of this command's own stdout; made or emptied")
    add("--stderr", metavar="FILE", help="instead of this command's own stderr; made or emptied")
    add("--stderr-to-stdout", action="store_true", help="one stream for both")
    add("--cwd", metavar="DIR", help="working directory")
    add("--env", action="append", default=[], type=_checked(_variable), metavar="NAME=VALUE",
        help="one environment variable; repeat for more (there are none by default)")
    add("--workspace", action="store_true", help="a new, empty working directory, removed after the run; PROGRAM is looked up from there")
    add("--in", dest="files", action="append", default=[], type=_checked(_file), metavar="NAME=FILE",
        help="a copy of FILE, as NAME in the working directory; repeat for more")
    add("--out", dest="collect", action="append", default=[], metavar="GLOB",
        help="files to take from the working directory when all processes are dead; repeat for more; needs --out-dir")
    add("--out-dir", metavar="DIR", help="where they go; nothing there is replaced")
    add("--out-max", type=size, metavar="SIZE", help="of one file (64m unless given)")
    add("--user", type=_checked(_user), metavar="UID:GID", help="user and group, as numbers (needs root)")
    add("--nice", type=int, metavar="N", help="nice value, -20 to 19")
    add("--affinity", type=_checked(_cpus), metavar="LIST", help="CPUs to run on, for example 0,2-3")
    calls = parser.add_argument_group("system calls")
    add = calls.add_argument
    add("--deny", dest="rules", action="append", default=[], type=_checked(_deny), metavar="NAME[:ERRNO]",
        help="this call fails with ERRNO, a name or a number (EPERM unless given)")
    add("--kill", dest="rules", action="append", default=[], type=lambda name: (name, 0), metavar="NAME",
        help="this call kills the program; where rules fit the same call, the last one decides")
    which = calls.add_mutually_exclusive_group().add_argument
    which("--profile", metavar="NAME", help="what a language needs: native, python, jvm ...; --deny and --kill are added to it")
    which("--policy", metavar="FILE", help="a policy as JSON; --deny, --kill and the paths below are added to it")
    add = parser.add_argument_group("files", "With the first of these, nothing else can be reached by name.").add_argument
    for option, access, what in (("--read", "read", "opened for reading"), ("--write", "write", "written, made and removed"),
                                 ("--exec", "exec", "executed")):
        add(option, dest="paths", action="append", default=[], type=_access(access), metavar="PATH",
            help=f"may be {what}, with all beneath it; repeat for more")
    add = parser.add_argument_group("report").add_argument
    add("--json", action="store_true", help="as a JSON object")
    add("--report", metavar="FILE", help="to a file instead of stderr")
    add("--plot", metavar="FILE", help="memory, CPU time and processes over the time of the run, as an SVG picture")
    add("--interval", type=time, metavar="TIME", help="between two looks for --plot and the timeline of --json (1ms unless given)")
    add("--timeline", action="store_true", help="put these figures over time into --json")
    add("--table", action="store_true", help="a row for each process, and bytes read and written, in the report")
    return parser


def _parse(parser: argparse.ArgumentParser, argv: List[str]) -> Tuple[argparse.Namespace, List[str]]:
    """The options and, behind them, PROGRAM and its arguments."""
    parser.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("no program is given")
    return options, command


def _config(options: argparse.Namespace, command: List[str]) -> Config:
    limits = Limits(options.cpu, options.wall, options.memory, options.stack, options.output, options.processes,
                    options.open_files, errno.EAGAIN if options.fork_fails else None, options.memory_grace, options.address_space)
    policy = Policy.profile(options.profile) if options.profile else _policy(options.policy)
    for name, number in options.rules:
        policy = policy.deny(name, number) if number else policy.kill(name)
    for access, path in options.paths:
        policy = {"read": policy.read, "write": policy.write, "exec": policy.execute}[access](path)
    record = Record(samples=1000 if options.plot or options.timeline else 0, interval=options.interval,
                    processes=1000 if options.table else 0, bytes=options.table)
    stderr: Any = STDOUT if options.stderr_to_stdout else 2 if options.stderr is None else options.stderr
    return Config(
        command, stdin=0 if options.stdin is None else options.stdin,
        stdout=1 if options.stdout is None else options.stdout, stderr=stderr, env=dict(options.env), cwd=options.cwd,
        limits=limits, policy=policy, nice=options.nice, affinity=options.affinity, user=options.user,
        record=record, files=dict(options.files), workspace=options.workspace,
        collect=[Collect(glob, into=options.out_dir, max_bytes=options.out_max or 64 << 20) for glob in options.collect])


def _policy(path: Optional[str]) -> Policy:
    if path is None:
        return Policy.profile()
    try:
        return Policy.load(Path(path))
    except OSError as e:
        raise ConfigError(f"--policy {path}: {e.strerror}") from None
    except ConfigError as e:
        raise ConfigError(f"--policy {path}: {e}") from None


def _access(access: str) -> Callable[[str], Tuple[str, str]]:
    return lambda path: (access, path)


def _checked(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """For argparse, which shows the words of its own exception only."""
    def checked(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as e:
            raise argparse.ArgumentTypeError(f"{printable(text)}: {e}") from None
    return checked


def _size_or_0(text: str) -> int:
    return 0 if text == "0" else units.size(text)


def _stack(text: str) -> int:
    return STACK_AS_MEMORY if text == "memory" else units.size(text)


def _number(low: int, high: int) -> Callable[[str], Any]:
    return _checked(lambda text: units.count(text, low, high))


def _variable(text: str) -> Tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError("write it as NAME=VALUE")
    return name, value


def _file(text: str) -> Tuple[str, Put]:
    name, equals, path = text.partition("=")
    if not name or not equals or not path:
        raise ValueError("write it as NAME=FILE")
    try:
        return name, Put(path, os.stat(path).st_mode & 0o755 | 0o644)
    except OSError as e:
        raise ValueError(e.strerror) from None


def _user(text: str) -> Tuple[int, int]:
    uid, colon, gid = text.partition(":")
    if not colon:
        raise ValueError("write it as UID:GID")
    return units.count(uid, 0, (1 << 32) - 2), units.count(gid, 0, (1 << 32) - 2)


def _cpus(text: str) -> List[int]:
    cpus: List[int] = []
    for item in text.split(","):
        if not re.fullmatch(r"[0-9]+(-[0-9]+)?", item):
            raise ValueError("not a list of CPUs such as 0,2-3")
        first, _, last = item.partition("-")
        low = units.count(first, 0, 4095)
        cpus += range(low, units.count(last or first, low, 4095) + 1)
    return cpus


def _deny(text: str) -> Tuple[str, int]:
    name, colon, what = text.partition(":")
    number = getattr(errno, what, None) if re.fullmatch(r"E[A-Z0-9]+", what) else None
    try:
        return name, errno.EPERM if not colon else number or units.count(what, 1, 4095)
    except ValueError:
        raise ValueError("the errno must be a name such as EACCES, or 1 to 4095") from None
