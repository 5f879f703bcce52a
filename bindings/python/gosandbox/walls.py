"""Walls that need no privilege."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Tuple

from ._abi import Wall
from ._library import Library
from .errors import ConfigError
from .limits import whole


@dataclass(frozen=True)
class Walls:
    """What a program is cut off from by Landlock, which needs neither root nor namespaces. What stands behind a wall fails with PermissionError in
    the program. A run that asks for a wall that the machine does not give raises UnsupportedError, and so does one with path rules as well, but for
    `signals` alone. Descriptors that the program is given work whatever they are of; UDP is not TCP: for that there is Isolation."""

    tcp_bind: bool = True
    """No TCP port can be bound, but those of bind_ports, and unless 0 is among these nothing listens, UNIX sockets included: Linux 6.7."""
    tcp_connect: bool = True
    """No TCP port can be connected to, but those of connect_ports: Linux 6.7."""
    abstract: bool = True
    """No abstract UNIX socket of others than the run's can be connected to: Linux 6.12."""
    signals: bool = True
    """No signal reaches others than the run's processes: Linux 6.12. Programs have that wherever the machine gives it; this makes it a must."""
    bind_ports: Iterable[int] = ()
    """0 is the ports that the kernel chooses."""
    connect_ports: Iterable[int] = ()

    def __post_init__(self) -> None:
        for name in ("bind_ports", "connect_ports"):
            object.__setattr__(self, name, _ports(name, getattr(self, name)))

    def _apply(self, lib: Library, handle: Any) -> None:
        chosen = ((self.tcp_bind, Wall.TCP_BIND), (self.tcp_connect, Wall.TCP_CONNECT), (self.abstract, Wall.ABSTRACT), (self.signals, Wall.SIGNALS))
        lib.check(lib.config_set_walls(handle, sum(int(wall) for on, wall in chosen if on)))
        for ports, wall in ((self.bind_ports, Wall.TCP_BIND), (self.connect_ports, Wall.TCP_CONNECT)):
            for port in ports:
                lib.check(lib.config_open_port(handle, port, wall))


def _ports(name: str, ports: Iterable[int]) -> Tuple[int, ...]:
    try:
        return tuple(whole(name, port, 0, 65535) for port in ports)
    except TypeError:
        raise ConfigError(f"{name} must be numbers of ports, not {ports!r}") from None
