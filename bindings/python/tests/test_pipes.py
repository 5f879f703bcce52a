"""Talking with a program while it runs."""

import subprocess
import unittest

import gosandbox as gs
from gosandbox import Capture, Limits, Status

from .support import descriptors, probe

PIPE = subprocess.PIPE
WALL = Limits(wall=20)


class Talking(unittest.TestCase):
    def test_to_and_fro(self) -> None:
        script = "while read line; do echo \"<$line>\"; done; echo bye >&2"
        with gs.start(["/bin/sh", "-c", script], stdin=PIPE, stdout=PIPE, stderr=PIPE, limits=WALL) as task:
            assert task.stdin and task.stdout and task.stderr
            for word in (b"one", b"two"):
                task.stdin.write(word + b"\n")
                task.stdin.flush()
                self.assertEqual(task.stdout.readline(), b"<" + word + b">\n")
            task.stdin.close()
            self.assertEqual((task.stdout.read(), task.stderr.read()), (b"", b"bye\n"))
            self.assertTrue(task.wait().ok)

    def test_text(self) -> None:
        with gs.start([probe(), "cat"], stdin=PIPE, stdout=PIPE, encoding="utf-8", limits=WALL) as task:
            assert task.stdin and task.stdout
            print("grüße", file=task.stdin)  # a line is sent at once
            self.assertEqual(task.stdout.readline(), "grüße\n")

    def test_the_program_sees_the_end(self) -> None:
        with gs.start([probe(), "cat"], stdin=PIPE, stdout=Capture(), limits=WALL) as task:
            assert task.stdin
            self.assertIsNone(task.stdout)
            task.stdin.write(b"x" * 100000)
            task.stdin.close()
            self.assertEqual(task.wait().stdout, b"x" * 100000)

    def test_we_see_the_end(self) -> None:
        for argv in ([probe(), "exit", "0"], ["/no/such/program"]):
            with gs.start(argv, stdout=PIPE, limits=WALL) as task:
                assert task.stdout
                self.assertEqual(task.stdout.read(), b"")

    def test_one_stream_for_both(self) -> None:
        argv = [probe(), "text", "1", "a", "2", "b", "1", "c"]
        with gs.start(argv, stdout=PIPE, stderr=subprocess.STDOUT, limits=WALL) as task:
            assert task.stdout
            self.assertEqual(task.stdout.read(), b"abc")
            self.assertIsNone(task.stderr)

    def test_other_descriptors(self) -> None:
        with gs.start([probe(), "text", "7", "seven"], fds={7: PIPE}, limits=WALL) as task:
            self.assertEqual(task.pipes[7].read(), b"seven")
            self.assertEqual(list(task.pipes), [7])

    def test_a_program_that_does_not_read(self) -> None:
        with gs.start([probe(), "exit", "0"], stdin=PIPE, limits=WALL) as task:
            assert task.stdin
            task.wait()
            task.stdin.write(b"too late")  # into the buffer; close must not stumble over it
        self.assertTrue(task.stdin.closed)

    def test_nothing_is_left(self) -> None:
        gs.run(["/bin/true"])
        before = len(descriptors())
        for _ in range(20):
            with gs.start([probe(), "sleep", "20000"], stdin=PIPE, stdout=PIPE, stderr=PIPE, fds={9: PIPE}) as task:
                self.assertEqual(len(task.pipes), 4)
            assert task.result
            self.assertEqual(task.result.status, Status.CANCELLED)
        for bad in ({"cwd": ""}, {"nice": 99}, {"encoding": "no such thing"}, {"encoding": "ascii", "errors": "x"}):
            with self.assertRaises(gs.ConfigError):
                gs.start(["a"], stdin=PIPE, stdout=PIPE, **bad)  # type: ignore[arg-type]
        self.assertLessEqual(len(descriptors()), before + 2)  # the two that Go may open once in a process
