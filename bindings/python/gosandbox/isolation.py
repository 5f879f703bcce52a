"""What a program is cut off from, and the file system that it sees instead."""

from __future__ import annotations

import os
from ctypes import byref, c_char_p, c_void_p, cast, sizeof
from dataclasses import dataclass
from typing import Any, Optional, Sequence, Tuple, Union

from . import _abi
from ._library import Library
from .errors import ConfigError
from .files import encode
from .limits import whole

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Ids = Tuple[int, int, int]


@dataclass(frozen=True)
class Mount:
    """One part of a program's file system; see gosandbox_config_add_mount in sandbox.h."""

    kind: int
    """MOUNT_BIND, MOUNT_TMPFS, MOUNT_PROC, MOUNT_DEV, MOUNT_SYMLINK, MOUNT_FILE, MOUNT_MASK or MOUNT_DIR."""
    target: Path
    """Where it goes, absolute, beneath the program's root."""
    source: Optional[Path] = None
    """The host's path for MOUNT_BIND, the text for MOUNT_SYMLINK."""
    flags: int = 0
    """MOUNT_READ_WRITE, MOUNT_EXEC, MOUNT_DEVICES and MOUNT_OPTIONAL, or-ed together."""
    mode: int = 0
    """Of MOUNT_TMPFS, MOUNT_FILE and MOUNT_DIR; 0: 0o755, for a file 0o444."""
    max_bytes: int = 0
    """Size of MOUNT_TMPFS and of /dev/shm in MOUNT_DEV; 0: 64 MiB."""
    max_files: int = 0
    """Files in MOUNT_TMPFS; 0: 65536."""
    content: bytes = b""
    """Of MOUNT_FILE."""

    def _add(self, lib: Library, handle: Any) -> None:
        source = None if self.source is None else encode("source of a mount", self.source)
        mount = _abi.gosandbox_mount(
            size=sizeof(_abi.gosandbox_mount), kind=whole("kind of a mount", self.kind, 0, 0xffffffff),
            flags=whole("flags of a mount", self.flags, 0, 0xffffffff), mode=whole("mode of a mount", self.mode, 0, 0xffffffff),
            source=source, target=encode("target of a mount", self.target),
            max_bytes=whole("max_bytes", self.max_bytes, 0, (1 << 64) - 1), max_files=whole("max_files", self.max_files, 0, (1 << 64) - 1),
            bytes=cast(c_char_p(self.content), c_void_p), n=len(self.content))
        lib.check(lib.config_add_mount(handle, byref(mount)))


@dataclass(frozen=True)
class Isolation:
    """What a program is cut off from. What is asked for holds, or the run fails with UnsupportedError."""

    flags: int = _abi.Isolate.ALL
    """Isolate.USER, PID, MOUNT, NET, IPC, UTS, CGROUP and TIME, or-ed together."""
    root: Optional[Path] = None
    """A directory that becomes the program's root, read-only."""
    judge_root: bool = False
    """Begin with a plain Linux system made from the host's own parts, read-only, with a fresh /tmp."""
    mounts: Sequence[Mount] = ()
    """Parts of the file system, made in order; after those of judge_root."""
    hostname: Optional[str] = None
    """The program's hostname; needs Isolate.UTS."""
    loopback: bool = False
    """Whether the loopback interface of Isolate.NET is up."""
    uid_map: Sequence[Ids] = ()
    """(first inside, first outside, count) of Isolate.USER; unless given, the one id that the program has."""
    gid_map: Sequence[Ids] = ()
    """The same for groups."""

    def _apply(self, lib: Library, handle: Any) -> None:
        if self.root is not None and self.judge_root:
            raise ConfigError("root and judge_root exclude each other")
        if self.judge_root:
            lib.check(lib.config_use_judge_root(handle))
        root = None if self.root is None else encode("root", self.root)
        lib.check(lib.config_set_isolation(handle, whole("flags of an isolation", self.flags, 0, 0xffffffff), root))
        for mount in self.mounts:
            mount._add(lib, handle)
        if self.hostname is not None:
            lib.check(lib.config_set_hostname(handle, encode("hostname", self.hostname)))
        if self.loopback:
            lib.check(lib.config_set_loopback(handle, 1))
        for kind, maps in ((_abi.MAP_UID, self.uid_map), (_abi.MAP_GID, self.gid_map)):
            for inside, outside, count in maps:
                numbers = [whole("an id in a map", n, 0, 0xffffffff) for n in (inside, outside, count)]
                lib.check(lib.config_add_id_map(handle, kind, *numbers))
