"""A farm of two workers that judges every submission of some problems, one of the workers killed in the middle of its work.

Usage: demo.py [--copies N] PROBLEM_DIR ...      (with Debian's python3, which has celery and redis)

Starts a Redis server on a socket of its own in a temporary folder, and two workers; sends all submissions; kills a worker and all that
belongs to it with SIGKILL while it judges; waits for all reports. Exit status 0: no submission was lost, every verdict is the expected
one, and nothing of the killed worker's lived on."""

import argparse
import collections
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent / "bindings" / "python"
sys.path.append(str(PACKAGE))

from gosandbox.judge.workdir import clear  # noqa: E402


PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Between fork and exec: however this program ends, what it has started gets SIGTERM."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Farm:
    """The processes, all ended by their numbers."""

    def __init__(self, directory: Path, patience: int) -> None:
        self.directory = directory
        self.workers: "list[subprocess.Popen[bytes]]" = []
        socket = directory / "redis.sock"
        self.environment = {**os.environ, "FARM_BROKER": f"redis+socket://{socket}", "FARM_PATIENCE": str(patience)}
        self.environment["TMPDIR"] = str(directory)  # what a killed worker leaves is removed with it
        self.environment["PYTHONPATH"] = f"{HERE}:{PACKAGE}"
        self.redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", str(directory)],
            stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent)
        try:
            while not socket.exists():
                if self.redis.poll() is not None:
                    raise SystemExit("farm: the Redis server does not start")
                time.sleep(0.05)
            for n in (1, 2):
                self.workers.append(self.worker(n))
        except BaseException:
            self.close()
            raise

    def worker(self, n: int) -> "subprocess.Popen[bytes]":
        log = open(self.directory / f"worker{n}.log", "wb")
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--concurrency", "1", "--hostname", f"judge{n}@farm",
             "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            env=self.environment, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent)

    def close(self) -> None:
        """A worker judges what it has begun, or is killed after a while: all its runs die with it."""
        for worker in self.workers:
            worker.terminate()
        deadline = time.monotonic() + 20
        for worker in self.workers:
            try:
                worker.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                for process in descendants(worker.pid):
                    os.kill(process, signal.SIGKILL)
                worker.wait()
        self.redis.terminate()
        self.redis.wait()


def descendants(pid: int) -> "list[int]":
    """Of a process, itself first."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [d for child in task.read_text().split() for d in descendants(int(child))]
        except OSError:
            pass
    return found


def started(pid: int) -> "tuple[int, str]":
    """A process and when it began, which tells it from a later one with its number."""
    stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    return pid, stat[stat.rindex(")") + 1:].split()[19]


def alive(process: "tuple[int, str]") -> bool:
    try:
        stat = Path(f"/proc/{process[0]}/stat").read_text(errors="replace")
        return started(process[0]) == process and stat[stat.rindex(")") + 2] not in "ZX"
    except OSError:
        return False


def kill_in_the_middle(worker: "subprocess.Popen[bytes]") -> "list[tuple[int, str]]":
    """Kills a worker and its pool process while programs run under it. Gives the processes of the programs."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        family = descendants(worker.pid)
        own = [p for p in family if b"celery" in Path(f"/proc/{p}/cmdline").read_bytes()] if len(family) > 2 else []
        programs = []
        try:
            programs = [started(p) for p in family if p not in own]
        except OSError:
            pass
        if own and programs:
            for pid in own:
                os.kill(pid, signal.SIGSTOP)  # none makes another one meanwhile
            programs = [p for p in programs if alive(p)]
            if programs:
                for pid in own:
                    os.kill(pid, signal.SIGKILL)
                worker.wait()
                return programs
            for pid in own:
                os.kill(pid, signal.SIGCONT)
        time.sleep(0.005)
    raise SystemExit("farm: the worker never had a program running")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=1, metavar="N", help="each submission is sent so often")
    parser.add_argument("--patience", type=int, default=30, metavar="S", help="seconds until the tasks of the dead are given to others")
    parser.add_argument("problems", nargs="+", metavar="PROBLEM_DIR")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # ends the farm as well
    directory, farm, sent = Path(tempfile.mkdtemp(prefix="farm-demo-")), None, []
    try:
        directory.chmod(0o711)  # submissions, another user's, must get through to their folder
        farm = Farm(directory, options.patience)
        os.environ.update(farm.environment)
        import tasks
        files = [(str(Path(p).resolve()), s.name) for p in options.problems for s in sorted(Path(p, "submissions").iterdir())]
        begin = time.monotonic()
        sent += [tasks.judge.delay(*file) for _ in range(options.copies) for file in files]
        while sum(r.ready() for r in sent) < len(sent) // 10:
            time.sleep(0.2)
        done = sum(r.ready() for r in sent)
        programs = kill_in_the_middle(farm.workers[0])
        print(f"killed worker 1 after {done} of {len(sent)} submissions, while it ran {len(programs)} processes", flush=True)
        end = time.monotonic() + 10
        while any(alive(p) for p in programs) and time.monotonic() < end:
            time.sleep(0.01)
        left = [p for p in programs if alive(p)]
        reports = [r.get(timeout=900, interval=0.2) for r in sent]
        spent = time.monotonic() - begin
    finally:
        for result in sent:
            result.backend = None  # nobody waits any more: else the last one asks a server that is gone
        if farm:
            farm.close()
        clear(directory)
        directory.rmdir()
    verdicts = collections.Counter(r["verdict"] for r in reports)
    judged = collections.Counter(r["worker"] for r in reports)
    wrong = [r for r in reports if r["verdict"] not in (r["expected"], "SKIPPED")]
    for report in wrong:
        print(f"{report['submission']}: {report['verdict']}, expected {report['expected']}: {report['detail']}")
    print(f"{len(reports)} of {len(sent)} submissions have a report, {len(reports) / spent:.1f} a second; by worker "
          f"{' and '.join(map(str, sorted(judged.values())))}; {', '.join(f'{n} {v}' for v, n in verdicts.most_common())}")
    print(f"{len(wrong)} not as expected, {len(left)} processes of the killed worker's programs left")
    return 1 if wrong or left or len(reports) != len(sent) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
