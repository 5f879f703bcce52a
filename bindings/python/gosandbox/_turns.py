"""How long a busy thread of the interpreter keeps others waiting."""

from __future__ import annotations

import sys
import threading

# Seconds. A thread that computes gives the interpreter lock away after sys.getswitchinterval(), 5 ms unless changed: so long would a
# program stand still at each call that a callback decides about.
_SHORT = 0.0002
_lock = threading.Lock()
_count = 0
_before = 0.0


def shorten() -> None:
    """Until as many calls of restore, callbacks get their turn soon."""
    global _count, _before
    with _lock:
        _count += 1
        if _count == 1:
            _before = sys.getswitchinterval()
            if _before > _SHORT:
                sys.setswitchinterval(_SHORT)


def restore() -> None:
    global _count
    with _lock:
        _count -= 1
        # Somebody else may have set another one meanwhile: that stays.
        if _count == 0 and _before > _SHORT and abs(sys.getswitchinterval() - _SHORT) < 1e-6:
            sys.setswitchinterval(_before)
