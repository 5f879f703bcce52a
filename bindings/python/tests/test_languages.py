"""The table of languages that judges read."""

import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Mapping

from gosandbox import Limits
from gosandbox.judge import Language, ProblemError, read_languages

from .support import ROOT


class Table(unittest.TestCase):
    def test_the_package_has_one(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            languages = read_languages(Path(directory, "problem"))
        self.assertEqual(languages, read_languages(ROOT / "examples" / "problems" / "sum"))
        self.assertGreaterEqual(len({language.name for language in languages.values()}), 18)
        self.assertIs(languages[".cc"], languages[".cpp"])
        java = languages[".java"]
        self.assertEqual(len(java.compile), 2)
        own = java.limits(Limits(cpu=1, wall=5, memory=64 << 20))
        self.assertEqual((own.cpu, own.wall, own.memory), (Decimal(2), Decimal(10), 192 << 20))
        self.assertEqual(languages[".c"].limits(own), own)
        words = java.command(Limits(memory=64 << 20, stack=16 << 20), "/p", "/s")
        self.assertEqual([w for w in words if "X" in w or "/" in w][:2] + words[-1:], ["-Xmx64m", "-Xss16m", "/p"])
        self.assertTrue(all(language.package for language in languages.values()))

    def test_what_is_not_installed_is_named(self) -> None:
        found = self.read("[A .a]\nsource=a\nrun=no-such-command {source}\n[B .b .c]\nsource=b\ncompile=sh -c true\nrun={program}\n")
        self.assertEqual((found[".a"].missing, found[".b"].missing), ("no-such-command", None))

    def test_mistakes(self) -> None:
        good = "[A .a]\nsource=a\nrun=sh {source}\n"
        for text, why in (
            ("", "no languages"), ("source=a", "line 1"), ("[A]\n", "line 1"), ("[A .a]\n", "missing or empty"), (good + "x=1", "x is no setting"),
            (good + "run=x", "run is there twice"), (good + "cpu=0", "cpu must be"), (good + "cpu=1000", "cpu must be"),
            (good + "memory=x", "not a size"), (good + "compile=", "missing or empty"), (good + "read=etc", "absolute"),
            ("[A .a]\nsource=../a\nrun=x", "plain file name"), ("[A .a]\nsource=a\nrun=x {nothing}", "no placeholder"),
        ):
            with self.assertRaisesRegex(ProblemError, why, msg=text):
                self.read(text)

    def read(self, text: str) -> Mapping[str, Language]:
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "languages.conf").write_text(text)
            return read_languages(Path(directory))
