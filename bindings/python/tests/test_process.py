"""Living in a Python process: signals, forks, threads, pickles, leaks."""

import concurrent.futures
import errno
import multiprocessing
import os
import pickle
import signal
import time
import unittest
import warnings
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, List

import gosandbox as gs
from gosandbox import Capture, Limits, Policy

from .support import ROOT, children, descriptors, interrupted, probe, python, threads

class Signals(unittest.TestCase):
    def interrupted(self, expression: str) -> None:
        out, err, took = interrupted(expression)
        self.assertEqual(out, b"interrupted\nalone\n", err)
        self.assertLess(took, 1)

    def test_ctrl_c_ends_a_run(self) -> None:
        self.interrupted("gs.run([sys.argv[1], 'sleep', '20000'])")
        self.interrupted("gs.run(['/bin/sh', '-c', 'trap \"\" INT TERM; sleep 20 & sleep 20'])")

    def test_ctrl_c_ends_a_task(self) -> None:
        self.interrupted("\n    with gs.start([sys.argv[1], 'sleep', '20000']) as task: task.wait()")

    def test_ctrl_c_ends_the_wait_of_a_task_and_not_the_program(self) -> None:
        self.interrupted("\n    with gs.start([sys.argv[1], 'sleep', '20000']) as task:\n        try: task.wait()\n"
                         "        except KeyboardInterrupt: assert task.pid > 0 and task.result is None; raise")

    def test_handlers_run_meanwhile(self) -> None:
        seen = []
        before = signal.signal(signal.SIGALRM, lambda *_: seen.append(time.monotonic()))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            start = time.monotonic()
            r = gs.run([probe(), "sleep", "500"])
        finally:
            signal.signal(signal.SIGALRM, before)
        self.assertTrue(r.ok)
        self.assertEqual(len(seen), 1)
        self.assertLess(seen[0] - start, 0.4)


def in_child(code: int) -> Any:
    try:
        return gs.run([probe(), "exit", str(code)]).exit_code
    except gs.ForkedProcessError:
        return "forked"


def batch_in_child(n: int) -> Any:
    try:
        return gs.run_batch([gs.Config([probe(), "exit", str(n)])] * 3, 2)
    except gs.ForkedProcessError:
        return "forked"


class Forks(unittest.TestCase):
    def test_fork_after_load(self) -> None:
        gs.run(["/bin/true"])
        with gs.start([probe(), "sleep", "300"]) as task, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads, as it should
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    task.wait(0)
                except gs.ForkedProcessError:
                    task.close()
                    code = 0 if in_child(0) == "forked" else 2
                finally:
                    os._exit(code)
            self.assertEqual(os.waitpid(pid, 0)[1], 0)
            self.assertTrue(task.wait().ok)
            with multiprocessing.get_context("fork").Pool(2) as pool:
                self.assertEqual(pool.map(in_child, [1, 2]), ["forked", "forked"])
                self.assertEqual(pool.map(batch_in_child, [1, 2]), ["forked", "forked"])

    def test_fork_before_use(self) -> None:
        script = ("import os, sys, gosandbox as gs\npid = os.fork()\n"
                  "ok = gs.run([sys.argv[1], 'exit', '4']).exit_code == 4\n"
                  "if pid == 0: os._exit(0 if ok else 1)\n"
                  "print(ok, os.waitpid(pid, 0)[1])")
        out, err = python(script, probe()).communicate(timeout=20)
        self.assertEqual(out, b"True 0\n", err)

    def test_spawn(self) -> None:
        self.started_by("spawn")

    def test_forkserver(self) -> None:
        # Else it stays as a child of this process.
        self.addCleanup(forkserver._forkserver._stop)  # type: ignore[attr-defined]
        self.started_by("forkserver")

    def started_by(self, method: str) -> None:
        gs.run(["/bin/true"])
        with multiprocessing.get_context(method).Pool(2) as pool:
            configs = [gs.Config([probe(), "exit", str(n)], limits=Limits(cpu=1), policy=Policy.profile().kill("ptrace"))
                       for n in range(4)]
            self.assertEqual([r.exit_code for r in pool.map(gs.run, configs)], list(range(4)))
            self.assertEqual(pool.map(in_child, range(6)), list(range(6)))
            limits = Limits(cpu=1, wall=5)
            results = [pool.apply_async(gs.run, ([probe(), "print", "5"],), {"stdout": Capture(3), "limits": limits})
                       for _ in range(2)]
            self.assertEqual([r.get(20).stdout for r in results], [b"ppp", b"ppp"])


class Threads(unittest.TestCase):
    def test_side_by_side(self) -> None:
        def one(n: int) -> bool:
            kind = n % 4
            if kind == 0:
                return gs.run([probe(), "exit", str(n)]).exit_code == n
            if kind == 1:
                return gs.run([probe(), "print", str(1000 + n)], stdout=Capture()).stdout == b"p" * (1000 + n)
            if kind == 2:
                return gs.run([probe(), "signal", "9"]).signal == signal.SIGKILL
            return gs.run([probe(), "cat"], stdin=b"%d" % n, stdout=Capture()).stdout == b"%d" % n
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            self.assertEqual([n for n, ok in enumerate(pool.map(one, range(200))) if not ok], [])

    def test_runs_do_not_hold_the_interpreter(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            before = time.monotonic()
            list(pool.map(lambda _: gs.run([probe(), "sleep", "300"]), range(8)))
            self.assertLess(time.monotonic() - before, 1.5)


class Pickles(unittest.TestCase):
    def test_values(self) -> None:
        policy = Policy.profile().deny("socket", errno.EACCES, gs.Arg(0, bits=32) == 1).kill("ptrace")
        config = gs.Config([probe(), Path("x"), b"\xff"], stdin=b"in", stdout=Capture(9), env={"A": "b"}, cwd=Path("/"),
                           limits=Limits(cpu=1), policy=policy, fds={5: gs.File("/dev/null")}, affinity=range(2),
                           user=(1, 2), rlimits={0: (1, 2)}, umask=0o22, nice=3)
        values = [config, Limits(cpu=1.5, processes=3, process_errno=11), Limits(), policy, Capture(10), gs.File("/tmp/x"),
                  gs.run([probe(), "print", "9"], stdout=Capture(4)), gs.run([probe(), "signal", "9"]),
                  gs.run([probe(), "umask"], policy=Policy.profile().kill("umask")), gs.run(["/no/such/program"])]
        for value in values:
            for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
                self.assertEqual(pickle.loads(pickle.dumps(value, protocol)), value)
        again = pickle.loads(pickle.dumps(values[1]))
        self.assertEqual(gs.run([probe(), "exit", "1"], limits=again).exit_code, 1)

    def test_errors(self) -> None:
        commands: List[List[str]] = [["/no/such/program"], [probe(), "exit", "3"], []]
        for argv in commands:
            try:
                gs.run(argv, check=True)
            except gs.Error as e:
                again = pickle.loads(pickle.dumps(e))
                self.assertEqual((type(again), str(again), vars(again)), (type(e), str(e), vars(e)))


class Leaks(unittest.TestCase):
    def test_nothing_is_left(self) -> None:
        def some(n: int) -> None:
            for i in range(n):
                gs.run([probe(), "exit", "0"], stdin=b"x", stdout=Capture(10), stderr=Capture(10))
                if i % 10 == 0:
                    gs.run(["/no/such/program"])
                    gs.run([probe(), "sleep", "20000"], limits=Limits(wall=0.01))
                    with gs.start([probe(), "sleep", "20000"]):
                        pass
        some(30)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(some, [10] * 4))
        before = descriptors(), children()
        baseline = threads()
        some(200)
        self.assertEqual((descriptors(), children()), before)
        self.assertLessEqual(threads(), baseline + 1)


class Loading(unittest.TestCase):
    def test_import_loads_nothing(self) -> None:
        script = "import gosandbox as gs; print('libgosandbox' in open('/proc/self/maps').read(), len(gs.__all__) > 5)"
        out, err = python(script, GOSANDBOX_LIBRARY="/no/such/library.so").communicate(timeout=20)
        self.assertEqual(out, b"False True\n", err)

    def test_missing(self) -> None:
        script = ("import gosandbox as gs\ntry: gs.run(['/bin/true'])\n"
                  "except ImportError as e: print(type(e).__name__, isinstance(e, gs.Error), e)")
        out, err = python(script, GOSANDBOX_LIBRARY="/no/such/library.so").communicate(timeout=20)
        self.assertTrue(out.startswith(b"LibraryNotFoundError True cannot load /no/such/library.so"), (out, err))
        self.assertIn(b"GOSANDBOX_LIBRARY", out)

    def test_wrong_library(self) -> None:
        out, err = python("import gosandbox as gs\ntry: gs.version()\nexcept gs.LibraryNotFoundError: print('refused')",
                          GOSANDBOX_LIBRARY="libc.so.6").communicate(timeout=20)
        self.assertEqual(out, b"refused\n", err)

    def test_package_says_what_it_exports(self) -> None:
        for name in gs.__all__:
            self.assertTrue(hasattr(gs, name), name)
        self.assertTrue((ROOT / "bindings" / "python" / "gosandbox" / "py.typed").exists())
