"""What several test files need: programs to run and the state of this process."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Dict, List, Tuple

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "tests" / "fixtures"
BUILT = ROOT / "build" / "fixtures"

_compiled: Dict[str, str] = {}
_directory = ""


def fixture(name: str) -> str:
    """Path of a compiled fixture: the one that make built, else compiled now."""
    built = BUILT / name
    if built.exists():
        return str(built)
    if name not in _compiled:
        _compiled[name] = compile_c(SOURCES / f"{name}.c", "-static" if not name.endswith("_dynamic") else "-O1")
    return _compiled[name]


def compile_c(source: Path, *flags: str) -> str:
    """Compiles a C program into a directory that vanishes with this process."""
    global _directory
    if not _directory:
        _directory = tempfile.mkdtemp(prefix="gosandbox-test-")
        atexit.register(shutil.rmtree, _directory, True)
    out = os.path.join(_directory, source.stem)
    subprocess.run(["cc", "-O1", "-pthread", *flags, "-o", out, str(source)], check=True)
    return out


def probe() -> str:
    """A program that does what its first argument says; see tests/fixtures/probe.c."""
    return fixture("probe")


def python(script: str, *args: str, **env: str) -> "subprocess.Popen[bytes]":
    """A Python process with this package on its path."""
    path = {"PYTHONPATH": str(ROOT / "bindings" / "python"), **os.environ, **env}
    # A shell that starts the tests in the background ignores SIGINT, and that is inherited: Python would not take Ctrl-C.
    script = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n" + script
    return subprocess.Popen([sys.executable, "-c", script, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=path)


_INTERRUPTED = """
import asyncio, os, sys, time, gosandbox as gs
print("ready", flush=True)
try:
    STATEMENT
    print("not interrupted")
except KeyboardInterrupt:
    print("interrupted")
print(open(f"/proc/self/task/{os.getpid()}/children").read() or "alone")
"""


def interrupted(statement: str) -> Tuple[bytes, bytes, float]:
    """Has a Python process execute this, with a path of `probe` in sys.argv[1], and presses Ctrl-C. Gives its stdout, which is
    "interrupted" and "alone" when that was raised and left no child, its stderr, and the seconds from there to its end."""
    child = python(_INTERRUPTED.replace("STATEMENT", statement), probe())
    assert child.stdout is not None
    ready = child.stdout.readline()
    assert ready == b"ready\n", ready
    time.sleep(0.4)
    before = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    return out, err, time.monotonic() - before


def children() -> List[int]:
    """Every child of this process, zombies included, but not the tracker that multiprocessing leaves running."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text(errors="replace")
            except OSError:
                continue
            mine = int(stat[stat.rindex(")") + 1:].split()[1]) == os.getpid()
            if mine and int(entry) != getattr(resource_tracker._resource_tracker, "_pid", None):
                found.append(int(entry))
    return found


def descriptors() -> Dict[int, str]:
    """Every open descriptor and what it is."""
    found = {}
    for entry in os.listdir("/proc/self/fd"):
        try:
            found[int(entry)] = os.readlink(f"/proc/self/fd/{entry}")
        except OSError:
            pass  # the one that listed them
    return found


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def memory(key: str = "VmRSS") -> int:
    """Bytes from /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) << 10
    raise KeyError(key)
