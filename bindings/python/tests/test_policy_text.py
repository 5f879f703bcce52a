"""Policies as JSON, the evaluator and the dump."""

import errno
import os
import pickle
import tempfile
import unittest
from pathlib import Path
from typing import Any, List

import gosandbox as gs
from gosandbox import Arch, Arg, Cmp, ConfigError, Op, PathRule, Policy, Rule

FULL = Policy("permissive", gs.ALLOW, (
    Rule("socket", gs.ERRNO(errno.EACCES), (Cmp(0, Op.EQ_32, 1), Cmp(1, Op.MASKED_EQ, 15, 1)), reason="no \"net\"\né"),
    Rule("mmap", gs.KILL, (Cmp(1, Op.GE, 2 ** 64 - 1),)), Rule(5000, gs.ERRNO(4000)), Rule("openat", gs.NOTIFY),
), (PathRule("/usr/", ("read", "exec")), PathRule("/tmp/" + os.fsdecode(b"\xff"), ("write",))), gs.KILL, "all of it")


class Text(unittest.TestCase):
    def test_round_trip(self) -> None:
        for policy in (FULL, Policy.profile(), Policy.profile().deny("read", 5).allow("execve")):
            text = policy.to_json()
            self.assertEqual(Policy.load(text), policy)
            self.assertEqual(Policy.load(text.encode()).to_json(), text)
            self.assertEqual(pickle.loads(pickle.dumps(policy)), policy)

    def test_file(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "policy.json")
            path.write_text(FULL.to_json())
            self.assertEqual(Policy.load(path), FULL)
            self.assertEqual(Policy.load(str(path)), FULL)
            with self.assertRaises(FileNotFoundError):
                Policy.load(Path(directory, "none"))

    def test_hidden_rules_are_left_out(self) -> None:
        policy = Policy.profile().kill("read", Arg(0) == 1).kill("read").allow("read", Arg(1) == 1).deny("read", 5)
        self.assertEqual(Policy.load(policy.to_json()).rules, (Rule("read", gs.ERRNO(5)),))

    def test_refused(self) -> None:
        texts: List[Any] = [
                ('{"default": "ALLOW",\n"rules": [{"call": "opne", "action": "KILL"}]}', r"line 2, column 20: rules\[0\]\.call.*did you mean"),
                ('{"default": "ALLOW"} x', "line 1, column 22"), ('{"default": "KILL"}', "execve"), ('{"a\0', "line 1"),
                (b'{"default": "\xff"}', "UTF-8"), ("{" + "[" * 2_000_000, "1048576")]
        for text, part in texts:
            with self.assertRaisesRegex(ConfigError, part):
                Policy.load(text)
        sources: List[Any] = [None, 5, ["{}"]]
        for source in sources:
            with self.assertRaises(ConfigError):
                Policy.load(source)
        with self.assertRaisesRegex(ConfigError, "execve"):
            Policy.profile(default=gs.KILL).to_json()


class Answers(unittest.TestCase):
    def test_decide(self) -> None:
        policy = Policy.profile().deny("socket", errno.EACCES, Arg(0, bits=32) == 1).notify("openat")
        self.assertEqual(policy.decide("socket", 1), gs.ERRNO(errno.EACCES))
        self.assertEqual(policy.decide("socket", 1 + 2 ** 32), gs.ERRNO(errno.EACCES))
        self.assertEqual(policy.decide("socket", 2), gs.ALLOW)
        self.assertEqual(policy.decide("openat", -100, 5), gs.NOTIFY)
        self.assertEqual(policy.decide("clone3"), gs.ERRNO(errno.ENOSYS))
        self.assertEqual(policy.decide(20, arch=Arch.I386), gs.KILL)
        self.assertEqual(FULL.decide(5000), gs.ERRNO(4000))
        wrong: List[Any] = [("nosuch",), ("read", 2 ** 64), ("read", "x"), ("read",) + (0,) * 7]
        for bad in wrong:
            with self.assertRaises(ConfigError):
                policy.decide(*bad)

    def test_dump(self) -> None:
        text = FULL.dump()
        for part in ("no \"net\" é", "; mmap", "call 5000", "NOTIFY", "all of it", '"/usr/"'):
            self.assertIn(part, text)
