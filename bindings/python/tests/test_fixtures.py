"""Every hostile program of tests/fixtures: its first line says how to run it and what must come out."""

import dataclasses
import errno
import os
import re
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

import gosandbox as gs

from .support import SOURCES, children, fixture

_SIZES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_LIMITS = {"cpu": float, "wall": float, "memory": None, "output": None, "stack": None, "processes": int,
           "open_files": int}


@dataclass
class Expectation:
    """The first line of a fixture."""

    limits: gs.Limits
    args: List[str]
    stdin: Optional[bytes]
    capture: Optional[gs.Capture]
    statuses: List[gs.Status]
    exit: Optional[int] = None
    signal: Optional[int] = None
    out: Optional[bytes] = None
    message: Optional[str] = None
    isolation: Optional[gs.Isolation] = None

    def differs(self, r: gs.Result) -> Optional[str]:
        """What is wrong with a result, None when nothing is."""
        if r.status not in self.statuses:
            return "status"
        if self.exit is not None and r.status == gs.Status.EXITED and r.exit_code != self.exit:
            return "exit code"
        if self.signal is not None and r.status == gs.Status.SIGNALED and r.signal != self.signal:
            return "signal"
        if self.out is not None and r.stdout != self.out:
            return "stdout"
        if self.message is not None and self.message not in r.message:
            return "message"
        return None


def parse(line: str) -> Expectation:
    """Reads `// run: cpu=0.3 memory=64m args=a,b => STATUS|STATUS exit=3 out=text\\n`."""
    m = re.fullmatch(r"// run: ?(.*?) ?=> ([A-Z_|]+)((?: .*)?)", line)
    if not m:
        raise ValueError(f"not a run line: {line!r}")
    how, result = _pairs(m[1]), _pairs(m[3])
    limits: Dict[str, Any] = {
        name: _size(how.pop(name)) if kind is None else kind(how.pop(name))
        for name, kind in _LIMITS.items() if name in how}
    if "process_errno" in how:
        limits["process_errno"] = getattr(errno, how.pop("process_errno"))
    capture = gs.Capture(_size(how.pop("capture"))) if "capture" in how else None
    args = how.pop("args").split(",") if "args" in how else []
    stdin = _unescape(how.pop("stdin")) if "stdin" in how else None
    e = Expectation(gs.Limits(**limits), args, stdin, capture, [gs.Status[s] for s in m[2].split("|")])
    e.exit, e.signal = (int(result.pop(k)) if k in result else None for k in ("exit", "signal"))
    e.out = _unescape(result.pop("out")) if "out" in result else None
    e.message = result.pop("message").replace("+", " ") if "message" in result else None
    if "isolate" in how:
        flags = 0
        for name in how.pop("isolate").split("+"):
            flags |= gs.Isolate[name.upper()]
        e.isolation = gs.Isolation(flags, judge_root=how.pop("root", "") == "judge")
    if how or result:
        raise ValueError(f"unknown in {line!r}: {[*how, *result]}")
    return e


def _pairs(text: str) -> Dict[str, str]:
    return {key: value for key, _, value in (word.partition("=") for word in text.split())}


def _size(text: str) -> int:
    return int(text[:-1]) * _SIZES[text[-1]] if text[-1] in _SIZES else int(text)


def _unescape(text: str) -> bytes:
    return text.encode().decode("unicode_escape").encode("latin-1")


class Parser(unittest.TestCase):
    def test_line(self) -> None:
        e = parse(r"// run: cpu=0.3 memory=64m processes=2 process_errno=EAGAIN args=a,,b capture=5 stdin=x\n"
                  r" => EXITED|SIGNALED exit=3 signal=9 out=01\n message=of+CPU+time")
        self.assertEqual(e.limits, gs.Limits(cpu=0.3, memory=64 << 20, processes=2, process_errno=errno.EAGAIN))
        self.assertEqual((e.args, e.stdin, e.capture), (["a", "", "b"], b"x\n", gs.Capture(5)))
        self.assertEqual(e.statuses, [gs.Status.EXITED, gs.Status.SIGNALED])
        self.assertEqual((e.exit, e.signal, e.out, e.message), (3, 9, b"01\n", "of CPU time"))
        for bad in ("// run:", "// run: cpu=1 => NEVER", "// run: colour=1 => EXITED", "int main(void)"):
            with self.assertRaises((ValueError, KeyError)):
                parse(bad)


class Fixtures(unittest.TestCase):
    def test_every_fixture(self) -> None:
        only = os.environ.get("FIXTURES", "")  # a regular expression, for one's own work
        sources = sorted(p for p in Path(SOURCES).glob("*.c") if re.search(only, p.stem))
        self.assertTrue(sources)
        for source in sources:
            with self.subTest(source.stem):
                e = parse(source.read_text().split("\n", 1)[0])
                program, isolation = fixture(source.stem), e.isolation
                if isolation is not None and isolation.judge_root:
                    mount = gs.Mount(gs.MOUNT_BIND, "/fixture", program, gs.MOUNT_EXEC)
                    program, isolation = "/fixture", dataclasses.replace(isolation, mounts=[mount])
                r = gs.run(gs.Config([program, *e.args], stdin=e.stdin, stdout=e.capture, limits=e.limits,
                                     isolation=isolation))
                wrong = e.differs(r)
                self.assertIsNone(wrong, f"{wrong} is wrong: {r}")
                self.assertEqual(children(), [])
