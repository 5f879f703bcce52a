"""Programs that run while the caller does something else."""

import math
import os
import pickle
import select
import signal
import threading
import time
import unittest
import warnings
from typing import Any, List, Optional

import gosandbox as gs
from gosandbox import Limits, Status

from .support import children, descriptors, probe

LONG = ["sleep", "20000"]


def started(pid: int) -> bool:
    """Whether the process executes the probe, so that a signal reaches the program and not its preparation."""
    return pid > 0 and os.path.exists(f"/proc/{pid}/exe") and os.readlink(f"/proc/{pid}/exe") == probe()


class Tasks(unittest.TestCase):
    def start(self, *args: str, **options: Any) -> gs.Task:
        task = gs.start([probe(), *args], **options)
        self.addCleanup(task.close)
        return task

    def test_wait(self) -> None:
        with self.start("exit", "7", stdout=gs.Capture()) as task:
            r = task.wait()
            self.assertEqual((r.status, r.exit_code, r.stdout), (Status.EXITED, 7, b""))
            self.assertIs(task.wait(), r)
            self.assertIs(task.result, r)
        self.assertIs(task.wait(0), r)

    def test_setup_failure_is_told_by_wait(self) -> None:
        with gs.start(["/no/such/program"]) as task:
            self.assertEqual(task.wait().status, Status.SETUP_FAILED)

    def test_timeout(self) -> None:
        with self.start(*LONG) as task:
            for timeout in (0, 0.1, -1):
                before = time.monotonic()
                with self.assertRaises(gs.TaskTimeoutError) as caught:
                    task.wait(timeout)
                self.assertIsInstance(caught.exception, TimeoutError)
                self.assertTrue(max(timeout, 0) <= time.monotonic() - before < timeout + 2)
            wrong: Any = "x"
            for bad in (math.nan, wrong):
                with self.assertRaises(gs.ConfigError):
                    task.wait(bad)

    def test_long_timeouts(self) -> None:
        for timeout in (1e6, 1e12, math.inf, 1e300):
            self.assertTrue(self.start("exit", "0").wait(timeout).ok)

    def test_timeout_in_a_thread(self) -> None:
        task = self.start(*LONG)
        seen: List[Any] = []

        def wait(timeout: Optional[float]) -> None:
            try:
                seen.append(task.wait(timeout).status)
            except gs.TaskTimeoutError as e:
                seen.append(type(e))
        waiters = [threading.Thread(target=wait, args=(t,)) for t in (0.1, None, None, 1e300)]
        for w in waiters:
            w.start()
        waiters[0].join()
        self.assertEqual(seen, [gs.TaskTimeoutError])
        task.kill()
        for w in waiters:
            w.join(10)
        self.assertEqual(seen[1:], [Status.CANCELLED] * 3)

    def test_kill(self) -> None:
        with self.start(*LONG) as task:
            task.kill()
            r = task.wait(10)
            self.assertEqual((r.status, r.cause), (Status.CANCELLED, gs.Cause.CANCELLED))
            self.assertEqual((r.exit_code, r.signal), (None, None))
            task.kill()
        task.kill()

    def test_leaving_kills(self) -> None:
        before = time.monotonic()
        with self.start("hold", "20000", limits=Limits(processes=2)) as task:
            pid = task.pid
        with self.start(*LONG) as task:
            pass
        assert task.result
        self.assertEqual(task.result.status, Status.CANCELLED)
        self.assertLess(time.monotonic() - before, 5)
        self.assertEqual(children(), [])
        self.assertIsInstance(pid, int)

    def test_closed(self) -> None:
        task = self.start("exit", "0")
        task.close()
        task.close()
        self.assertIsNotNone(task.wait())
        for use in (lambda: task.pid, task.fileno):
            with self.assertRaises(gs.Error):
                use()

    def test_fileno(self) -> None:
        with self.start("sleep", "200") as task:
            self.assertEqual(select.select([task], [], [], 0)[0], [])
            self.assertEqual(select.select([task], [], [], 10)[0], [task])
            self.assertEqual(select.select([task], [], [], 0)[0], [task])
            self.assertEqual(task.wait(0).exit_code, 0)

    def test_pid(self) -> None:
        with self.start("pid", stdout=gs.Capture()) as first, self.start(*LONG) as task:
            end = time.monotonic() + 5
            while not started(task.pid) and time.monotonic() < end:
                time.sleep(0.01)
            self.assertTrue(started(task.pid))
            os.kill(task.pid, signal.SIGTERM)
            self.assertEqual(task.wait(10).signal, signal.SIGTERM)
            self.assertGreater(int(first.wait().text()), 0)

    def test_forgotten(self) -> None:
        before = descriptors()
        task = gs.start([probe(), *LONG])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del task
        self.assertEqual([w.category for w in caught], [ResourceWarning])
        self.assertEqual((children(), descriptors()), ([], before))

    def test_no_pickle(self) -> None:
        with self.start("exit", "0") as task, self.assertRaises(TypeError):
            pickle.dumps(task)

    def test_file_object_may_be_forgotten(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file, which nobody closes here
            task = self.start("cat", stdin=open("/dev/null"), stdout=gs.Capture())
            self.assertTrue(task.wait().ok)
            task.close()

    def test_side_by_side(self) -> None:
        tasks = [self.start("exit", str(n)) for n in range(30)]
        self.assertEqual([t.wait().exit_code for t in tasks], list(range(30)))
