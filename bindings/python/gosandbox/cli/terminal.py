"""Text that strangers choose, and colours."""

from __future__ import annotations

import os
from typing import IO, Any

GREEN, RED, YELLOW, BOLD, DIM = "32", "31", "33", "1", "2"


def printable(text: str) -> str:
    """The text with everything escaped that could move the cursor, turn the direction of writing or hide."""
    return "".join(c if c.isprintable() and c != "\\" else _escaped(c) for c in text)


def clean(text: str) -> str:
    """The text as valid Unicode: what is not becomes U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if _encodable(text) else \
        "".join(c if not 0xD800 <= ord(c) < 0xE000 else "\ufffd" for c in text)


def coloured(stream: IO[Any]) -> bool:
    """Whether a stream takes colours: a terminal, and nobody said no (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, code: str, on: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if on and text else text


def _escaped(c: str) -> str:
    n = ord(c)
    if c == "\\":
        return "\\\\"
    if 0xDC80 <= n <= 0xDCFF:  # a byte that was no text
        return f"\\x{n - 0xDC00:02x}"
    return f"\\x{n:02x}" if n < 0x100 else f"\\u{n:04x}" if n < 0x10000 else f"\\U{n:08x}"


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
