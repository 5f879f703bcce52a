"""Text of strangers, made fit for a page."""

from __future__ import annotations

import html

from .terminal import printable

LONGEST = 2000  # characters of a message


def escaped(text: str) -> str:
    """Nothing unprintable, nothing endless, no markup."""
    cut = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return html.escape(printable(cut), quote=True)


def lines(text: str) -> str:
    """The lines of it, as many as make sense to read."""
    return "\n".join(escaped(line) for line in text[:LONGEST].expandtabs().splitlines())
