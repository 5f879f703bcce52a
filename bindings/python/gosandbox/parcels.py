"""Files that a program is given, and what is taken of those that it leaves."""

from __future__ import annotations

import os
from collections import abc
from ctypes import byref, c_void_p, sizeof, string_at
from dataclasses import dataclass
from typing import IO, Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ._abi import COLLECT_EXECUTABLE, COLLECT_SPARSE, FileStatus, gosandbox_collect, gosandbox_file
from ._library import Library
from .errors import ConfigError
from .files import Bytes, StrPath, descriptor, encode, file_path
from .limits import seconds, whole

_U32, _CAP = (1 << 32) - 1, 1 << 40
_STATUSES = {int(s): s for s in FileStatus}


@dataclass(frozen=True)
class Put:
    """A file that the program finds when it starts, where its content alone does not say enough."""

    content: Union[int, Bytes, StrPath, IO[Any]]
    """bytes, bytearray or memoryview: these. str or os.PathLike: a copy of the host's file, by its path. int or an object with
    fileno(): a copy of the regular file that is open there, from its first byte on."""
    mode: int = 0o644
    """Permissions, up to 0o777."""


@dataclass(frozen=True)
class Collect:
    """Files to take, when all processes of the run are dead, of those that the program leaves. Each is told of in
    Result.collected, taken or not. Only regular files with one name are taken, and none that the program could not read itself."""

    pattern: StrPath
    """A name or a glob beneath `dir`: ``*``, ``?``, ``[a-z]``, ``[^a-z]`` and a backslash in each component; ``**`` stands for any directories, at the end for
    all files in them. No component may be empty, "." or ".."."""
    dir: Optional[StrPath] = None
    """The directory as the program would name it when it starts, in its own root; its working directory unless given."""
    into: Union[None, int, StrPath, IO[Any]] = None
    """None: memory. str or os.PathLike: a directory of the host, in which nothing is replaced. int or an object with fileno(): the regular
    file that is open there; all are written to it, one after the other."""
    max_bytes: int = 64 << 20
    """Of one file."""
    max_total: int = 256 << 20
    """Bytes of all."""
    max_files: int = 256
    """How many are taken. Twice as many are told of one by one."""
    max_entries: int = 65536
    """Entries of directories that are looked at."""
    max_depth: int = 16
    """Directories between `dir` and a file."""
    max_time: float = 10.0
    """Seconds."""
    executable: bool = False
    """In a directory of the host, what was executable stays so."""
    sparse: bool = False
    """Take files that are mostly holes, too."""

    def _apply(self, lib: Library, handle: Any) -> None:
        what = gosandbox_collect(
            size=sizeof(gosandbox_collect), flags=(COLLECT_EXECUTABLE if self.executable else 0) | (COLLECT_SPARSE if self.sparse else 0),
            pattern=encode("pattern of a Collect", self.pattern), dir=None if self.dir is None else encode("dir of a Collect", self.dir),
            max_bytes=whole("max_bytes", self.max_bytes, 1, _CAP), max_total=whole("max_total", self.max_total, 1, _CAP),
            max_files=whole("max_files", self.max_files, 1, _U32), max_entries=whole("max_entries", self.max_entries, 1, _U32),
            max_depth=whole("max_depth", self.max_depth, 1, _U32), max_time=seconds("max_time", self.max_time))
        if what.max_time > 1 << 62 or what.max_time == 0:
            raise ConfigError(f"max_time of a Collect must be above 0, not {self.max_time!r}")
        if isinstance(self.into, (str, os.PathLike)):
            what.into = file_path("into of a Collect", self.into)
        elif self.into is not None:
            what.into_fd, what.has_into_fd = descriptor("into of a Collect", self.into), 1
        lib.check(lib.config_collect(handle, byref(what)))


Content = Union[Put, int, Bytes, StrPath, IO[Any]]
Files = Mapping[StrPath, Content]
Collects = Union[StrPath, Collect, Sequence[Union[StrPath, Collect]]]


@dataclass(frozen=True)
class Collected:
    """A file that was collected, or that was not, and why."""

    name: str
    """Beneath the collection's directory. The program has chosen it: bytes that are not UTF-8 are as os.fsdecode has them, and it may
    hold newlines and whatever else."""
    status: FileStatus
    content: Optional[bytes]
    """Of one that was collected into memory."""
    size: int
    """As it was found, in bytes; with TOO_MANY of a pattern: how many more files match."""
    mode: int
    """Type and permissions, as in os.stat_result.st_mode; 0 where they are not known."""
    mtime_ns: int
    """Since 1970."""
    errno: int
    """0 when there is none."""
    collection: int
    """Index of the Collect that it belongs to; -1 with LEFT: of a workspace that could not be removed."""

    @property
    def ok(self) -> bool:
        """It was collected."""
        return self.status == FileStatus.COLLECTED


def check_files(files: Any) -> Optional[Dict[Any, Any]]:
    """The files of a Config."""
    if files is None:
        return None
    if not isinstance(files, abc.Mapping):
        raise ConfigError(f"files must be a mapping of names to contents, not {files!r}")
    return dict(files)


def check_collects(collect: Any) -> Optional[Tuple[Collect, ...]]:
    """The collections of a Config."""
    if collect is None:
        return None
    if isinstance(collect, (str, bytes, os.PathLike, Collect)):
        collect = (collect,)
    if not isinstance(collect, abc.Iterable):
        raise ConfigError(f"collect must be a pattern, a Collect, or several of them, not {collect!r}")
    return tuple(c if isinstance(c, Collect) else Collect(_pattern(c)) for c in collect)


def _pattern(value: Any) -> str:
    return os.fsdecode(encode("a pattern in collect", value))


def attach_parcels(lib: Library, handle: Any, files: Optional[Files], collect: Optional[Collects], workspace: Any) -> None:
    """Puts all of it into a config handle."""
    for name, content in (files or {}).items():
        _put(lib, handle, encode("a name in files", name), f"files[{name!r}]", content if isinstance(content, Put) else Put(content))
    for one in check_collects(collect) or ():
        one._apply(lib, handle)
    if workspace is None or workspace is False:
        return
    lib.check(lib.config_set_workspace(handle, None if workspace is True else file_path("workspace", workspace)))


def _put(lib: Library, handle: Any, target: bytes, name: str, put: Put) -> None:
    mode, content = whole(f"mode of {name}", put.mode, 1, 0o777), put.content
    if isinstance(content, (bytes, bytearray, memoryview)):
        raw = content if isinstance(content, bytes) else bytes(content)
        lib.check(lib.config_put_bytes(handle, target, raw, len(raw), mode))
    elif isinstance(content, (str, os.PathLike)):
        lib.check(lib.config_put_file(handle, target, file_path(name, content), mode))
    else:
        lib.check(lib.config_put_fd(handle, target, descriptor(name, content), mode))


def read_files(lib: Library, handle: c_void_p) -> Tuple[Collected, ...]:
    """All that a result tells of files."""
    found: List[Collected] = []
    f = gosandbox_file(size=sizeof(gosandbox_file))
    while lib.check(lib.result_file(handle, len(found), byref(f))):
        found.append(Collected(
            os.fsdecode(f.name), _STATUSES.get(f.status, FileStatus.FAILED), string_at(f.content, f.bytes) if f.content else None, f.bytes,
            f.mode, f.mtime, f.sys_errno, f.collection))
    return tuple(found)
