"""The reference."""

import inspect
import re
import unittest

import gosandbox
import gosandbox.judge

from .support import ROOT


class Reference(unittest.TestCase):
    def test_names_are_all_in_it(self) -> None:
        pages = "".join(p.read_text() for p in (ROOT / "bindings" / "python" / "docs").glob("*.rst"))
        told = set(re.findall(r"^\.\. auto\w+:: (\w+)", pages, re.M))
        names = [n for n in gosandbox.__all__ + gosandbox.judge.__all__ if not n.startswith("__")]
        self.assertEqual([n for n in names if n not in told], [])

    def test_each_has_a_docstring(self) -> None:
        found = {n: getattr(gosandbox, n) for n in gosandbox.__all__}
        self.assertEqual([n for n, x in found.items() if (inspect.isclass(x) or inspect.isroutine(x)) and not (x.__doc__ or "").strip()], [])
