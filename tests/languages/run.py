"""Runs the programs of contest languages under their profiles, and plainly, and compares.

Usage: run.py [NAME...]: rows of table.py, by their own name, their profile's or their compiler's profile ("compiler"). None: all.
What a row needs and is not there is installed by root, and fails the row otherwise."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

import gosandbox as gs
from table import HOSTILE, ROWS, TOPICS, Row

HERE = Path(__file__).resolve().parent
ENV = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "GO111MODULE": "off"}
for _name in ("GOCACHE", "GOROOT", "CARGO_HOME", "RUSTUP_HOME", "JAVA_HOME"):
    if _name in os.environ:
        ENV[_name] = os.environ[_name]


def numbers(n: int) -> List[int]:
    """What every program's own generator gives."""
    seed, found = 42, []
    for _ in range(n):
        seed = seed * 48271 % 2147483647
        found.append(seed)
    return found


def expectations() -> Tuple[bytes, Dict[str, str]]:
    """The input, and what comes out of each topic, words separated by single spaces."""
    v = [x % 1000000 for x in numbers(200000)]
    ordered = sorted(numbers(100000))
    keys = [x % 1000 for x in numbers(100000)]
    counts: Dict[int, int] = {}
    for k in keys:
        counts[k] = counts.get(k, 0) + 1
    return ("%d\n%s\n" % (len(v), "\n".join(map(str, v)))).encode(), {
        "input": f"{len(v)} {sum(v)} {max(v)}", "recursion": "100000", "threads": "300030000", "exceptions": "1000", "regex": "400 1000",
        "bignum": str(sum(map(int, str(2 ** 1000)))), "timing": "ok", "random": "ok",
        "sort": f"{ordered[0]} {ordered[50000]} {ordered[99999]}", "hash": f"{len(counts)} {max(counts.values())}",
        "output": " ".join(map(str, range(1, 20001))),
    }


class Failed(Exception):
    pass


class Totals:
    def __init__(self) -> None:
        self.passed, self.failed, self.ratios, self.peak = 0, 0, [], 0  # type: ignore[var-annotated]

    def case(self, title: str, check: Callable[[], Optional[float]]) -> None:
        try:
            ratio = check()
        except (Failed, gs.Error, OSError, subprocess.SubprocessError, UnicodeDecodeError) as e:
            self.failed += 1
            print(f"  {title:<11} FAILED: {e}", flush=True)
            return
        self.passed += 1
        if ratio is not None:
            self.ratios.append(ratio)


def tools(row: Row) -> None:
    if shutil.which(row.tool, path=ENV["PATH"]):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Failed(f"{row.tool} is missing (Debian packages: {' '.join(row.packages)})")
    print(f"  installing {' '.join(row.packages)}", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *row.packages]):
        if subprocess.run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False, **quiet).returncode:  # type: ignore[call-overload]
            raise Failed(f"{' '.join(command)} failed")
    if not shutil.which(row.tool, path=ENV["PATH"]):
        raise Failed(f"{row.tool} is not in {' '.join(row.packages)}")


def plainly(argv: List[str], data: bytes, env: Dict[str, str], stack: int, cwd: Optional[str] = None) -> Tuple[bytes, bytes, float]:
    def prepare() -> None:
        resource.setrlimit(resource.RLIMIT_STACK, (stack << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    begin = time.monotonic()
    done = subprocess.run(argv, input=data, env=env, capture_output=True, check=False, timeout=120, cwd=cwd, preexec_fn=prepare if stack else None)
    took = time.monotonic() - begin
    if done.returncode:
        raise Failed(f"without a sandbox: exit {done.returncode}: {done.stderr[-300:]!r}")
    return done.stdout, done.stderr, took


def sandboxed(profile: str, argv: List[str], data: bytes, env: Dict[str, str], limits: gs.Limits, cwd: Optional[str] = None) -> gs.Result:
    return gs.run(argv, stdin=data, stdout=gs.Capture(4 << 20), stderr=gs.Capture(1 << 16), env=env, cwd=cwd, limits=limits,
                  policy=gs.Policy.profile(profile))


def told(r: gs.Result) -> str:
    return f"{r.message}; stderr {r.stderr[-400:]!r}"


def compile_row(row: Row, out: Path, totals: Totals) -> None:
    """Compiles plainly and under the profile; what the latter makes is what is tested."""
    limits = gs.Limits(cpu=90, wall=180, memory=4 << 30, output=256 << 20, processes=64)
    for command in row.compiled:
        times = []
        for sandbox in (False, True):
            argv = [part.format(out=out, src=HERE) for part in command]
            for stale in out.iterdir():
                if command[0] != row.compiled[0][0]:
                    break
                shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
            if not sandbox:
                times.append(plainly(argv, b"", ENV, 0, str(out))[2])
                continue
            r = sandboxed("compiler", argv, b"", ENV, limits, str(out))
            if not r.ok:
                raise Failed(f"{command[0]}: {told(r)}")
            times.append(r.wall_time)
        totals.ratios.append(times[1] / times[0])
        print(f"  {'compile':<11} {times[0]:7.3f} s  {times[1] / times[0]:5.2f}x  {command[0]}", flush=True)
        totals.passed += 1


def contest(row: Row, argv: List[str], topic: str, data: bytes, want: str, totals: Totals) -> float:
    env = {**ENV, **row.env}
    limits = gs.Limits(cpu=20, wall=60, memory=row.memory << 20, output=4 << 20, processes=1, stack=row.stack << 20 if row.stack else None)
    plain, complaints, took = plainly(argv + [topic], data, env, row.stack)
    if " ".join(plain.decode().split()) != want:
        raise Failed(f"without a sandbox: {plain[:100]!r}, want {want[:100]!r}")
    r = sandboxed(row.profile, argv + [topic], data, env, limits)
    if not r.ok:
        raise Failed(told(r))
    if r.stdout != plain or r.stderr != complaints:
        raise Failed(f"{r.stdout[:100]!r} and {r.stderr[:300]!r}, without a sandbox {plain[:100]!r} and {complaints[:300]!r}")
    totals.peak = max(totals.peak, r.memory_peak or 0)
    print(f"  {topic:<11} {took:7.3f} s  {r.wall_time / took:5.2f}x  {(r.memory_peak or 0) >> 20:4} MiB", flush=True)
    return r.wall_time / took


def hostile(row: Row, argv: List[str], topic: str) -> None:
    status, word = HOSTILE[topic]
    limits = gs.Limits(cpu=20, wall=60, memory=row.memory << 20, processes=1, stack=row.stack << 20 if row.stack else None)
    r = sandboxed(row.profile, argv + [topic], b"", {**ENV, **row.env}, limits)
    call = (r.violation or "").partition("(")[0]
    said = b"" if r.status is gs.Status.EXITED and r.exit_code else r.stdout
    if r.status.name != status or status == "EXITED" and said.decode().strip() != word or status == "VIOLATION" and call != word:
        raise Failed(f"{r.stdout[-100:]!r}, {told(r)}; want {status} {word}")
    print(f"  {topic:<11} {r.status.name}{' ' + (word if word != 'refused' else 'and refused') if word else ''}", flush=True)


def row(row: Row, compilers: bool) -> Totals:
    totals = Totals()
    with tempfile.TemporaryDirectory(prefix="gosandbox-languages-") as scratch:
        out = Path(scratch)
        try:
            tools(row)
            compile_row(row, out, totals)
        except (Failed, gs.Error, OSError, subprocess.SubprocessError) as e:
            totals.failed += 1
            print(f"  FAILED: {e}", flush=True)
            return totals
        if compilers:
            return totals
        data, want = expectations()
        argv = [part.format(out=out, src=HERE) for part in row.run]
        for topic in TOPICS:
            if topic in row.without:
                print(f"  {topic:<11} none: {row.without[topic]}")
                continue
            totals.case(topic, lambda: contest(row, argv, topic, data, want[topic], totals))
        for topic, word in row.more.items():
            totals.case(topic, lambda: contest(row, argv, topic, data, word, totals))
        for topic in row.hostile:
            totals.case(topic, lambda: hostile(row, argv, topic))
        totals.case("in all", lambda: near(totals))
    return totals


def near(totals: Totals) -> None:
    """A profile costs a program next to nothing; the bound is that wide because the machine has other things to do."""
    if totals.ratios and statistics.median(totals.ratios) > 3:
        raise Failed(f"a run takes {statistics.median(totals.ratios):.2f} times as long as without a sandbox")


def main(names: List[str]) -> int:
    known = {r.name for r in ROWS} | {r.profile for r in ROWS} | {"compiler"}
    unknown = [n for n in names if n not in known]
    if unknown:
        print(f"unknown: {' '.join(unknown)}; there are {' '.join(sorted(known))}", file=sys.stderr)
        return 2
    summary, begin = [], time.monotonic()
    passed = failed = 0
    for r in ROWS:
        chosen = not names or r.name in names or r.profile in names
        if not chosen and not ("compiler" in names and r.compiled):
            continue
        print(f"== {r.name}, profile {r.profile}", flush=True)
        totals = row(r, not chosen)
        passed, failed = passed + totals.passed, failed + totals.failed
        middle = f"{statistics.median(totals.ratios):5.2f}x" if totals.ratios else "      "
        summary.append(f"{r.name:<15} {r.profile:<10} {totals.passed:4} passed {totals.failed:3} failed  {middle}  {totals.peak >> 20:4} MiB")
    print("\n" + "\n".join(summary))
    print(f"{time.monotonic() - begin:.0f} s; ratios are medians of the wall time under the profile with limits to that without a sandbox")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
