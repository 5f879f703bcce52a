"""gosandbox trace: one program, and the system calls that it makes."""

from __future__ import annotations

import argparse
import os
import sys
from typing import List

from ..config import Config
from ..errors import ConfigError
from ..limits import Limits
from ..task import start
from ..trace import Trace
from .. import units
from .run import _checked, _parse
from .run_report import exit_status
from .terminal import printable


def main(argv: List[str]) -> int:
    """Returns what `gosandbox run` would."""
    parser = argparse.ArgumentParser(
        prog="gosandbox trace", allow_abbrev=False, usage="gosandbox trace [options] [--] PROGRAM [ARGUMENT...]",
        description="Runs PROGRAM with this command's environment and shows its system calls on stderr. Exit status: "
                    "0 the program exited with code 0, 1 it ended in another way, 2 usage, 3 it could not be started or "
                    "the library failed.")
    parser.add_argument("--count", action="store_true", help="how often each call was made, instead of the calls")
    parser.add_argument("--json", action="store_true", help="each line as a JSON object")
    parser.add_argument("--output", metavar="FILE", help="to a file instead of stderr")
    parser.add_argument("--max", type=_checked(_kept), default=64 << 20, metavar="SIZE",
                        help="of the lines that are kept (64m)")
    parser.add_argument("--wall", type=_checked(units.duration), metavar="TIME",
                        help="time on the clock that the program may take")
    options, command = _parse(parser, argv)
    if options.count and options.json:
        parser.error("--count and --json do not go together")
    try:
        config = Config(command, stdin=0, stdout=1, stderr=2, env=dict(os.environ), limits=Limits(wall=options.wall),
                        trace=Trace(counts=options.count, lines=not options.count, json=options.json, max=options.max))
        with start(config) as task:
            result = task.wait()
    except ConfigError as e:
        parser.error(printable(str(e)))
    text = result.trace
    if options.count:
        rows = [f"{'calls':>10} {'errors':>10}  call\n"]
        rows += [f"{c.calls:10} {c.errors:10}  {name}\n" for name, c in result.syscalls.items()]
        text = "".join(rows).encode()
    try:
        if options.output:
            with open(options.output, "wb") as file:
                file.write(text)
        else:
            sys.stderr.buffer.write(text)
            sys.stderr.flush()
    except OSError as e:
        print(f"gosandbox trace: {printable(options.output or 'stderr')}: {e.strerror}", file=sys.stderr)
        return 3
    if result.trace_dropped:
        print(f"gosandbox trace: {result.trace_dropped} lines did not fit into --max", file=sys.stderr)
    print(f"gosandbox trace: {printable(result.message)}", file=sys.stderr)
    return exit_status(result)



def _kept(text: str) -> int:
    n = units.size(text)
    if not 0 < n <= 1 << 30:
        raise ValueError("must be 1 to 1g")
    return n
