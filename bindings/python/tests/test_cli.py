"""python -m gosandbox."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Dict, List
from unittest import mock

from gosandbox import units
from gosandbox.cli import main
from gosandbox.cli.terminal import clean, coloured, printable

from .support import ROOT, probe

ENV = {"PYTHONPATH": str(ROOT / "bindings" / "python"), "PATH": os.environ["PATH"]}


def command(*args: Any, **options: Any) -> "subprocess.CompletedProcess[bytes]":
    """The command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "gosandbox", *args], env={**ENV, **options.pop("env", {})}, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def usage(*args: str) -> str:
    """What a wrong command line is told; in this process, as there are many."""
    err = io.StringIO()
    with redirect_stderr(err), redirect_stdout(io.StringIO()):
        try:
            code: Any = main(list(args))
        except SystemExit as e:
            code = e.code
    if code != 2:
        raise AssertionError(f"{args}: exit status {code}, {err.getvalue()}")
    return err.getvalue()


class Run(unittest.TestCase):
    def report(self, *args: Any) -> Dict[str, Any]:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "report")
            command("run", "--wall", "20", "--json", "--report", path, *args)
            found: Dict[str, Any] = json.loads(path.read_text())
        return found

    def test_exit_status(self) -> None:
        self.assertEqual(command("run", probe(), "exit", "0").returncode, 0)
        r = command("run", "--", probe(), "exit", "3")
        self.assertEqual((r.returncode, r.stdout), (1, b""))
        self.assertIn(b"status: EXITED\nexit code: 3\ncpu: 0.", r.stderr)
        r = command("run", "/no/such/program")
        self.assertEqual(r.returncode, 3)
        self.assertIn(b"status: SETUP_FAILED\n", r.stderr)
        self.assertIn(b"No such file or directory", r.stderr)

    def test_streams_are_passed_on(self) -> None:
        r = command("run", "--stderr-to-stdout", "--", "sh", "-c", "cat; echo err >&2", input=b"in ")
        self.assertEqual(r.stdout, b"in err\n")
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory, "out")
            command("run", "--stdin", __file__, "--stdout", out, "--", "head", "-c", "10")
            self.assertEqual(out.read_bytes(), Path(__file__).read_bytes()[:10])

    def test_options_reach_the_program(self) -> None:
        def says(*args: str) -> bytes:
            return bytes(command("run", "--wall", "20", *args).stdout)
        self.assertEqual(says("--env", "A=1", "--env", "B=", probe(), "env"), b"[A=1][B=]")
        self.assertEqual(says("--cwd", "/", probe(), "cwd"), b"/")
        self.assertEqual(says("--nice", "7", probe(), "nice"), b"7")
        cpu = min(os.sched_getaffinity(0))
        self.assertEqual(says("--affinity", str(cpu), probe(), "cpus"), f"{cpu} ".encode())
        self.assertEqual(says("--open-files", "33", "sh", "-c", "ulimit -n; echo --cpu 1"), b"33\n--cpu 1\n")
        self.assertIn(b"Function not implemented", command("run", "--deny", "mkdir:ENOSYS", "mkdir", "/tmp/x/y").stderr)

    def test_limits_and_rules(self) -> None:
        self.assertEqual(self.report("--cpu", "0.1", "--", "sh", "-c", "while :; do :; done")["status"], "CPU_LIMIT")
        self.assertEqual(self.report("--wall", "100ms", "sleep", "20")["status"], "WALL_LIMIT")
        r = self.report("--kill", "mkdir", "mkdir", "odd\nname\"\\")
        self.assertEqual((r["status"], r["violation"]["syscall"], r["violation"]["path"]),
                         ("VIOLATION", "mkdir", "odd\nname\"\\"))
        self.assertEqual(len(r["violation"]["args"]), 6)
        self.assertEqual(self.report("--kill", "mkdir", "--deny", "mkdir", "mkdir", "x")["exit_code"], 1)
        self.assertEqual(self.report("--processes", "1", "--fork-fails", "--", "sh", "-c", "sleep 1 & wait")["status"],
                         "EXITED")

    def test_json(self) -> None:
        r = self.report(probe(), "exit", "0")
        self.assertEqual((r["status"], r["exit_code"], r["signal"], r["error"]), ("EXITED", 0, None, None))
        self.assertTrue(r["wall_ns"] > 0 and r["processes"] == 1)
        r = self.report("sh", "-c", "kill -ABRT $$")
        self.assertEqual((r["signal"], r["signal_name"]), (6, "SIGABRT"))
        r = self.report(b"/no\xff")
        self.assertEqual((r["error"]["step"], r["error"]["errno"], r["argv"]), ("exec", 2, ["/no\ufffd"]))

    def test_misuse(self) -> None:
        self.assertIn("no program", usage("run"))
        self.assertIn("no program", usage("run", "--"))
        self.assertIn("--processes", usage("run", "--fork-fails", "true"))
        for option, bad in (("--cpu", ["0", "x", "1h", "-1", "", "1e3", "9" * 29]), ("--memory", ["0", "1.5m", "4x", "٣"]),
                            ("--processes", ["0", "a"]), ("--user", ["1", "a:b", "1:4294967295"]),
                            ("--affinity", ["", "1-", "3-1", "5000"]), ("--env", ["A", "=1"]), ("--nice", ["x", "40"]),
                            ("--deny", ["read:", "read:EX", "read:0", "no_such_call"]), ("--kill", ["no_such_call"])):
            for value in bad:
                with self.subTest(option=option, value=value):
                    self.assertIn("gosandbox run: error:", usage("run", f"{option}={value}", "true"))
        self.assertNotIn("\033", usage("run", "--cpu", "\033[2J", "true"))
        self.assertIn("no command", usage("nonsense"))
        self.assertIn("missing", usage())

    def test_report_that_cannot_be_written(self) -> None:
        for path in ("/no/such/folder/report", "/dev/full"):
            self.assertEqual(command("run", "--report", path, "true").returncode, 3)

    def test_signals_kill_and_report(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            child = subprocess.Popen(
                [sys.executable, "-m", "gosandbox", "run", "--wall", "20", "--", "sh", "-c", "echo up; sleep 19 & sleep 19"],
                env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            assert child.stdout
            self.assertEqual(child.stdout.readline(), b"up\n")
            time.sleep(0.1)
            child.send_signal(number)
            _, err = child.communicate(timeout=15)
            self.assertEqual(child.returncode, 1, err)
            self.assertIn(b"status: CANCELLED", err)


class Others(unittest.TestCase):
    def test_features(self) -> None:
        r = command("features", "--json")
        found = json.loads(r.stdout)
        self.assertEqual((r.returncode, found["features"]["PTRACE"]), (0, {"available": True, "reason": ""}))
        self.assertIn(b"seccomp", command("features").stdout)

    def test_help_and_version(self) -> None:
        for args in (["--help"], ["run", "--help"], ["features", "--help"], ["judge", "--help"], ["--version"]):
            r = command(*args)
            self.assertEqual((r.returncode, r.stderr), (0, b""))
            self.assertIn(b"gosandbox", r.stdout)

    def test_no_library(self) -> None:
        r = command("features", env={"GOSANDBOX_LIBRARY": "/no/such/library"})
        self.assertEqual(r.returncode, 3)
        self.assertTrue(r.stderr.startswith(b"gosandbox features: cannot load"), r.stderr)


class Text(unittest.TestCase):
    def test_units(self) -> None:
        self.assertEqual([units.duration(t) * 10 ** 9 for t in ("2", "0.5", "500ms", "250us", "0.000000001s")],
                         [2 * 10 ** 9, 5 * 10 ** 8, 5 * 10 ** 8, 250000, 1])
        self.assertEqual([units.size(t) for t in ("0", "65536", "64k", "2M", "1g", "1t")],
                         [0, 65536, 1 << 16, 2 << 20, 1 << 30, 1 << 40])
        bad: List[str] = ["", "-1", "1 ", "1kb", "8388608t"]
        for text in bad:
            with self.assertRaises(ValueError):
                units.size(text)

    def test_printable(self) -> None:
        self.assertEqual(printable("a b\\\n\033[1m\x9b\u202e\ufeffä\udcff"),
                         "a b\\\\\\x0a\\x1b[1m\\x9b\\u202e\\ufeffä\\xff")
        self.assertEqual((clean("ä\udcff"), clean("\ud800")), ("ä\ufffd", "\ufffd"))

    def test_colours(self) -> None:
        terminal, pipe = mock.Mock(isatty=lambda: True), mock.Mock(isatty=lambda: False)
        for env, wanted in (({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)):
            with mock.patch.dict(os.environ, env, clear=True):
                self.assertEqual((coloured(terminal), coloured(pipe)), (wanted, False))
