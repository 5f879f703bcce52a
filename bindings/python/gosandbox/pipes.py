"""Pipes between a running program and its host."""

from __future__ import annotations

import codecs
import os
from typing import IO, Any, Dict, List, Optional

from .errors import ConfigError


class Pipes:
    """The host's ends, as file objects by the program's descriptor, and the program's ends until it has them."""

    def __init__(self, encoding: Optional[str] = None, errors: Optional[str] = None) -> None:
        try:
            codecs.lookup(encoding or "utf-8")
            codecs.lookup_error(errors or "strict")
        except (LookupError, TypeError) as e:
            raise ConfigError(str(e)) from None
        self._encoding, self._errors = encoding, errors
        self.ends: Dict[int, IO[Any]] = {}
        self._theirs: List[int] = []

    def make(self, child: int) -> int:
        """Makes the pipe for a descriptor of the program (it reads from 0 and writes to the others) and returns the
        program's end."""
        read, write = os.pipe()
        ours, theirs, mode = (write, read, "w") if child == 0 else (read, write, "r")
        self._theirs.append(theirs)
        if self._encoding is None:
            self.ends[child] = open(ours, mode + "b")
        else:
            self.ends[child] = open(ours, mode, 1, self._encoding, self._errors)
        return theirs

    def handed_over(self) -> None:
        """Closes the program's ends, which a started task has its own of: who reads must see the program hang up."""
        while self._theirs:
            os.close(self._theirs.pop())

    def close(self) -> None:
        self.handed_over()
        for end in self.ends.values():
            try:
                end.close()
            except (OSError, ValueError):  # what was not written yet has nobody to read it
                pass
