"""Isolation that is prepared once for many runs."""

from __future__ import annotations

from ctypes import byref, c_void_p
from typing import Any, NoReturn, Optional, Tuple

from ._library import library
from .errors import ConfigError
from .isolation import Isolation
from .limits import whole


class Template:
    """Namespaces and a root file system that stand ready before a run asks for them, so that an isolated run takes little
    longer than another. Every run gets new ones; nothing that one leaves is there for the next or for one beside it. See
    gosandbox_template_new in sandbox.h.

        with gs.Template(gs.Isolation(judge_root=True)) as template:
            result = gs.run(["/bin/true"], template=template)

    All methods may be called by any threads. It lasts until `close`, which runs that are in it outlive; a run that begins later
    raises ConfigError. It cannot be pickled: it belongs to this process.

    Args:
        isolation: What runs are cut off from. Sources of its mounts are those of now.
        user: (uid, gid) of runs that name none.

    Raises:
        ConfigError: An argument cannot mean anything.
        UnsupportedError: This machine cannot give it.
        SetupError: The root or a namespace could not be made; the message names the part.
    """

    def __init__(self, isolation: Isolation, *, user: Optional[Tuple[int, int]] = None) -> None:
        self._handle: Optional[c_void_p] = None
        if not isinstance(isolation, Isolation):
            raise ConfigError(f"a template is made from an Isolation, not {isolation!r}")
        lib, config, made = library(), c_void_p(), c_void_p()
        lib.check(lib.config_new(byref(config)))
        try:
            isolation._apply(lib, config)
            if user is not None:
                uid, gid = (whole("an id of user", n, 0, (1 << 32) - 2) for n in user)
                lib.check(lib.config_set_ids(config, uid, gid))
            lib.check(lib.template_new(config, byref(made)))
        finally:
            lib.config_free(config)
        self._handle = made

    def close(self) -> None:
        """Frees the template. Runs in it go on to their end. A second call does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            library().template_free(handle)

    def __enter__(self) -> Template:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Template cannot be pickled: it belongs to the process that made it")

    def __repr__(self) -> str:
        return f"<Template{' (closed)' if self._handle is None else ''}>"

    def _apply(self, lib: Any, config: Any) -> None:
        if self._handle is None:
            raise ConfigError("the template is closed")
        lib.check(lib.config_set_template(config, self._handle))
