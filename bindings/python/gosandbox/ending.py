"""Waiting for the end of a task in an asyncio loop: no thread, no child watcher, no signal."""

from __future__ import annotations

import asyncio
import os
from typing import Callable


async def until_readable(fd: int, cancel: Callable[[], None]) -> None:
    """Returns when the descriptor is readable. When the caller is cancelled `cancel` is called, and the cancellation
    goes on once the descriptor is readable; a second one goes on at once."""
    own = os.dup(fd)  # a loop has one reader per descriptor, and any number may wait for one task
    try:
        try:
            await _readable(own)
        except asyncio.CancelledError:
            cancel()
            await _readable(own)
            raise
    finally:
        os.close(own)


async def _readable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def ready() -> None:
        if not future.done():
            future.set_result(None)

    loop.add_reader(fd, ready)
    try:
        await future
    finally:
        loop.remove_reader(fd)
