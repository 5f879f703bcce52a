"""What the end of a program means."""

from __future__ import annotations

import re
from typing import Tuple

from .._abi import Status
from ..result import Result
from .compare import compare
from .problem import Problem, Test
from .verdict import Verdict

_TELLING = re.compile(rb"rror|xception|XCEPTION|panic")
OF_STATUS = {
    Status.CPU_LIMIT: Verdict.TLE, Status.WALL_LIMIT: Verdict.WTL, Status.MEMORY_LIMIT: Verdict.MLE,
    Status.OUTPUT_LIMIT: Verdict.OLE, Status.PROCESS_LIMIT: Verdict.PLE, Status.VIOLATION: Verdict.SV,
    Status.CANCELLED: Verdict.SKIPPED,
}


def decide(problem: Problem, test: Test, result: Result) -> Tuple[Verdict, str]:
    """The verdict about one test, and why."""
    crash = crashed(result)
    if crash:
        return Verdict.RTE, crash
    if result.status == Status.EXITED:
        return compare(result.stdout or b"", test.answer.read_bytes(), problem.exact)
    verdict = OF_STATUS.get(result.status, Verdict.SE)
    return verdict, "stopped" if verdict is Verdict.SKIPPED else result.message


def crashed(result: Result) -> str:
    """How the program failed by itself, with its last words; "" when it did not."""
    if result.status == Status.SIGNALED and result.signal is not None:
        return f"signal {int(result.signal)} ({getattr(result.signal, 'name', 'SIG?')}){_last_words(result)}"
    if result.status == Status.EXITED and result.exit_code != 0:
        return f"exit code {result.exit_code}{_last_words(result)}"
    return ""


def _last_words(result: Result) -> str:
    """What the program said on stderr: the last line that tells an error ("ValueError: ..." of Python, 'Exception in thread "main"' of
    Java), or else the last one ("Assertion ... failed" of C)."""
    lines = [line for line in re.split(rb"[\r\n]+", result.stderr or b"") if line]
    telling = [line for line in lines if _TELLING.search(line)] or lines
    return ": " + telling[-1][:100].decode("utf-8", "replace") if telling else ""
