"""What the descriptors of a program are connected to."""

import io
import os
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, Optional

import gosandbox as gs
from gosandbox import Capture, File, Limits, Status

from .support import memory, probe

WALL = Limits(wall=20)


def cat(**options: Any) -> Optional[bytes]:
    return gs.run([probe(), "cat"], stdout=Capture(), limits=WALL, check=True, **options).stdout


class Stdin(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name, "in")
        self.path.write_bytes(b"from a file\n")

    def tearDown(self) -> None:
        self.directory.cleanup()

    def test_nothing(self) -> None:
        self.assertEqual(cat(), b"")
        self.assertEqual(cat(stdin=subprocess.DEVNULL), b"")
        self.assertEqual(cat(stdin=b""), b"")

    def test_bytes(self) -> None:
        data = bytes(range(256)) * 5000
        self.assertEqual(cat(stdin=data), data)
        self.assertEqual(cat(stdin=bytearray(data)), data)
        self.assertEqual(cat(stdin=memoryview(data)[1:-1]), data[1:-1])
        self.assertEqual(cat(stdin=memoryview(data)[::2]), data[::2])

    def test_paths(self) -> None:
        self.assertEqual(cat(stdin=str(self.path)), b"from a file\n")
        self.assertEqual(cat(stdin=self.path), b"from a file\n")
        self.assertEqual(cat(stdin=File(self.path)), b"from a file\n")

    def test_relative_path_is_the_hosts(self) -> None:
        before = os.getcwd()
        os.chdir(self.directory.name)
        try:
            self.assertEqual(cat(stdin="in", cwd="/"), b"from a file\n")
        finally:
            os.chdir(before)

    def test_open_files(self) -> None:
        with open(self.path, "rb") as f:
            self.assertEqual(cat(stdin=f), b"from a file\n")
        number = os.open(self.path, os.O_RDONLY)
        try:
            self.assertEqual(cat(stdin=number), b"from a file\n")
            self.assertEqual(os.lseek(number, 0, os.SEEK_CUR), 12)  # the open file is shared
        finally:
            os.close(number)

    def test_large_input_that_is_never_read(self) -> None:
        r = gs.run([probe(), "exit", "5"], stdin=bytes(10 << 20), limits=WALL)
        self.assertEqual((r.status, r.exit_code), (Status.EXITED, 5))


class Output(unittest.TestCase):
    def test_capture_is_exact(self) -> None:
        for size in (0, 1, 999, 1000, 1001):
            r = gs.run([probe(), "print", "1000"], stdout=Capture(size), limits=WALL)
            self.assertEqual((r.stdout, r.output_bytes), (b"p" * min(size, 1000), 1000))
            self.assertIsNone(r.stderr)
        self.assertIsNone(gs.run([probe(), "print", "10"]).stdout)
        self.assertEqual(gs.run(["/bin/true"], stdout=Capture()).stdout, b"")

    def test_nul_bytes(self) -> None:
        self.assertEqual(cat(stdin=b"a\0b\0"), b"a\0b\0")

    def test_both(self) -> None:
        r = gs.run([probe(), "text", "1", "out", "2", "err"], stdout=Capture(), stderr=subprocess.PIPE)
        self.assertEqual((r.stdout, r.stderr), (b"out", b"err"))

    def test_stderr_to_stdout(self) -> None:
        argv = [probe(), "text", "1", "a", "2", "b", "1", "c"]
        r = gs.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((r.stdout, r.stderr), (b"abc", None))
        for nowhere in (None, subprocess.DEVNULL):
            self.assertTrue(gs.run(argv, stdout=nowhere, stderr=subprocess.STDOUT).ok)

    def test_files(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "out")
            path.write_bytes(b"x" * 100)
            gs.run([probe(), "text", "1", "new"], stdout=path, check=True)
            self.assertEqual(path.read_bytes(), b"new")
            gs.run([probe(), "text", "1", "newer"], stdout=str(path), check=True)
            self.assertEqual(path.read_bytes(), b"newer")
            gs.run([probe(), "text", "1", "+"], stdout=File(path, os.O_WRONLY | os.O_APPEND), check=True)
            self.assertEqual(path.read_bytes(), b"newer+")
            with open(path, "w") as f:
                f.write("before ")
                gs.run([probe(), "text", "1", "out "], stdout=f, check=True)
                gs.run([probe(), "text", "1", "fd"], stdout=f.fileno(), check=True)
            self.assertEqual(path.read_bytes(), b"before out fd")
            fresh = Path(directory, "fresh")
            gs.run([probe(), "text", "1", "x"], stdout=fresh, umask=0o027, check=True)
            self.assertEqual(fresh.stat().st_mode & 0o777, 0o640)

    def test_bad_file_objects(self) -> None:
        closed = open(os.devnull)
        closed.close()
        for bad in (io.BytesIO(), io.StringIO(), closed, object(), 3.5):
            with self.assertRaises(gs.ConfigError):
                gs.run(["/bin/true"], stdout=bad)  # type: ignore[arg-type]

    def test_grandchild_keeps_stdout_open(self) -> None:
        before = time.monotonic()
        r = gs.run(["/bin/sh", "-c", "(sleep 30 &) ; echo done"], stdout=Capture(), stderr=subprocess.STDOUT,
                   limits=WALL)
        self.assertEqual((r.status, r.exit_code, r.stdout), (Status.EXITED, 0, b"done\n"))
        self.assertLess(time.monotonic() - before, 5)

    def test_much_output_in_flat_memory(self) -> None:
        gs.run([probe(), "print", "1000000"], stdout=Capture(1000))
        try:
            Path("/proc/self/clear_refs").write_text("5")  # resets the high-water mark
        except OSError:
            pass
        before = memory()
        r = gs.run([probe(), "print", str(300 << 20)], stdout=Capture(1 << 20), limits=Limits(wall=30))
        self.assertEqual((r.status, len(r.outputs[1]), r.output_bytes), (Status.EXITED, 1 << 20, 300 << 20))
        self.assertLess(max(memory("VmHWM"), memory()) - before, 32 << 20)


class Others(unittest.TestCase):
    def test_only_named_ones_are_open(self) -> None:
        leak = os.open(os.devnull, os.O_RDONLY)
        os.set_inheritable(leak, True)
        try:
            self.assertEqual(gs.run([probe(), "fds"], stdout=Capture(), check=True).stdout, b"0 1 2 ")
            r = gs.run([probe(), "fds"], stdout=Capture(), fds={7: leak, 5: None, 1023: Capture()}, check=True)
            self.assertEqual(r.stdout, b"0 1 2 5 7 1023 ")
        finally:
            os.close(leak)

    def test_uses(self) -> None:
        with tempfile.TemporaryFile() as f:
            r = gs.run([probe(), "text", "9", "captured", "8", "file"], fds={9: Capture(3), 8: f}, check=True)
            self.assertEqual(dict(r.outputs), {9: b"cap"})
            f.seek(0)
            self.assertEqual(f.read(), b"file")

    def test_crossed(self) -> None:
        (a, b), (c, d) = os.pipe(), os.pipe()
        try:  # child 3 is the host's d, child 4 the host's b, whatever their numbers are
            gs.run([probe(), "text", str(b), "to d", str(d), "to b"], fds={b: d, d: b}, check=True)
            self.assertEqual((os.read(a, 10), os.read(c, 10)), (b"to b", b"to d"))
        finally:
            for fd in (a, b, c, d):
                os.close(fd)
