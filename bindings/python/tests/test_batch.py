"""Many runs, some at once, on threads."""

import contextlib
import io
import os
import pickle
import sys
import threading
import time
import unittest
from typing import List
from unittest import mock

import gosandbox as gs
from gosandbox import Batch, Capture, Config, Status
from gosandbox import cores, progress

from .support import children, descriptors, interrupted, probe

LONG = Config([probe(), "sleep", "20000"])


class Batches(unittest.TestCase):
    def tearDown(self) -> None:
        self.assertEqual(children(), [])
        self.assertEqual([t for t in threading.enumerate() if t.name.startswith("gosandbox")], [])

    def test_results(self) -> None:
        configs = [Config([probe(), "exit", str(n)]) for n in range(20)]
        gs.run([probe(), "exit", "0"])
        before = len(descriptors())
        self.assertEqual([r.exit_code for r in gs.run_batch(configs, 4)], list(range(20)))
        self.assertEqual(gs.run_batch([]), [])
        self.assertLessEqual(len(descriptors()), before + 2)  # the two that Go may open once in a process

    def test_as_they_come(self) -> None:
        with Batch([Config([probe(), "sleep", "700"]), Config([probe(), "sleep", "1"])], 2) as batch:
            done = list(batch)
        self.assertEqual([d.index for d in done], [1, 0])
        self.assertEqual(done[0].config.argv, (probe(), "sleep", "1"))

    def test_in_order(self) -> None:
        configs = [Config([probe(), "sleep", ms]) for ms in ("300", "1", "200", "1", "1")]
        with Batch(configs, 3) as batch:
            self.assertEqual([d.index for d in batch.in_order()], list(range(5)))

    def test_progress(self) -> None:
        seen: List[gs.Progress] = []
        gs.run_batch([Config([probe(), "exit", "0"])] * 5, 2, progress=seen.append)
        self.assertEqual([(p.done, p.total) for p in seen], [(n, 5) for n in range(1, 6)])
        self.assertEqual({p.last.index for p in seen}, set(range(5)))

        def bad(_: gs.Progress) -> None:
            raise RuntimeError("no more")
        with self.assertRaisesRegex(RuntimeError, "no more"):
            gs.run_batch([Config([probe(), "exit", "0"])] + [LONG] * 3, 2, progress=bad)

    def test_cancel(self) -> None:
        with Batch([Config([probe(), "exit", "0"])] + [LONG] * 5, 2) as batch:
            first = next(iter(batch))
            self.assertTrue(first.result.ok)
            threading.Timer(0.1, batch.cancel).start()
            rest = list(batch)
        self.assertTrue(1 <= len(rest) <= 3)
        self.assertEqual({d.result.status for d in rest}, {Status.CANCELLED})
        with Batch([LONG] * 5, 2) as batch:
            batch.cancel()
            with self.assertRaises(gs.BatchCancelledError) as caught:
                batch.results()
        self.assertLess(len(caught.exception.results), 5)
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual(str(again), str(caught.exception))

    def test_leaving_kills(self) -> None:
        with Batch([LONG] * 5, 3):
            time.sleep(0.1)

    def test_an_exception_cancels(self) -> None:
        with self.assertRaises(gs.ConfigError):
            gs.run_batch([LONG, Config(["a"], stdin=-5), LONG], 2)

    def test_parallelism(self) -> None:
        for bad in (0, -1, 1.5, "2", 5000):
            with self.assertRaises(gs.ConfigError):
                Batch([LONG], bad)  # type: ignore[arg-type]

    def test_ctrl_c(self) -> None:
        out, err, _ = interrupted("gs.run_batch([gs.Config([sys.argv[1], 'sleep', '20000'])] * 8, 4)")
        self.assertEqual(out, b"interrupted\nalone\n", err)


class Places(unittest.TestCase):
    def test_cores(self) -> None:
        with mock.patch.object(cores, "_siblings", lambda cpu: str(cpu // 2)):
            self.assertEqual(cores.cores({0, 1, 2, 3, 5}), [(0, 1), (2, 3), (5,)])
            with mock.patch.object(os, "sched_getaffinity", lambda _: {0, 1, 2, 3, 4, 5, 6, 7}):
                self.assertEqual(cores.slots(None, None), [(0, 1), (2, 3), (4, 5), (6, 7)])
                self.assertEqual(cores.slots(1, None), [(0, 1, 2, 3, 4, 5, 6, 7)])
                self.assertEqual(cores.slots(3, True), [(0, 1), (2, 3), (4, 5)])
                self.assertEqual(cores.slots(8, True), [(n,) for n in range(8)])
                self.assertEqual(cores.slots(9, None), [None] * 9)
                self.assertEqual(cores.slots(2, False), [None] * 2)
                with self.assertRaises(gs.ConfigError):
                    cores.slots(9, True)

    def test_programs_run_there(self) -> None:
        places = cores.slots(None, True)
        seen = {r.text() for r in gs.run_batch([Config([probe(), "cpus"], stdout=Capture())] * 6, pin=True)}
        allowed = {"".join(f"{c} " for c in place or ()) for place in places}
        self.assertTrue(seen and seen <= allowed, (seen, allowed))
        own = Config([probe(), "cpus"], stdout=Capture(), affinity=sorted(os.sched_getaffinity(0))[:1])
        expected = "".join(f"{c} " for c in own.affinity or ())
        self.assertEqual([r.text() for r in gs.run_batch([own] * 3, pin=True)], [expected] * 3)

    def test_this_thread_stays_where_it_was(self) -> None:
        before = os.sched_getaffinity(0)
        gs.run_batch([Config([probe(), "exit", "0"])] * 3, pin=True)
        self.assertEqual(os.sched_getaffinity(0), before)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Bars(unittest.TestCase):
    def run_with_bar(self, stream: io.StringIO) -> str:
        with contextlib.redirect_stderr(stream):
            gs.run_batch([Config([probe(), "exit", "0"])] * 3, 2, progress=True)
        return stream.getvalue()

    def test_not_on_a_file(self) -> None:
        self.assertEqual(self.run_with_bar(io.StringIO()), "")

    def test_plain(self) -> None:
        with mock.patch.object(progress, "_tqdm", lambda total: None):
            self.assertTrue(self.run_with_bar(Terminal()).endswith("\r[" + "#" * 30 + "] 3/3\n"))

    def test_with_tqdm_or_without(self) -> None:
        with mock.patch.dict(sys.modules, {"tqdm": None}):
            self.assertIn("] 3/3", self.run_with_bar(Terminal()))
        self.assertIn("3/3", self.run_with_bar(Terminal()))
