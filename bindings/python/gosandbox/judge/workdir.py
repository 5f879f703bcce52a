"""Emptying folders that strangers wrote to."""

from __future__ import annotations

import errno
import os
from typing import Union

_DEEPEST = 32  # folders nested deeper are moved up first, so that descriptors and stack do not run out
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def clear(path: Union[str, "os.PathLike[str]"]) -> None:
    """Removes everything in the folder. Follows no links, and copes with folders of any depth and mode: a submission
    may have left anything. Raises OSError."""
    again = True
    while again:  # when folders were moved up: the pass may have been beyond them
        top = _open(None, os.fspath(path))
        try:
            moved = [0]
            _empty(top, top, 0, moved)
            again = moved[0] > 0
        finally:
            os.close(top)


def _open(parent: Union[int, None], name: str) -> int:
    """Opens a folder, never through a symbolic link, and makes sure that its entries can be removed."""
    if os.geteuid() == 0:  # needs no permissions, and must not change those of a file that a stranger swapped in
        return os.open(name, _FLAGS, dir_fd=parent)
    try:
        fd = os.open(name, _FLAGS, dir_fd=parent)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=parent)
        return os.open(name, _FLAGS, dir_fd=parent)
    try:
        os.fchmod(fd, 0o700)
    except OSError:
        pass  # where this fails, so does the removal, and that is told
    return fd


def _empty(fd: int, top: int, depth: int, moved: "list[int]") -> None:
    for name in os.listdir(fd):
        try:
            os.unlink(name, dir_fd=fd)
            continue
        except FileNotFoundError:
            continue
        except IsADirectoryError:
            pass
        try:
            os.rmdir(name, dir_fd=fd)
            continue
        except OSError as e:
            if e.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        if depth == _DEEPEST:
            _move_up(fd, name, top, moved)
            continue
        child = _open(fd, name)
        try:
            _empty(child, top, depth + 1, moved)
        finally:
            os.close(child)
        os.rmdir(name, dir_fd=fd)


def _move_up(fd: int, name: str, top: int, moved: "list[int]") -> None:
    os.close(_open(fd, name))  # for its permissions: ".." of the folder changes
    for _ in range(1000):
        moved[0] += 1
        try:
            os.rename(name, f"moved-up-{moved[0]}", src_dir_fd=fd, dst_dir_fd=top)
            return
        except OSError as e:
            if e.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
    raise OSError(errno.EEXIST, "no name is free", name)
