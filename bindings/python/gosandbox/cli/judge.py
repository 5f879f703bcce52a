"""gosandbox judge: compiles and judges a problem folder."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Iterator, List, Optional

from .. import units
from ..cores import Slot, slots
from ..judge import (
    Interactor, Problem, ProblemError, Report, Session, Verdict, judge_submission, prepare_interactor, read_problem,
)
from ..judge.workdir import clear
from ..progress import Bar
from . import html_report, table
from .terminal import printable

_EPILOG = """The first line of a submission may name the verdict it should get, as in '// expect: WA'.
AC accepted, WA wrong answer, PE right but for white space, TLE CPU time, WTL wall time, MLE memory, OLE output,
PLE processes, RTE signal or exit code, SV forbidden system call, CE compile error, SE system error.

Exit status: 0 every verdict as expected (skipped ones do not count), 1 some not, 2 usage or a wrong problem folder,
3 the library failed or nothing was judged, 128+N stopped by signal N."""


def main(argv: List[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="gosandbox judge", allow_abbrev=False, epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Compiles every file in PROBLEM_DIR/submissions and runs it on every NAME.in in PROBLEM_DIR/tests,\n"
                    "under the limits in PROBLEM_DIR/problem.conf. The answer must be that in NAME.out.")
    parser.add_argument("--jobs", type=_jobs, default=1, metavar="N",
                        help="submissions judged at the same time (1), each on cores of its own while there are enough")
    parser.add_argument("--filter", metavar="NAME", help="only submissions with NAME in their file name")
    parser.add_argument("--all-tests", action="store_true", help="go on after a failed test")
    parser.add_argument("--json", action="store_true", help="a JSON object instead of a table")
    parser.add_argument("--report", metavar="FILE", help="an HTML page as well")
    parser.add_argument("problem", metavar="PROBLEM_DIR")
    options = parser.parse_args(argv)
    try:
        problem = read_problem(options.problem, options.filter)
    except ProblemError as e:
        return _complain(2, str(e))
    try:
        return _Judging(problem, options).run()
    except ProblemError as e:
        return _complain(2, str(e))
    except OSError as e:
        return _complain(3, f"{e.filename}: {e.strerror}" if e.filename else str(e))


class _Judging:
    """The work on one problem."""

    def __init__(self, problem: Problem, options: argparse.Namespace) -> None:
        self._problem, self._options = problem, options
        self._session = Session()
        self._interactor: Optional[Interactor] = None
        self._signal = 0
        self._places: SimpleQueue[Slot] = SimpleQueue()
        for place in slots(options.jobs, None):
            self._places.put(place)

    def run(self) -> int:
        problem, options = self._problem, self._options
        reports: List[Report] = []
        bar = Bar(len(problem.submissions)) if options.json or not sys.stdout.isatty() else None
        before = {n: signal.signal(n, self._stop) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        mask = os.umask(0o022)
        scratch = tempfile.mkdtemp(prefix="gosandbox-judge-")
        try:
            if self._session.as_nobody:  # they must get through to their folder, but may not list what is there
                os.chmod(scratch, 0o711)
            if problem.interactor is not None:
                self._interactor = prepare_interactor(self._session, problem, Path(scratch, "interactor"))
            printer = table.printer(options.json)(sys.stdout, problem)
            for report in self._reports(Path(scratch)):
                reports.append(report)
                printer.row(report)
                if bar is not None:
                    bar.show(len(reports))
            if bar is not None:
                bar.close()
            printer.end()
        finally:
            self._session.stop()
            clear(scratch)
            os.rmdir(scratch)
            os.umask(mask)
            for number, handler in before.items():
                signal.signal(number, handler)
        if options.report:
            Path(options.report).write_text(html_report.page(problem, reports), "utf-8")
        return self._exit_status(reports)

    def _reports(self, scratch: Path) -> Iterator[Report]:
        """In the order of the names, each as soon as it is there."""
        with ThreadPoolExecutor(self._options.jobs, initializer=self._pin) as pool:
            try:
                yield from pool.map(lambda item: self._one(scratch / str(item[0]), item[1]),
                                    enumerate(self._problem.submissions))
            except BaseException:
                self._session.stop()
                raise

    def _pin(self) -> None:
        place = self._places.get()
        if place is not None:
            os.sched_setaffinity(0, place)  # of this thread alone; what it starts inherits it

    def _one(self, scratch: Path, path: Path) -> Report:
        if self._session.stopped:
            return Report(path.name, Verdict.SKIPPED, "stopped")
        scratch.mkdir(0o755)
        report = judge_submission(self._session, self._problem, path, scratch, self._options.all_tests, self._interactor)
        clear(scratch)
        scratch.rmdir()
        return report

    def _stop(self, number: int, _: object) -> None:
        self._signal = number
        self._session.stop()

    def _exit_status(self, reports: List[Report]) -> int:
        if self._signal:
            return 128 + self._signal
        found = Counter(r.as_expected for r in reports)
        if all(r.verdict is Verdict.SKIPPED for r in reports):
            return _complain(3, "nothing was judged")
        return 1 if found[False] else 0


def _jobs(text: str) -> int:
    try:
        return units.count(text, 1, 64)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a number from 1 to 64") from None


def _complain(status: int, what: Optional[str]) -> int:
    print(f"judge: {printable(what or '')}", file=sys.stderr)
    return status
