"""The command line: python -m gosandbox run|trace|learn|features|judge."""

from __future__ import annotations

import sys
from typing import Callable, Dict, List, Optional

from .. import __version__
from ..errors import Error
from . import features, judge, learn, run, trace
from .terminal import printable

_COMMANDS: Dict[str, Callable[[List[str]], int]] = {
    "run": run.main, "trace": trace.main, "learn": learn.main, "features": features.main, "judge": judge.main}

_HELP = """usage: gosandbox COMMAND [options]

  run        runs one program under limits and tells what became of it
  trace      runs one program and shows its system calls
  learn      makes the smallest policy that allows what a program does
  features   what this machine gives, and why not
  judge      judges a problem folder: a table of verdicts, an HTML report

gosandbox COMMAND --help tells more. Results go to stdout, or as --json; colours on a terminal only, none when the
environment variable NO_COLOR is set.
"""


def main(argv: Optional[List[str]] = None) -> int:
    """Runs a command and returns its exit status; SystemExit for a wrong command line."""
    arguments = sys.argv[1:] if argv is None else argv
    name = arguments[0] if arguments else ""
    if name in ("-h", "--help"):
        sys.stdout.write(_HELP)
        return 0
    if name == "--version":
        print(f"gosandbox {__version__}")
        return 0
    command = _COMMANDS.get(name)
    if command is None:
        what = f"there is no command {printable(name)}" if name else "a command is missing"
        sys.stderr.write(f"gosandbox: {what}\n{_HELP}")
        return 2
    try:
        return command(arguments[1:])
    except Error as e:
        print(f"gosandbox {name}: {printable(str(e))}", file=sys.stderr)
        return 3
    except BrokenPipeError:  # the reader has gone; so that the interpreter does not stumble over it at its end
        sys.stdout = None  # type: ignore[assignment]
        return 3
