"""Runs that are joined by pipes."""

import asyncio
import pickle
import signal
import threading
import time
import unittest
from typing import Any, List

import gosandbox as gs
from gosandbox import Cause, Ending, HangUp, Status, Waiting

from .support import children, descriptors, fixture


def member(*args: str, **options: Any) -> gs.Config:
    options.setdefault("limits", gs.Limits(wall=30))
    return gs.Config([fixture("dialogue"), *args], **options)


class Groups(unittest.TestCase):
    def setUp(self) -> None:
        gs.run_group([member(), member()])
        self.before = descriptors()

    def tearDown(self) -> None:
        self.assertEqual(descriptors(), self.before)
        self.assertEqual(children(), [])

    def test_interaction(self) -> None:
        r = gs.interact(member("echo"), member("ask", "3", stderr=gs.Capture()))
        self.assertTrue(r.solution.ok and r.interactor.ok and r.group.ok)
        self.assertEqual((r.said, r.heard), (b"0\n1\n2\n", b"0\n1\n2\n"))
        self.assertEqual(r.interactor.stderr, b"")
        self.assertEqual(r.group.first_out, 1)
        self.assertIs(r.group.check(), r.group)
        self.assertEqual(r.group.dialogue[0].pipe, 1)
        self.assertLessEqual(r.group.dialogue[0].time, r.group.dialogue[-1].time)
        self.assertEqual(pickle.loads(pickle.dumps(r)), r)

    def test_transcript_of_a_few_bytes(self) -> None:
        r = gs.interact(member("echo"), member("ask", "100"), transcript=64)
        self.assertTrue(r.group.ok)
        self.assertEqual(len(r.said) + len(r.heard) + r.group.dialogue_dropped, 2 * 290)
        self.assertGreater(r.group.dialogue_dropped, 500)

    def test_deadlock(self) -> None:
        r = gs.run_group([member("read"), member("read")], gs.connect(0, 1))
        self.assertTrue(r.deadlock)
        for i, one in enumerate(r):
            self.assertEqual((one.status, one.cause), (Status.WALL_LIMIT, Cause.DEADLOCK))
            self.assertEqual(r.members[i], gs.Member(Waiting.READ, 1 - i))
        with self.assertRaises(gs.VerdictError):
            r.check()

    def test_group_limit(self) -> None:
        r = gs.run_group([member("sleep"), member("read")], gs.connect(0, 1), wall=0.3)
        self.assertEqual([one.status for one in r], [Status.WALL_LIMIT] * 2)
        self.assertFalse(r.deadlock)
        self.assertEqual(r.members[1], gs.Member(Waiting.READ, 0))
        self.assertIn("the limit of the group is 0.3 s", r[0].message)

    def test_hang_up(self) -> None:
        r = gs.run_group([member("flood"), member("hang-up")], gs.connect(0, 1))
        self.assertEqual(r[0].signal, signal.SIGPIPE)
        self.assertEqual((r.first_out, r.pipes[0].first), (1, HangUp.READER))
        self.assertIsNotNone(r.pipes[0].reader_time)

    def test_endings(self) -> None:
        r = gs.run_group([member("hang-up-spin"), member()], gs.connect(0, 1), ending=Ending.FIRST, grace=0.05)
        self.assertEqual((r[0].status, r[0].cause), (Status.CANCELLED, Cause.GROUP))

    def test_member_that_cannot_start(self) -> None:
        r = gs.run_group([member("echo"), gs.Config(["/no/such/program"])], gs.connect(0, 1))
        self.assertEqual([one.status for one in r], [Status.CANCELLED, Status.SETUP_FAILED])
        with self.assertRaises(gs.SetupError):
            r.check()

    def test_refused(self) -> None:
        two = [member(), member()]
        wrong: Any
        for wrong in ([], [1], [member()] * 65):
            with self.assertRaises(gs.ConfigError):
                gs.Group(wrong)
        for options in ({"wall": 0}, {"wall": -1}, {"grace": "x"}, {"transcript": -1}, {"pipes": [1]}, {"member": 64}):
            wrong = options
            with self.assertRaises(gs.ConfigError, msg=str(options)):
                gs.Group(two, **wrong)
        for pipe in (gs.Pipe(0, 1, 0, 0), gs.Pipe(0, 1, 2, 0), gs.Pipe(0, 1024, 1, 0)):
            with self.assertRaises(gs.ConfigError):
                gs.run_group(two, [pipe])
        with self.assertRaises(gs.ConfigError):
            gs.Pipe(-1, 0, 0, 0)
        with self.assertRaises(gs.ConfigError):
            gs.run_group([member(), member(stdin=b"x")], gs.connect(0, 1))

    def test_callbacks_of_all_members(self) -> None:
        calls: List[int] = []
        threads = set()

        def called(event: gs.Event) -> int:
            calls.append(event.pid)
            threads.add(threading.get_ident())
            return gs.ALLOW

        policy = gs.Policy().notify("read")
        both = [member("echo", policy=policy, on_syscall=called), member("ask", "3", policy=policy, on_syscall=called)]
        self.assertTrue(gs.run_group(both, gs.connect(0, 1)).ok)
        self.assertEqual(len(set(calls)), 2)
        self.assertEqual(threads, {threading.get_ident()})
        with gs.start_group(gs.Group(both, gs.connect(0, 1))) as task:
            self.assertTrue(task.wait().ok)
        self.assertEqual(len(threads), 2)

    def test_exception_of_a_callback(self) -> None:
        def called(event: gs.Event) -> int:
            raise KeyError("mine")

        asked = member("echo", policy=gs.Policy().notify("read"), on_syscall=called)
        with self.assertRaisesRegex(KeyError, "mine"):
            gs.run_group([asked, member("ask", "3")], gs.connect(0, 1))
        with gs.start_group(gs.Group([asked, member("sleep")], gs.connect(0, 1), ending=Ending.FIRST)) as task:
            with self.assertRaisesRegex(KeyError, "mine"):
                task.wait()
            assert task.result is not None
            self.assertEqual(task.result[0].status, Status.VIOLATION)

    def test_task(self) -> None:
        with gs.start_group(gs.Group([member("sleep"), member("sleep")])) as task:
            with self.assertRaises(gs.TaskTimeoutError):
                task.wait(0.1)
            self.assertGreater(task.pid(1), 0)
            with self.assertRaises(gs.ConfigError):
                task.pid(2)
            task.kill()
            r = task.wait()
            self.assertEqual([one.status for one in r], [Status.CANCELLED] * 2)
            self.assertIs(task.wait(), r)
            with self.assertRaises(TypeError):
                pickle.dumps(task)
        with gs.start_group(gs.Group([member("sleep"), member("sleep")])):
            pass  # killed

    def test_signal_handler_that_raises(self) -> None:
        def stop(*unused: object) -> None:
            raise InterruptedError("enough")

        before = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        begin = time.monotonic()
        with self.assertRaisesRegex(InterruptedError, "enough"):
            gs.run_group([member("sleep"), member("sleep")], gs.connect(0, 1))
        self.assertLess(time.monotonic() - begin, 10)

    def test_asyncio(self) -> None:
        async def all_three() -> List[gs.Interaction]:
            return list(await asyncio.gather(*[gs.interact_async(member("echo"), member("ask", str(n))) for n in (1, 2, 3)]))

        self.assertEqual([r.said for r in asyncio.run(all_three())], [b"0\n", b"0\n1\n", b"0\n1\n2\n"])

    def test_asyncio_cancelled(self) -> None:
        async def cancelled() -> None:
            await asyncio.wait_for(gs.run_group_async(gs.Group([member("sleep"), member("sleep")])), 0.2)

        with self.assertRaises(asyncio.TimeoutError):
            asyncio.run(cancelled())

    def test_pickle(self) -> None:
        group = gs.Group([member("echo"), member("ask", "3")], gs.connect(0, 1), wall=5, transcript=True)
        self.assertEqual(pickle.loads(pickle.dumps(group)), group)
        self.assertTrue(gs.run_group(pickle.loads(pickle.dumps(group))).ok)
