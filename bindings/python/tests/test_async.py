"""Runs in asyncio loops."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import unittest
from typing import Any, List

import gosandbox as gs
from gosandbox import Capture, Config, Status

from .support import children, descriptors, interrupted, probe, threads

LONG = Config([probe(), "sleep", "20000"])


async def until_started(task: gs.Task) -> None:
    await asyncio.sleep(0)  # and let the coroutines that await it begin
    while task.pid == 0 and task.result is None:
        await asyncio.sleep(0.005)


class Awaiting(unittest.TestCase):
    def test_fifty_at_once(self) -> None:
        async def main() -> List[gs.Result]:
            runs = [gs.run_async([probe(), "exit", str(n)], stdout=Capture()) for n in range(50)]
            return list(await asyncio.gather(*runs))
        gs.run(["/bin/true"])
        before = len(descriptors())
        results = asyncio.run(main())
        self.assertEqual([r.exit_code for r in results], list(range(50)))
        self.assertLessEqual(len(descriptors()), before + 2)  # the two that Go may open once in a process
        self.assertEqual(children(), [])

    def test_the_loop_goes_on(self) -> None:
        async def main() -> int:
            ticks = 0
            with gs.start([probe(), "sleep", "300"]) as task:
                waiting = asyncio.ensure_future(task)
                while not waiting.done():
                    await asyncio.sleep(0.01)
                    ticks += 1
                self.assertTrue((await waiting).ok)
            return ticks
        self.assertGreater(asyncio.run(main()), 3)

    def test_no_thread_waits_for_it(self) -> None:
        async def main() -> None:
            before = threading.active_count()
            async with gs.start([probe(), "sleep", "100"]) as task:
                waiting = asyncio.ensure_future(task)
                await asyncio.sleep(0)
                self.assertEqual(threading.active_count(), before)
                await waiting
        asyncio.run(main())

    def test_many_wait_for_one(self) -> None:
        async def main() -> None:
            async with gs.start([probe(), "sleep", "100"]) as task:
                results = await asyncio.gather(*[asyncio.ensure_future(task) for _ in range(5)])
                self.assertTrue(all(r.ok for r in results))
                self.assertIs(await task, task.result)
            self.assertTrue((await task).ok)
        asyncio.run(main())

    def test_many_loops(self) -> None:
        found: List[Any] = []

        def one(n: int) -> None:
            found.append(asyncio.run(gs.run_async([probe(), "exit", str(n)])).exit_code)
        workers = [threading.Thread(target=one, args=(n,)) for n in range(4)]
        for w in workers:
            w.start()
        for w in workers:
            w.join(20)
        self.assertEqual(sorted(found), [0, 1, 2, 3])

    def test_verdicts_and_exceptions(self) -> None:
        async def main() -> None:
            self.assertEqual((await gs.run_async(["/no/such/program"])).status, Status.SETUP_FAILED)
            with self.assertRaises(gs.SetupError):
                await gs.run_async(["/no/such/program"], check=True)
            with self.assertRaises(gs.VerdictError):
                await gs.run_async([probe(), "exit", "3"], check=True)
            with self.assertRaises(gs.ConfigError):
                await gs.run_async([])
            with self.assertRaises(gs.ConfigError):
                await gs.run_async(["a"], stdin=subprocess.PIPE)
            self.assertEqual((await gs.run_async([probe(), "print", "3"], stdout=subprocess.PIPE)).stdout, b"ppp")
            task = gs.start([probe(), "exit", "0"])
            task.close()
            self.assertTrue((await task).status in (Status.EXITED, Status.CANCELLED))
        asyncio.run(main())


class Cancelling(unittest.TestCase):
    def tearDown(self) -> None:
        self.assertEqual(children(), [])

    def test_cancel_kills(self) -> None:
        async def main() -> None:
            with gs.start(LONG) as task:
                waiting = asyncio.ensure_future(task)
                await until_started(task)
                waiting.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await waiting
                self.assertEqual(task.wait(0).status, Status.CANCELLED)  # it was gone before the exception came
            running = asyncio.ensure_future(gs.run_async(LONG))
            await asyncio.sleep(0.05)
            running.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await running
            self.assertEqual(children(), [])
        asyncio.run(main())

    def test_wait_for(self) -> None:
        async def main() -> None:
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(gs.run_async(LONG), 0.1)
            with gs.start(LONG) as task:
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(task, 0.1)
                self.assertEqual(task.wait(10).status, Status.CANCELLED)
        asyncio.run(main())

    def test_leaving_kills(self) -> None:
        async def main() -> None:
            async with gs.start(LONG) as task:
                await until_started(task)
            self.assertEqual((await task).status, Status.CANCELLED)
            self.assertEqual(children(), [])
        asyncio.run(main())

    def test_ctrl_c(self) -> None:
        out, err, _ = interrupted("asyncio.run(gs.gather([gs.Config([sys.argv[1], 'sleep', '20000'])] * 4, 4))")
        self.assertEqual(out, b"interrupted\nalone\n", err)


class Many(unittest.TestCase):
    def test_gather(self) -> None:
        configs = [Config([probe(), "exit", str(n)]) for n in range(12)]
        seen: List[int] = []
        results = asyncio.run(gs.gather(configs, 3, progress=lambda p: seen.append(p.done)))
        self.assertEqual([r.exit_code for r in results], list(range(12)))
        self.assertEqual(seen, list(range(1, 13)))
        self.assertEqual(asyncio.run(gs.gather([])), [])

    def test_parallelism_is_kept(self) -> None:
        async def main() -> int:
            most, stop = 0, False

            async def watch() -> None:
                nonlocal most
                while not stop:
                    most = max(most, len(children()))
                    await asyncio.sleep(0.01)
            watching = asyncio.ensure_future(watch())
            await gs.gather([Config([probe(), "sleep", "60"])] * 9, 3)
            stop = True
            await watching
            return most
        self.assertTrue(2 <= asyncio.run(main()) <= 3)

    def test_as_they_come(self) -> None:
        async def main() -> List[int]:
            configs = [Config([probe(), "sleep", "700"]), Config([probe(), "sleep", "1"])]
            return [done.index async for done in gs.as_completed(configs, 2)]
        self.assertEqual(asyncio.run(main()), [1, 0])

    def test_leaving_early_kills(self) -> None:
        async def main() -> None:
            runs = gs.as_completed([Config([probe(), "exit", "0"]), LONG, LONG], 2)
            async for done in runs:
                self.assertEqual(done.index, 0)
                break
            await runs.aclose()
            self.assertEqual(children(), [])
        asyncio.run(main())

    def test_an_exception_ends_it(self) -> None:
        async def main() -> None:
            with self.assertRaises(gs.ConfigError):
                await gs.gather([LONG, Config(["a"], stdin=-5), LONG], 3)
            self.assertEqual(children(), [])
        asyncio.run(main())

    def test_cancel(self) -> None:
        async def main() -> None:
            gathering = asyncio.ensure_future(gs.gather([LONG] * 5, 2))
            await asyncio.sleep(0.1)
            gathering.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await gathering
            self.assertEqual(children(), [])
        asyncio.run(main())


class Surroundings(unittest.TestCase):
    @unittest.skipIf(sys.version_info >= (3, 14), "child watchers are gone")
    def test_child_watchers_are_undisturbed(self) -> None:
        async def main() -> None:
            runs = [gs.run_async([probe(), "exit", "0"]) for _ in range(10)]
            process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "sleep 0.1; exit 7")
            results = await asyncio.gather(*runs)
            self.assertTrue(all(r.ok for r in results))
            self.assertEqual(await process.wait(), 7)
        asyncio.run(main())

    @unittest.skipIf(sys.version_info >= (3, 12), "the other child watchers are deprecated, then gone")
    def test_every_kind_of_child_watcher(self) -> None:
        async def main() -> None:
            runs = [gs.run_async([probe(), "exit", str(n)]) for n in range(10)]
            process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "sleep 0.1; exit 7")
            self.assertEqual([r.exit_code for r in await asyncio.gather(*runs)], list(range(10)))
            self.assertEqual(await process.wait(), 7)

        before = asyncio.get_event_loop_policy()
        log = logging.getLogger("asyncio")
        self.addCleanup(log.setLevel, log.level)
        log.setLevel(logging.ERROR)  # the fast one reaps whatever there is, and wonders about it
        for name in ("ThreadedChildWatcher", "PidfdChildWatcher", "SafeChildWatcher", "FastChildWatcher", "MultiLoopChildWatcher"):
            kind = getattr(asyncio, name, None)
            if kind is None:
                continue
            with self.subTest(name):
                asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
                asyncio.get_event_loop_policy().set_child_watcher(kind())
                try:
                    asyncio.run(main())
                finally:
                    asyncio.set_event_loop_policy(before)
                self.assertEqual(children(), [])

    def test_signal_wakeup_descriptor_stays(self) -> None:
        read, write = os.pipe()
        os.set_blocking(write, False)
        before = signal.set_wakeup_fd(write)
        try:
            gs.run([probe(), "exit", "0"])
            with gs.start([probe(), "exit", "0"]) as task:
                task.wait()
        finally:
            self.assertEqual(signal.set_wakeup_fd(before), write)
            os.close(read)
            os.close(write)

    def test_handlers_of_the_loop(self) -> None:
        async def main() -> int:
            seen: List[int] = []
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGUSR1, seen.append, 1)
            loop.call_later(0.05, os.kill, os.getpid(), signal.SIGUSR1)
            await gs.run_async([probe(), "sleep", "300"])
            loop.remove_signal_handler(signal.SIGUSR1)
            return len(seen)
        self.assertEqual(asyncio.run(main()), 1)

    def test_no_threads_are_left(self) -> None:
        asyncio.run(gs.gather([Config([probe(), "exit", "0"])] * 5, 5))
        before = threads()
        for _ in range(5):
            asyncio.run(gs.gather([Config([probe(), "exit", "0"])] * 10, 5))
        self.assertLessEqual(threads(), before + 2)
