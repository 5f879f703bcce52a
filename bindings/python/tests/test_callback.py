"""Callbacks: every answer in both phases, what an event gives, exceptions, threads, tasks and asyncio."""

import asyncio
import errno
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
import traceback
import unittest
from typing import Any, Callable, List, Optional

import gosandbox as gs
from gosandbox import Capture, Limits, Phase, Policy, Status

from .support import children, descriptors, fixture, python

ASKED = Policy.profile().notify("getppid")
OPENS = Policy.profile().notify("openat")


def called(*args: str, policy: Policy = ASKED, **options: Any) -> gs.Result:
    return gs.run([fixture("called"), *args], policy=policy, stdout=Capture(), limits=Limits(wall=30), **options)


def always(answer: Any) -> Callable[[gs.Event], Any]:
    return lambda event: answer


def then(answer: Any) -> Callable[[gs.Event], Any]:
    """INSPECT, and `answer` in phase EXIT."""
    return lambda event: gs.INSPECT if event.phase is Phase.ENTRY else answer


def four_thousand(event: gs.Event) -> gs.Answer:
    """A callback that can be pickled."""
    return gs.RETURN(4000)


class Boom(Exception):
    pass


def boom(event: gs.Event) -> gs.Answer:
    raise Boom(event.name)


class Answers(unittest.TestCase):
    def say(self, answer: Callable[[gs.Event], Any], *args: str, **options: Any) -> str:
        r = called(*(args or ("getppid",)), on_syscall=answer, **options)
        self.assertTrue(r.ok, r)
        return r.text()

    def test_entry(self) -> None:
        ours = f"{os.getpid()} errno 0\n"
        self.assertEqual(self.say(always(gs.ALLOW)), ours)
        self.assertEqual(self.say(always(gs.DEFER)), ours)
        self.assertEqual(self.say(always(gs.ERRNO(errno.EXDEV))), "-1 errno 18\n")
        self.assertEqual(self.say(always(gs.RETURN(4711))), "4711 errno 0\n")
        self.assertEqual(self.say(always(gs.RETURN(-errno.EPERM))), "-1 errno 1\n")
        self.assertEqual(self.say(always(gs.RETURN(1 << 40))), f"{1 << 40} errno 0\n")

    def test_exit(self) -> None:
        self.assertEqual(self.say(then(gs.ALLOW)), f"{os.getpid()} errno 0\n")
        self.assertEqual(self.say(then(gs.ERRNO(errno.ENOSPC))), "-1 errno 28\n")
        self.assertEqual(self.say(then(gs.RETURN(99))), "99 errno 0\n")

    def test_kill(self) -> None:
        for answer in (always(gs.KILL), then(gs.KILL)):
            r = called("getppid", on_syscall=answer)
            self.assertEqual((r.status, r.cause), (Status.VIOLATION, gs.Cause.VIOLATION))
            assert r.syscall is not None
            self.assertEqual(r.syscall.name, "getppid")

    def test_opened(self) -> None:
        before = descriptors()
        with tempfile.TemporaryFile() as file:
            file.write(b"instead")
            for cloexec in (True, False):
                file.flush()
                file.seek(0)
                out = self.say(always(gs.OPENED(file, cloexec)), "open", "/etc/shadow", policy=OPENS)
                self.assertEqual(out, f"fd 3 cloexec {int(cloexec)}: instead\n")
                self.assertFalse(file.closed)
            file.seek(0)
            self.say(always(gs.OPENED(file.fileno())), "open", "/etc/shadow", policy=OPENS)
        # Nobody else holds these, and they are closed afterwards.
        for number in (False, True):
            made: List[Any] = []

            def give(event: gs.Event) -> gs.Answer:
                file: Any = os.open("/dev/null", os.O_RDONLY) if number else open("/dev/null", "rb")
                made.append(file)
                return gs.OPENED(file, close=True)
            self.assertEqual(self.say(give, "open", "/etc/shadow", policy=OPENS), "fd 3 cloexec 1: \n")
            self.assertTrue(number or made[0].closed)
        self.assertEqual(descriptors(), before)

    def test_what_is_no_answer(self) -> None:
        wrong: List[Any] = [None, True, False, "ALLOW", 1.0, -1, 1 << 32, 1, gs.NOTIFY, object(), gs.OPENED(999)]
        for answer in wrong:
            with self.subTest(answer=answer), self.assertRaises(gs.CallbackError) as caught:
                called("open", "/dev/null", policy=OPENS, on_syscall=always(answer))
            self.assertIsInstance(caught.exception, TypeError)
            assert caught.exception.result is not None
            self.assertIn(caught.exception.result.status, (Status.VIOLATION, Status.INTERNAL))
        for answer in (gs.INSPECT, gs.DEFER, gs.OPENED(0)):  # not after the call
            with self.subTest(answer=answer), self.assertRaises(gs.CallbackError):
                called("getppid", on_syscall=then(answer))
        bad: List[Callable[[], Any]] = [lambda: gs.RETURN(1 << 63), lambda: called("getppid", on_syscall="x")]
        for make in bad:
            with self.assertRaises(gs.ConfigError):
                make()
        file = open("/dev/null")
        file.close()
        with self.assertRaises(gs.ConfigError):  # as for every descriptor
            called("open", "/dev/null", policy=OPENS, on_syscall=always(gs.OPENED(file)))

    def test_nobody_to_ask(self) -> None:
        with self.assertRaises(gs.ConfigError):
            called("getppid")


class Events(unittest.TestCase):
    def test_fields(self) -> None:
        seen: List[Any] = []

        def look(e: gs.Event) -> gs.Answer:
            seen.append((e.name, e.phase, e.ret))
            self.assertGreater(e.pid, 0)
            self.assertEqual(e.tid, e.pid)
            self.assertGreater(e.ip, 0)
            self.assertEqual(len(e.args), 6)
            self.assertIn(e.arch, list(gs.Arch))
            self.assertEqual(len(e.read(e.ip, 8)), 8)
            self.assertEqual(e.read(e.ip, 0), b"")
            self.assertIn("getppid", repr(e))
            return gs.INSPECT if e.phase is Phase.ENTRY else gs.ALLOW
        self.assertTrue(called("getppid", on_syscall=look).ok)
        self.assertEqual(seen, [("getppid", Phase.ENTRY, 0), ("getppid", Phase.EXIT, os.getpid())])

    def test_paths(self) -> None:
        seen: List[Any] = []

        def look(e: gs.Event) -> gs.Answer:
            seen.append((e.path(), e.path(1, 0), e.read_string(e.args[1]), e.read(e.args[1], 4)))
            return gs.ALLOW
        called("open", "dir/../no such file", policy=OPENS, cwd="/usr/lib", on_syscall=look)
        whole = "/usr/lib/dir/../no such file"
        self.assertEqual(seen, [(whole, whole, "dir/../no such file", b"dir/")])
        seen.clear()
        called("open", b"/\xff\xfe", policy=OPENS, on_syscall=look)  # type: ignore[arg-type]
        self.assertEqual(os.fsencode(seen[0][0]), b"/\xff\xfe")

    def test_changes(self) -> None:
        policy = Policy.profile().notify("write")

        def shorten(e: gs.Event) -> gs.Answer:
            e.set_arg(2, 3)
            return gs.ALLOW

        def rewrite(e: gs.Event) -> gs.Answer:
            self.assertEqual(e.write(e.args[1], b"CHANGE"), 6)
            return gs.ALLOW
        self.assertEqual(called("write", "abcdef", policy=policy, on_syscall=shorten).stdout, b"abc")
        self.assertEqual(called("write", "abcdef", policy=policy, on_syscall=rewrite).stdout, b"CHANGE")

    def test_errors(self) -> None:
        def look(e: gs.Event) -> gs.Answer:
            asks: List[Callable[[], Any]] = [lambda: e.read(1, 8), lambda: e.read_string(1), lambda: e.write(1, b"x")]
            for ask in asks:
                with self.assertRaises(gs.EventError) as caught:
                    ask()
                self.assertIsInstance(caught.exception, OSError)
                self.assertEqual(caught.exception.errno, errno.EFAULT)
            with self.assertRaises(gs.EventError) as caught:
                e.read_string(e.args[1], 4)
            self.assertEqual(caught.exception.errno, errno.ENAMETOOLONG)
            wrong: List[Callable[[], Any]] = [
                lambda: e.read(-1, 8), lambda: e.read(e.ip, -1), lambda: e.read_string(e.ip, 0), lambda: e.path(6),
                lambda: e.path(1, 9), lambda: e.set_arg(6, 0), lambda: e.set_arg(0, 1 << 64)]
            for ask in wrong:
                with self.assertRaises(gs.ConfigError):
                    ask()
            with self.assertRaises(TypeError):
                pickle.dumps(e)
            return gs.ALLOW
        self.assertTrue(called("open", "/dev/null", policy=OPENS, on_syscall=look).ok)

    def test_over(self) -> None:
        kept: List[gs.Event] = []

        def keep(e: gs.Event) -> gs.Answer:
            kept.append(e)
            return gs.ALLOW

        def keep_and_raise(e: gs.Event) -> gs.Answer:
            kept.append(e)
            raise Boom
        called("ppid", "2", on_syscall=keep)
        with self.assertRaises(Boom):
            called("getppid", on_syscall=keep_and_raise)
        self.assertEqual(len(kept), 3)
        for e in kept:
            uses: List[Callable[[], Any]] = [
                lambda: e.name, lambda: e.nr, lambda: e.arch, lambda: e.args, lambda: e.pid, lambda: e.tid,
                lambda: e.phase, lambda: e.ret, lambda: e.ip, lambda: e.read(1, 1), lambda: e.read_string(1),
                lambda: e.path(), lambda: e.write(1, b""), lambda: e.set_arg(0, 0)]
            for use in uses:
                with self.assertRaises(gs.Error) as caught:
                    use()
                self.assertIn("over", str(caught.exception))
            self.assertIn("over", repr(e))

    def test_gone(self) -> None:
        """The wall limit kills the program while it is being asked about: that is a verdict, no exception."""
        def dawdle(e: gs.Event) -> gs.Answer:
            time.sleep(0.7)
            e.read(e.ip, 8)
            raise Boom
        r = gs.run([fixture("called"), "getppid"], policy=ASKED, limits=Limits(wall=0.2), on_syscall=dawdle)
        self.assertEqual(r.status, Status.WALL_LIMIT)


class Exceptions(unittest.TestCase):
    def booms(self, run: Callable[[], Any]) -> None:
        try:
            run()
        except Boom as e:
            self.assertEqual(str(e), "getppid")
            names = [frame.name for frame in traceback.extract_tb(e.__traceback__)]
            self.assertEqual((names[-1], names.count("boom")), ("boom", 1))
        else:
            self.fail("nothing was raised")

    def test_run(self) -> None:
        before = descriptors()
        self.booms(lambda: called("ppid", "100", on_syscall=boom))
        self.assertEqual((descriptors(), children()), (before, []))

    def test_odd_ones(self) -> None:
        def leave(e: gs.Event) -> gs.Answer:
            raise SystemExit(3)

        def stop(e: gs.Event) -> gs.Answer:
            raise StopIteration

        def close(e: gs.Event) -> gs.Answer:
            raise GeneratorExit
        for callback, kind in ((leave, SystemExit), (stop, StopIteration), (close, gs.CallbackError)):
            with self.assertRaises(kind):
                called("ppid", "5", on_syscall=callback)

    def test_after_the_call(self) -> None:
        with self.assertRaises(Boom):
            called("getppid", on_syscall=lambda e: gs.INSPECT if e.phase is Phase.ENTRY else boom(e))

    def test_thread(self) -> None:
        seen: List[Any] = []

        def work() -> None:
            self.booms(lambda: called("getppid", on_syscall=boom))
            seen.append(True)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(seen, [True])

    def test_task(self) -> None:
        with gs.start([fixture("called"), "getppid"], policy=ASKED, on_syscall=boom) as task:
            for _ in range(3):
                self.booms(task.wait)
            assert task.result is not None
            self.assertEqual(task.result.status, Status.VIOLATION)
        with gs.start([fixture("called"), "getppid"], policy=ASKED, on_syscall=always(None)) as task:
            with self.assertRaises(gs.CallbackError):
                task.wait()

    def test_asyncio(self) -> None:
        async def main() -> None:
            with self.assertRaises(Boom):
                await gs.gather([gs.Config([fixture("called"), "getppid"], policy=ASKED, on_syscall=boom)] * 4)
        asyncio.run(main())
        run = gs.run_async([fixture("called"), "getppid"], policy=ASKED, on_syscall=boom)
        self.booms(lambda: asyncio.run(run))

    def test_batch(self) -> None:
        with self.assertRaises(Boom):
            gs.run_batch([gs.Config([fixture("called"), "getppid"], policy=ASKED, on_syscall=boom)] * 4)


class Places(unittest.TestCase):
    def test_threads_of_callbacks(self) -> None:
        where: List[int] = []

        def note(e: gs.Event) -> gs.Answer:
            where.append(threading.get_ident())
            return gs.ALLOW
        called("ppid", "5", on_syscall=note)
        self.assertEqual(where, [threading.get_ident()] * 5)
        where.clear()
        with gs.start([fixture("called"), "ppid", "5"], policy=ASKED, on_syscall=note) as task:
            self.assertTrue(task.wait().ok)
        self.assertEqual(len(where), 5)
        self.assertNotIn(threading.get_ident(), where)

    def test_asyncio(self) -> None:
        count: List[str] = []

        def note(e: gs.Event) -> gs.Answer:
            count.append(e.name)
            return gs.RETURN(7)

        async def main() -> None:
            config = gs.Config([fixture("called"), "getppid"], policy=ASKED, on_syscall=note, stdout=Capture())
            results = await gs.gather([config] * 6, 3)
            self.assertEqual([r.stdout for r in results], [b"7 errno 0\n"] * 6)
        asyncio.run(main())
        self.assertEqual(len(count), 6)

    def test_threads_of_the_program(self) -> None:
        count: List[int] = []

        def note(e: gs.Event) -> gs.Answer:
            count.append(e.tid)
            return gs.INSPECT if e.phase is Phase.ENTRY else gs.ALLOW
        self.assertTrue(called("threads", "8", "25", on_syscall=note).ok)
        self.assertEqual((len(count), len(set(count))), (400, 8))

    def test_many_runs(self) -> None:
        """Each hears of its own calls only."""
        wrong: List[Any] = []

        def work(i: int) -> None:
            def note(e: gs.Event) -> gs.Answer:
                mine.append(e.tid)
                return gs.RETURN(i)
            mine: List[int] = []
            for _ in range(2):
                r = called("getppid", on_syscall=note)
                if r.stdout != b"%d errno 0\n" % i:
                    wrong.append((i, r))
            if len(mine) != 2:
                wrong.append((i, mine))
        threads = [threading.Thread(target=work, args=(i,)) for i in range(64)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(wrong, [])
        self.assertEqual(children(), [])

    def test_run_inside(self) -> None:
        def nest(e: gs.Event) -> gs.Answer:
            return gs.RETURN(int(called("getppid", on_syscall=four_thousand).text().split()[0]) + 1)
        self.assertEqual(called("getppid", on_syscall=nest).stdout, b"4001 errno 0\n")

    def test_pickle(self) -> None:
        config = gs.Config([fixture("called"), "getppid"], policy=ASKED, on_syscall=four_thousand, stdout=Capture())
        copy = pickle.loads(pickle.dumps(config))
        self.assertEqual(copy, config)
        self.assertEqual(gs.run(copy).stdout, b"4000 errno 0\n")
        self.assertEqual(pickle.loads(pickle.dumps(gs.RETURN(3))), gs.RETURN(3))

    def test_closed_early(self) -> None:
        """A task that is thrown away is not asked about any more."""
        def slow(e: gs.Event) -> gs.Answer:
            time.sleep(0.01)
            return gs.ALLOW
        for _ in range(5):
            with gs.start([fixture("called"), "ppid", "100000"], policy=ASKED, on_syscall=slow) as task:
                time.sleep(0.02)
            assert task.result is not None
            self.assertEqual(task.result.status, Status.CANCELLED)


    def test_the_interpreter_leaves(self) -> None:
        """Neither a task nor a daemon thread keeps it, and nothing crashes."""
        head = """if True:
            import sys, threading, time, gosandbox as gs
            what = dict(policy=gs.Policy.profile().notify("getppid"), limits=gs.Limits(wall=20))
            asked = threading.Event()
            def allow(event):
                asked.set()
                return gs.ALLOW
            """
        for way in ("task = gs.start([sys.argv[1], 'ppid', '1000000000'], on_syscall=allow, **what)",
                    "threading.Thread(target=gs.run, args=([sys.argv[1], 'ppid', '1000000000'],), "
                    "kwargs=dict(on_syscall=allow, **what), daemon=True).start()"):
            with python(head + way + "\n            asked.wait()", fixture("called")) as process:
                try:
                    out, err = process.communicate(timeout=60)
                finally:
                    process.kill()
            self.assertEqual((process.returncode, out), (0, b""), err)

    def test_switch_interval(self) -> None:
        """It is short while a callback may come, and what it was afterwards."""
        before = sys.getswitchinterval()
        seen: List[float] = []

        def note(e: gs.Event) -> gs.Answer:
            seen.append(sys.getswitchinterval())
            return gs.ALLOW
        called("getppid", on_syscall=note)
        with self.assertRaises(Boom):
            called("getppid", on_syscall=boom)
        with gs.start([fixture("called"), "getppid"], policy=ASKED, on_syscall=note):
            pass
        with gs.start([fixture("called"), "getppid"], policy=ASKED, on_syscall=note) as task:
            task.wait()
            self.assertEqual(sys.getswitchinterval(), before)
        with self.assertRaises(gs.ConfigError):
            called("getppid", on_syscall=note, policy=Policy.profile("nosuch"))
        self.assertLess(max(seen), 0.001)
        self.assertEqual(sys.getswitchinterval(), before)


class Signals(unittest.TestCase):
    def interrupt(self, callback: Optional[Callable[[gs.Event], Any]], *args: str) -> None:
        before, mask = signal.getsignal(signal.SIGINT), signal.pthread_sigmask(signal.SIG_BLOCK, [])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        started = time.monotonic()
        try:
            with self.assertRaises(KeyboardInterrupt):
                gs.run([fixture("called"), *args], policy=ASKED if callback else None, on_syscall=callback)
        finally:
            timer.join()
            signal.signal(signal.SIGINT, before)
        self.assertLess(time.monotonic() - started, 10)
        self.assertEqual(signal.pthread_sigmask(signal.SIG_BLOCK, []), mask)
        self.assertEqual(children(), [])

    def test_interrupt(self) -> None:
        self.interrupt(None, "ppid", "1000000000")
        for _ in range(5):
            self.interrupt(always(gs.ALLOW), "ppid", "1000000000")
            self.interrupt(then(gs.ALLOW), "ppid", "1000000000")

    def test_handlers_run_meanwhile(self) -> None:
        rang: List[int] = []

        def ring(number: int, frame: object) -> None:
            rang.append(threading.get_ident())
        before = signal.signal(signal.SIGALRM, ring)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
            self.assertTrue(gs.run([fixture("probe"), "sleep", "400"]).ok)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assertGreaterEqual(len(rang), 2)
        self.assertEqual(set(rang), {threading.get_ident()})


if __name__ == "__main__":
    unittest.main()
