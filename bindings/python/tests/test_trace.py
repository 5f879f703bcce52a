"""Traces, counts and learning."""

import errno
import json
import os
import pickle
import tempfile
import unittest
from typing import Any, List
from pathlib import Path

import gosandbox as gs

from .support import fixture
from .test_cli import command


class Traces(unittest.TestCase):
    def test_counts(self) -> None:
        r = gs.run([fixture("traced"), "threads", "4", "25"], trace=gs.Trace(), limits=gs.Limits(wall=60))
        self.assertTrue(r.ok, r.message)
        self.assertEqual(r.syscalls["getppid"], gs.Count(100, 0))
        self.assertEqual(next(iter(r.syscalls)), "getppid")
        self.assertEqual((r.trace, r.trace_dropped), (b"", 0))
        self.assertEqual(pickle.loads(pickle.dumps(r)), r)
        r = gs.run([fixture("traced"), "calls"], trace=gs.Trace(), limits=gs.Limits(wall=60))
        self.assertEqual(r.syscalls["#600"], gs.Count(1, 1))
        self.assertEqual(r.syscalls["openat"], gs.Count(3, 2))
        r = gs.run([fixture("guard_int80")], trace=gs.Trace(), limits=gs.Limits(wall=60))
        self.assertEqual(r.syscalls["i386 getpid"].calls, 1)
        self.assertEqual(gs.run([fixture("traced"), "calls"]).syscalls, {})

    def test_lines(self) -> None:
        r = gs.run([fixture("traced"), "calls"], trace=gs.Trace(lines=True), limits=gs.Limits(wall=60))
        self.assertIn(b'openat(AT_FDCWD, "/dev/zero", O_RDONLY|O_CLOEXEC) = 3\n', r.trace)
        self.assertTrue(r.trace.endswith(b"+++ exited with 3 +++\n"))
        small = gs.run([fixture("traced"), "calls"], trace=gs.Trace(lines=True, max=300), limits=gs.Limits(wall=60))
        self.assertLessEqual(len(small.trace), 300)
        self.assertEqual(small.trace.count(b"\n") + small.trace_dropped, r.trace.count(b"\n"))

    def test_every_json_line_is_an_object(self) -> None:
        for what in ("calls", "exec", "signal", "fork"):
            r = gs.run([fixture("traced"), what, "2"], trace=gs.Trace(lines=True, json=True), limits=gs.Limits(wall=60))
            lines = [json.loads(line) for line in r.trace.decode("utf-8").splitlines()]
            self.assertTrue(all(line["pid"] > 0 and line["tid"] > 0 for line in lines))
            self.assertTrue({"exited", "killed"} & lines[-1].keys())
            if what == "calls":
                failed = [line for line in lines if line.get("name") == "openat" and "errno" in line]
                self.assertEqual([line["errno"] for line in failed], ["ENOENT", "EFAULT"])

    def test_wrong(self) -> None:
        for trace in (gs.Trace(json=True), gs.Trace(lines=True, max=0), gs.Trace(lines=True, max=1 << 31)):
            with self.assertRaises(gs.ConfigError):
                gs.run(["true"], trace=trace)
        with self.assertRaises(gs.ConfigError):
            gs.Config(["true"], trace=True)  # type: ignore[arg-type]


class Learning(unittest.TestCase):
    def test_learn(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "a").write_text("text")
            config = gs.Config(["sh", "-c", "cat a; echo b >b"], cwd=directory, stdout=gs.Capture(1000), stderr=gs.Capture(1000),
                               limits=gs.Limits(wall=60))
            results: List[Any] = []
            policy = gs.learn([config], seen=results.append)
            self.assertEqual([r.stdout for r in results], [b"text", b"text"])
            again = gs.Policy.load(policy.to_json())
            self.assertEqual(again.paths, policy.paths)
            r = gs.run(config, policy=again)
            self.assertEqual((r.ok, r.stdout), (True, b"text"), r.text(2))
            self.assertEqual(again.decide("socket", 2), gs.ERRNO(errno.EPERM))
            other = gs.run(gs.Config(["sh", "-c", "cat /etc/passwd"], stdout=gs.Capture(1000), stderr=gs.Capture(1000)), policy=again)
            self.assertEqual(other.stdout, b"")
        with self.assertRaises(gs.ConfigError):
            gs.learn([])
        with self.assertRaises(gs.ConfigError):
            gs.learn([gs.Config(["true"])], default=gs.ALLOW)


class Commands(unittest.TestCase):
    def test_trace(self) -> None:
        r = command("trace", "--", fixture("traced"), "calls")
        self.assertEqual(r.returncode, 1)
        self.assertIn(b"exit_group(3) = ?\n", r.stderr)
        r = command("trace", "--count", fixture("traced"), "fork", "2")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertRegex(r.stderr, rb"(?m)^ +20 +0  getppid$")
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory, "out")
            command("trace", "--json", "--output", out, "--", "true")
            self.assertEqual(json.loads(out.read_text().splitlines()[-1])["exited"], 0)
        for wrong in (["trace"], ["trace", "--max", "0", "true"], ["trace", "--count", "--json", "true"], ["learn"]):
            self.assertEqual(command(*wrong, input=b"").returncode, 2, wrong)

    def test_learn(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "policy.json")
            r = command("learn", "-o", path, "--", "sh", "-c", "read a; echo $a", input=b"x\n")
            self.assertEqual((r.returncode, r.stderr), (0, b""))
            self.assertEqual(gs.Policy.load(os.fspath(path)).default, gs.ERRNO(errno.EPERM))
        r = command("learn", "--kill", "--", "sh", "-c", "echo $$", input=b"")
        self.assertEqual(r.returncode, 1)
        self.assertEqual(gs.Policy.load(r.stdout).default, gs.KILL)
        self.assertEqual(command("learn", "/nonexistent", input=b"").returncode, 3)


if __name__ == "__main__":
    unittest.main()
