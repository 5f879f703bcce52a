"""What the loaded library and this machine give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

from ._abi import Feature
from ._library import library, text


@dataclass(frozen=True)
class Support:
    """Whether this machine has a feature; true or false in a condition."""

    available: bool
    reason: str
    """Why not, and the remedy; "" when available."""

    def __bool__(self) -> bool:
        return self.available


def features() -> Dict[Feature, Support]:
    """What this machine gives. Raises ForkedProcessError, LibraryNotFoundError."""
    lib = library()
    found = {}
    for feature in Feature:
        available = bool(lib.check(lib.feature(feature)))
        found[feature] = Support(available, "" if available else text(lib.last_error().contents.message))
    return found


def profiles() -> Tuple[str, ...]:
    """The names that Policy.profile knows. Raises ForkedProcessError, LibraryNotFoundError."""
    lib = library()
    names: List[str] = []
    while True:
        raw = lib.profile_name(len(names))
        if raw is None:
            return tuple(names)
        names.append(text(raw))


def version() -> str:
    """Version of the loaded library, such as "1.0.0". Raises LibraryNotFoundError."""
    return text(library().version_string())
