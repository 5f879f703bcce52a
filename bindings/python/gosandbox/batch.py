"""Many runs, some at once, from ordinary (not asyncio) code."""

from __future__ import annotations

import os
import queue
import threading
from typing import Dict, Iterable, Iterator, List, Optional, Union

from ._handle import Handle
from ._library import library
from .config import Config
from .cores import Slot, slots
from .errors import BatchCancelledError
from .progress import Completed, Counter, ProgressOption
from .result import Result
from .task import Task


class Batch:
    """Runs many configs, some at once, on threads of its own, from now on. Use it in a `with` block: leaving that
    cancels what has not ended::

        with gs.Batch(configs, parallelism=4) as batch:
            for done in batch:
                print(done.index, done.result.status.name)

    Iterating gives a Completed for each run as it ends, `in_order` in the order of the configs, `results` all results
    as a list. Each run is given once: use one of the three, in one thread. Ctrl-C interrupts them at once.

    Args:
        configs: What to run.
        parallelism: How many run at once; None: as many as there are cores.
        pin: True: every place has cores of its own (its thread is bound to them, and programs inherit that), so that
            timings do not disturb each other; ConfigError when there are too few. None: the same where there are
            enough, else they share. False: they share.
        progress: Called with a Progress after each run, in the thread that iterates; True shows a bar on stderr when
            that is a terminal.

    Verdicts are results. An exception, as of `run`, is raised where the run would be given, and cancels the rest."""

    def __init__(self, configs: Iterable[Config], parallelism: Optional[int] = None, *, pin: Optional[bool] = None,
                 progress: ProgressOption = None) -> None:
        self._configs = list(configs)
        self._counter = Counter(len(self._configs), progress)
        self._done: queue.SimpleQueue[Union[Completed, BaseException, None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._next = 0
        self._running: Dict[int, Task] = {}
        self._cancelled = False
        library()  # in this thread: who forked is told so here
        places = slots(parallelism, pin)[:len(self._configs)]
        self._threads = [threading.Thread(target=self._work, args=(p,), name=f"gosandbox-batch-{i}", daemon=True)
                         for i, p in enumerate(places)]
        self._working = len(self._threads)
        for thread in self._threads:
            thread.start()

    def __iter__(self) -> Iterator[Completed]:
        """Each run as it ends. After `cancel` those that ran, which have status CANCELLED, and no more."""
        while self._working:
            item = self._done.get()
            if item is None:
                self._working -= 1
            elif isinstance(item, BaseException):
                self.cancel()
                raise item
            else:
                self._counter.count(item)
                yield item

    def in_order(self) -> Iterator[Completed]:
        """Each run in the order of the configs, as early as that can be."""
        early: Dict[int, Completed] = {}
        following = 0
        for completed in self:
            early[completed.index] = completed
            while following in early:
                yield early.pop(following)
                following += 1
        for index in sorted(early):  # of a batch that was cancelled
            yield early[index]

    def results(self) -> List[Result]:
        """All results, in the order of the configs. Raises BatchCancelledError when `cancel` kept some from being
        started."""
        results = {completed.index: completed.result for completed in self}
        if len(results) < len(self._configs):
            raise BatchCancelledError(len(self._configs), results)
        return [results[i] for i in range(len(self._configs))]

    def cancel(self) -> None:
        """Kills what runs, status CANCELLED, and starts nothing more. Does not wait. Any thread may call it."""
        with self._lock:
            self._cancelled = True
            for task in self._running.values():
                task.kill()

    def close(self) -> None:
        """Cancels, and waits until every program is gone."""
        self.cancel()
        for thread in self._threads:
            thread.join()
        self._counter.close()

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def _work(self, place: Slot) -> None:
        try:
            if place is not None:
                os.sched_setaffinity(threading.get_native_id(), place)
            while self._one():
                pass
        except BaseException as e:
            self._done.put(e)
        finally:
            self._done.put(None)

    def _one(self) -> bool:
        """Runs the next config. False when there is none."""
        with self._lock:
            if self._cancelled or self._next == len(self._configs):
                return False
            index = self._next
            self._next += 1
        config = self._configs[index]
        with Handle(library(), config) as handle, Task(handle) as task:
            with self._lock:
                self._running[index] = task
                if self._cancelled:
                    task.kill()
            try:
                result = task.wait()
            finally:
                with self._lock:
                    del self._running[index]
        self._done.put(Completed(index, config, result))
        return True


def run_batch(configs: Iterable[Config], parallelism: Optional[int] = None, *, pin: Optional[bool] = None,
              progress: ProgressOption = None) -> List[Result]:
    """Runs many configs, some at once, and gives their results in the order of the configs. Arguments and exceptions
    are those of `Batch`; Ctrl-C kills all."""
    with Batch(configs, parallelism, pin=pin, progress=progress) as batch:
        return batch.results()
