"""A Python host: crash handlers, subprocesses and runs in many threads at once, each getting what is its own."""
import faulthandler
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import gosandbox as gs

PROBE = str(Path(os.environ.get("BUILD", "build")).resolve() / "fixtures" / "probe")
passed = failed = 0


def check(condition: bool, text: str) -> None:
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print("FAIL h_python.py:", text)


def runs(first: int) -> None:
    for i in range(20):
        code = (first + i) % 250
        r = gs.run([PROBE, "exit", str(code)])
        check(r.exit_code == code, f"a run gave {r.exit_code} for {code}")


def subprocesses(first: int) -> None:
    for i in range(10):
        code = (first + i) % 250
        got = subprocess.run([PROBE, "exit", str(code)]).returncode
        check(got == code, f"subprocess gave {got} for {code}: somebody else reaped it")


def side_by_side() -> None:
    threads = [threading.Thread(target=runs if n % 2 else subprocesses, args=(n * 30,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def wakeup_descriptor() -> None:
    """Signals come through signal.set_wakeup_fd while runs go on (asyncio lives on that)."""
    r, w = os.pipe()
    os.set_blocking(w, False)
    old = signal.set_wakeup_fd(w)
    seen = []
    signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    check(gs.run([PROBE, "sleep", "200"]).exit_code == 0, "a run that a signal interrupts")
    timer.join()
    check(seen == [1] and bytes([signal.SIGUSR1]) in os.read(r, 1000), f"the signal did not arrive: {seen}")
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    signal.set_wakeup_fd(old)
    os.close(r)
    os.close(w)


def keyboard_interrupt() -> None:
    """Ctrl-C ends a run within 50 ms. The quickest of some tries: the others may have waited for a CPU."""
    quickest = 100.0
    for _ in range(8):
        sent = []

        def interrupt() -> None:
            time.sleep(0.1)
            sent.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        sender = threading.Thread(target=interrupt)
        try:
            sender.start()
            gs.run([PROBE, "sleep", "15000"])
            check(False, "a run that Ctrl-C does not end")
        except KeyboardInterrupt:
            quickest = min(quickest, time.monotonic() - sent[0])
        sender.join()
    check(quickest < 0.05, f"Ctrl-C ended a run after {quickest * 1000:.0f} ms")


faulthandler.enable()  # SIGSEGV and others, on a stack of its own
runs(0)
side_by_side()
wakeup_descriptor()
signal.signal(signal.SIGINT, signal.default_int_handler)
keyboard_interrupt()
faulthandler.disable()
runs(100)
side_by_side()
check(faulthandler.is_enabled() is False, "faulthandler")
try:
    pid, _ = os.waitpid(-1, os.WNOHANG)
    check(False, f"a child is left: {pid}")
except ChildProcessError:
    passed += 1
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
