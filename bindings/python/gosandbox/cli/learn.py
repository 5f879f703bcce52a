"""gosandbox learn: makes a policy of what a program does."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import List, Tuple

from .._abi import ERRNO, KILL, Status
from ..config import Config
from ..errors import ConfigError, Error
from ..files import Capture
from ..learn import learn
from ..limits import Limits
from ..result import Result
from ..run import run
from .. import units
from .run import _checked, _parse
from .terminal import printable

_KEPT = Capture(64 << 20)


def main(argv: List[str]) -> int:
    """Returns 0 when the policy holds, 1 when a run under it is different."""
    parser = argparse.ArgumentParser(
        prog="gosandbox learn", allow_abbrev=False, usage="gosandbox learn [options] [--] PROGRAM [ARGUMENT...]",
        description="Watches PROGRAM on every input, twice, writes the smallest policy that allows what it did, and runs "
                    "it under the policy. Watch only programs that are known to be good, and read the policy. Exit "
                    "status: 0 it holds, 1 a run under it is different, 2 usage, 3 the library failed.")
    parser.add_argument("--output", "-o", metavar="FILE", help="where the policy goes, instead of stdout")
    parser.add_argument("--input", "-i", action="append", default=[], metavar="FILE",
                        help="an input; repeat for more; stdin unless given")
    parser.add_argument("--kill", "-k", action="store_true",
                        help="kill for what was not seen, instead of EPERM and EACCES")
    parser.add_argument("--wall", type=_checked(units.duration), default=10.0, metavar="TIME",
                        help="time on the clock of each run (10)")
    options, command = _parse(parser, argv)
    try:
        inputs = [Path(name).read_bytes() for name in options.input] or [sys.stdin.buffer.read()]
        configs = [Config(command, stdin=data, stdout=_KEPT, stderr=_KEPT, env=dict(os.environ),
                          limits=Limits(wall=options.wall)) for data in inputs]
        policy = learn(configs, default=KILL if options.kill else ERRNO(errno.EPERM), seen=_started)
        text = policy.to_json()
        if options.output:
            Path(options.output).write_text(text, "utf-8")
        else:
            sys.stdout.write(text)
    except ConfigError as e:
        parser.error(printable(str(e)))
    except Error:
        raise
    except OSError as e:
        print(f"gosandbox learn: {printable(str(e.filename or 'stdin'))}: {e.strerror}", file=sys.stderr)
        return 3
    different = 0
    for number, config in enumerate(configs, 1):
        before, after = run(config), run(replace(config, policy=policy))
        if _seen(before) != _seen(after):
            print(f"gosandbox learn: input {number}: {printable(before.message)} without the policy; with it: "
                  f"{printable(after.message)}", file=sys.stderr)
            different = 1
    return different


def _started(r: Result) -> None:
    if r.status in (Status.SETUP_FAILED, Status.INTERNAL):
        r.check()


def _seen(r: Result) -> Tuple[object, ...]:
    return r.status, r.exit_code, r.signal, r.stdout, r.stderr
