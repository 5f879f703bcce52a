"""What a callback in Python costs: against the floor, which is a bare function that ctypes calls in the same place, and while another
thread of the host computes. Run by `make bench-python`.

Usage: bench_callback.py BUILD, the directory with bench/libcallback.so, bench/calls and fixtures/called."""

import ctypes
import os
import sys
import threading
import time
from typing import Any, List

import gosandbox as gs
from gosandbox import _abi
from gosandbox._handle import Handle
from gosandbox._library import library

_ROUNDS = 9
_N = 20000
_POLICY = gs.Policy.profile().notify("getppid")


def main(build: str) -> int:
    nothing = ctypes.CDLL(os.path.join(build, "bench", "libcallback.so")).allow
    program = os.path.join(build, "fixtures", "called")
    bare = _abi.gosandbox_syscall_cb(_bare)
    best = [float("inf")] * 3
    for _ in range(_ROUNDS):  # in turns, so that the machine's moods hit all; the least of each
        spent = (_run(program, c_callback=nothing), _run(program, c_callback=bare), _run(program, on_syscall=allow))
        best = [min(pair) for pair in zip(best, spent)]
    floor, cost = best[1] - best[0], best[2] - best[0]
    print(f"callback   in C {best[0]:5.2f} us a decision; ctypes adds {floor:5.2f} us, gosandbox {cost:5.2f} us: "
          f"ratio {cost / floor:4.2f} (at most 3)")
    median, most = _busy(os.path.join(build, "bench", "calls"))
    print(f"busy host  median {median:6.3f} ms a decision (at most 1), 99 of 100 within {most:6.3f} ms")
    return int(cost > 3 * floor or median > 1)


def allow(event: gs.Event) -> int:
    return gs.ALLOW


def _bare(call: Any, event: Any, out: Any, payload: Any) -> None:
    out[0] = gs.ALLOW


def _run(program: str, on_syscall: Any = None, c_callback: Any = None) -> float:
    """Microseconds for each decision."""
    config = gs.Config([program, "ppid", str(_N)], policy=_POLICY, on_syscall=on_syscall)
    with Handle(library(), config) as handle:
        if c_callback is not None:
            pointer = ctypes.cast(c_callback, _abi.gosandbox_syscall_cb)
            handle.lib.check(handle.lib.config_set_callback(handle.handle, pointer, None))
        out = ctypes.c_void_p()
        before = time.perf_counter()
        handle.lib.check(handle.lib.run(handle.handle, ctypes.byref(out)))
        spent = time.perf_counter() - before
        handle.lib.result_free(out)
    return spent / _N * 1e6


def _busy(program: str) -> List[float]:
    """Milliseconds for calls that are made now and then, as the program measures them: median and 99th of 100."""
    stop: List[bool] = []

    def work() -> None:
        while not stop:
            sum(range(100))
    thread = threading.Thread(target=work)
    thread.start()
    try:
        r = gs.run([program, "300", "1000"], policy=_POLICY, on_syscall=allow, stdout=gs.Capture(), limits=gs.Limits(wall=60))
    finally:
        stop.append(True)
        thread.join()
    return [int(word) / 1e6 for word in r.check().text().split()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
