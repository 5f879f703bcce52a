"""What becomes of a program, and that it is told exactly."""

import errno
import os
import signal
import tempfile
import time
import unittest
from typing import Any
from pathlib import Path

import gosandbox as gs
from gosandbox import Cause, Figure, Limits, Source, Status, Step

from .support import fixture, probe

SECOND = Limits(wall=10)


def sh(script: str, **options: Any) -> gs.Result:
    return gs.run(["/bin/sh", "-c", script], limits=options.pop("limits", SECOND), **options)


class Ends(unittest.TestCase):
    def test_every_exit_code(self) -> None:
        for code in range(256):
            r = gs.run([probe(), "exit", str(code)])
            self.assertEqual((r.status, r.exit_code, r.signal, r.cause), (Status.EXITED, code, None, Cause.NONE))
            self.assertIs(r.ok, code == 0)

    def test_signals(self) -> None:
        for number in (signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ, signal.SIGSYS, signal.SIGUSR1, signal.SIGPIPE,
                       signal.SIGINT, signal.SIGTERM, signal.SIGABRT):
            with self.subTest(number.name):
                r = gs.run([probe(), "signal", str(int(number))], limits=Limits(wall=10, cpu=5, output=1 << 20))
                self.assertEqual((r.status, r.signal), (Status.SIGNALED, number))
                self.assertEqual((r.exit_code, r.cause), (None, Cause.NONE))
                self.assertIsInstance(r.signal, signal.Signals)
        r = gs.run([probe(), "signal", "40"])
        self.assertEqual((r.status, r.signal), (Status.SIGNALED, 40))

    def test_exit_128_is_no_signal(self) -> None:
        r = sh("exit 137")
        self.assertEqual((r.status, r.exit_code), (Status.EXITED, 137))


class PassesALimit(unittest.TestCase):
    def test_cpu(self) -> None:
        r = sh("while :; do :; done", limits=Limits(cpu=0.3, wall=10))
        self.assertEqual((r.status, r.cause, r.exit_code, r.signal), (Status.CPU_LIMIT, Cause.CPU, None, None))
        self.assertGreaterEqual(r.cpu_time, 0.3)
        self.assertLess(r.cpu_time, 0.45)
        self.assertIn("CPU", r.message)

    def test_wall_of_a_sleeper(self) -> None:
        r = gs.run([probe(), "sleep", "20000"], limits=Limits(wall=0.3))
        self.assertEqual((r.status, r.cause), (Status.WALL_LIMIT, Cause.WALL))
        self.assertGreaterEqual(r.wall_time, 0.3)
        self.assertLess(r.wall_time, 1.0)
        self.assertLess(r.cpu_time, 0.2)

    def test_wall_of_one_that_stops_itself(self) -> None:
        r = sh("kill -STOP $$", limits=Limits(wall=0.3))
        self.assertEqual(r.status, Status.WALL_LIMIT)

    def test_memory(self) -> None:
        r = gs.run([fixture("memory_malloc")], limits=Limits(memory=64 << 20, wall=10))
        self.assertEqual((r.status, r.cause), (Status.MEMORY_LIMIT, Cause.MEMORY))
        self.assertIn(Figure.MEMORY_PEAK, r.measured)

    def test_output(self) -> None:
        r = sh("while :; do echo 0123456789; done", stdout=gs.Capture(1 << 20), limits=Limits(output=1 << 16, wall=10))
        self.assertEqual((r.status, r.cause), (Status.OUTPUT_LIMIT, Cause.OUTPUT))
        self.assertGreaterEqual(r.output_bytes, 1 << 16)
        self.assertTrue((b"0123456789\n" * 8000).startswith(r.outputs[1][:1000]))

    def test_output_of_nothing(self) -> None:
        self.assertEqual(sh(":", stdout=gs.Capture(), limits=Limits(output=0)).status,
                         Status.EXITED)
        r = sh("echo", stdout=gs.Capture(), limits=Limits(output=0, wall=10))
        self.assertEqual(r.status, Status.OUTPUT_LIMIT)

    def test_processes(self) -> None:
        r = sh("sleep 1 & sleep 1 & wait", limits=Limits(processes=1, wall=10))
        self.assertEqual((r.status, r.cause), (Status.PROCESS_LIMIT, Cause.PROCESSES))

    def test_fork_fails_with_errno(self) -> None:
        r = gs.run([fixture("processes_errno")], stdout=gs.Capture(),
                   limits=Limits(processes=2, process_errno=errno.EAGAIN, wall=10))
        self.assertEqual((r.status, r.exit_code), (Status.EXITED, 0), r)
        self.assertEqual(r.processes_peak, 2)

    def test_open_files(self) -> None:
        r = gs.run([fixture("limit_open_files")], stdout=gs.Capture(), limits=Limits(open_files=20, wall=10))
        self.assertEqual((r.status, r.exit_code), (Status.EXITED, 0), r)


class CannotStart(unittest.TestCase):
    def failed(self, step: Step, number: int, *args: Any, **options: Any) -> gs.Result:
        r = gs.run(*args, **options)
        self.assertEqual((r.status, r.step, r.errno), (Status.SETUP_FAILED, step, number), r)
        self.assertEqual((r.exit_code, r.signal, r.cause), (None, None, Cause.NONE), r)
        self.assertIn(os.strerror(number), r.message)
        return r

    def test_missing_program_is_not_exit_127(self) -> None:
        r = self.failed(Step.EXEC, errno.ENOENT, ["/no/such/program"])
        self.assertIn("/no/such/program", r.message)
        r = gs.run([probe(), "exit", "127"])
        self.assertEqual((r.status, r.exit_code, r.step, r.errno), (Status.EXITED, 127, None, None))

    def test_searched_in_the_path_of_the_run(self) -> None:
        self.failed(Step.EXEC, errno.ENOENT, ["no-such-program-anywhere"])
        self.assertTrue(gs.run(["true"]).ok)
        directory, name = os.path.split(probe())
        self.assertTrue(gs.run([name, "exit", "0"], env={"PATH": directory}).ok)

    def test_missing_interpreter_and_formats(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            for content, mode, number in ((b"#!/no/such/interpreter\n", 0o755, errno.ENOENT),
                                          (b"not a program", 0o755, errno.ENOEXEC),
                                          (b"#!/bin/sh\n", 0o644, errno.EACCES)):
                path = Path(directory, str(number))
                path.write_bytes(content)
                path.chmod(mode)
                self.failed(Step.EXEC, number, [path])

    def test_bad_cwd(self) -> None:
        self.failed(Step.CWD, errno.ENOENT, ["/bin/true"], cwd="/no/such/directory")
        self.failed(Step.CWD, errno.ENOTDIR, ["/bin/true"], cwd=Path("/bin/sh"))

    def test_bad_files(self) -> None:
        r = self.failed(Step.OPEN, errno.ENOENT, ["/bin/true"], stdin="/no/such/file")
        self.assertEqual(r.index, 0)
        r = self.failed(Step.OPEN, errno.EISDIR, ["/bin/true"], stdout="/")
        self.assertEqual(r.index, 1)

    def test_in_another_thread_too(self) -> None:
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            r = pool.submit(gs.run, ["/no/such/program"]).result()
        self.assertEqual((r.status, r.step, r.errno), (Status.SETUP_FAILED, Step.EXEC, errno.ENOENT))


class Check(unittest.TestCase):
    def test_raises(self) -> None:
        self.assertTrue(gs.run(["/bin/true"], check=True).ok)
        with self.assertRaises(gs.SetupError) as caught:
            gs.run(["/no/such/program"], check=True)
        e = caught.exception
        self.assertIsInstance(e, OSError)
        assert e.result
        self.assertEqual((e.errno, e.step, e.result.status), (errno.ENOENT, Step.EXEC, Status.SETUP_FAILED))
        self.assertIn("/no/such/program", str(e))
        with self.assertRaises(gs.VerdictError) as verdict:
            gs.run([probe(), "exit", "3"], check=True)
        self.assertEqual(verdict.exception.result.exit_code, 3)
        self.assertTrue(str(verdict.exception).startswith("EXITED: "))
        with self.assertRaises(gs.VerdictError):
            gs.run([probe(), "signal", "9"], check=True)


class Figures(unittest.TestCase):
    def test_times(self) -> None:
        before = time.monotonic()
        r = gs.run([probe(), "burn", "200"])
        took = time.monotonic() - before
        self.assertTrue(0.2 <= r.cpu_time <= 0.3, r.cpu_time)
        self.assertTrue(r.cpu_time - 0.05 <= r.wall_time <= took, r.wall_time)
        self.assertTrue(0 < r.setup_time < took)
        self.assertEqual(r.cpu_time, r.cpu_time_ns / 1e9)
        self.assertAlmostEqual(r.user_time + r.system_time, r.cpu_time, delta=0.02)

    def test_sources(self) -> None:
        r = gs.run([probe(), "print", "1000"], stdout=gs.Capture(10))
        for figure in (Figure.CPU, Figure.WALL, Figure.MEMORY_PEAK, Figure.PROCESSES_PEAK, Figure.OUTPUT_BYTES):
            self.assertIn(figure, r.measured)
            self.assertNotEqual(r.sources[figure], Source.NONE)
        self.assertEqual(r.sources[Figure.WALL], Source.MONOTONIC)
        self.assertEqual((r.output_bytes, r.stdout, r.processes_peak), (1000, b"p" * 10, 1))
        self.assertEqual(set(r.sources), r.measured)

    def test_memory_peak_is_the_programs_own(self) -> None:
        ballast = bytearray(200 << 20)
        r = gs.run([probe(), "exit", "0"])
        self.assertTrue(0 < r.memory_peak < 32 << 20, r.memory_peak)
        del ballast


class TestMemoryChoices(unittest.TestCase):
    """How memory is limited is the caller's choice; tests/c/t_memory_limits.c has the whole table."""

    def asks(self, **limits: int) -> gs.Result:
        return gs.run([fixture("memory_asks")], stdout=gs.Capture(100), limits=gs.Limits(wall=20, **limits))

    def test_grace(self) -> None:
        r = self.asks(memory=256 << 20, memory_grace=0)
        self.assertEqual((r.status, r.detail), (gs.Status.MEMORY_LIMIT, gs.Detail.REFUSED))
        self.assertLessEqual(int(r.text()), 256)
        self.assertGreater(int(self.asks(memory=256 << 20).text()), 1200)
        with self.assertRaises(gs.ConfigError):
            self.asks(memory_grace=0)

    def test_address_space(self) -> None:
        r = self.asks(address_space=1 << 30)
        self.assertEqual(r.status, gs.Status.MEMORY_LIMIT)
        self.assertIn("address space", r.message)

    def test_stack(self) -> None:
        for stack, status in ((gs.STACK_AS_MEMORY, gs.Status.MEMORY_LIMIT), (1 << 20, gs.Status.SIGNALED)):
            r = gs.run([fixture("stack_overflow"), "deep"], limits=gs.Limits(wall=20, memory=64 << 20, stack=stack))
            self.assertEqual(r.status, status, r.message)
