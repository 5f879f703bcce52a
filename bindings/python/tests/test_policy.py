"""System call policies."""

import errno
import os
import unittest
from typing import Any, Callable, List

import gosandbox as gs
from gosandbox import Arg, Cmp, ConfigError, Op, Policy, Status

from .support import fixture, probe


class Conditions(unittest.TestCase):
    def test_operators(self) -> None:
        self.assertEqual(Arg(0) == 5, Cmp(0, Op.EQ, 5))
        self.assertEqual(Arg(1) != 5, Cmp(1, Op.NE, 5))
        self.assertEqual((Arg(2) < 1, Arg(2) <= 1, Arg(2) > 1, Arg(2) >= 1),
                         tuple(Cmp(2, op, 1) for op in (Op.LT, Op.LE, Op.GT, Op.GE)))
        self.assertEqual(Arg(3, bits=32) == -1, Cmp(3, Op.EQ_32, 0xFFFFFFFF))
        self.assertEqual(Arg(3) == -1, Cmp(3, Op.EQ, 2 ** 64 - 1))
        self.assertEqual((Arg(1) & 3) == 2, Cmp(1, Op.MASKED_EQ, 3, 2))
        self.assertEqual((Arg(1, bits=32) & 3) == 2, Cmp(1, Op.MASKED_EQ_32, 3, 2))

    def test_misuse(self) -> None:
        wrong: Any = "a"
        misuses: List[Callable[[], object]] = [
            lambda: Arg(6), lambda: Arg(-1), lambda: Arg(wrong), lambda: Arg(0, bits=16), lambda: Arg(0) == wrong,
            lambda: Arg(0) == 2 ** 64, lambda: Arg(0, bits=32) == 2 ** 32, lambda: Arg(0) == -2 ** 63 - 1,
            lambda: (Arg(0) & 1) != 1, lambda: Cmp(0, wrong, 1), lambda: Cmp(0, Op.EQ, wrong),
        ]
        for misuse in misuses:
            with self.assertRaises(ConfigError):
                misuse()


class Chains(unittest.TestCase):
    def test_immutable(self) -> None:
        base = Policy.profile("permissive")
        more = base.deny("socket", errno.EACCES).kill("ptrace", Arg(0) == 16).allow("read")
        self.assertEqual((len(base.rules), len(more.rules)), (0, 3))
        self.assertEqual([r.name for r in more.rules], ["socket", "ptrace", "read"])
        self.assertEqual(hash(more), hash(base.deny("socket", errno.EACCES).kill("ptrace", Arg(0) == 16).allow("read")))
        with self.assertRaises(AttributeError):
            base.default = 1  # type: ignore[misc]


class Live(unittest.TestCase):
    def run_with(self, policy: Policy, *args: str) -> gs.Result:
        return gs.run([probe(), *args], policy=policy, stdout=gs.Capture(), limits=gs.Limits(wall=10))

    def test_permissive(self) -> None:
        self.assertTrue(self.run_with(Policy.profile("permissive"), "exit", "0").ok)

    def test_deny(self) -> None:
        r = self.run_with(Policy.profile().deny("getcwd", errno.EPERM), "cwd")
        self.assertEqual((r.status, r.stdout), (Status.EXITED, b"?"))

    def test_kill_names_the_call(self) -> None:
        r = self.run_with(Policy.profile().kill("umask"), "umask")
        self.assertEqual((r.status, r.cause, r.exit_code), (Status.VIOLATION, gs.Cause.VIOLATION, None))
        self.assertEqual(r.violation, f"umask(...) {os.uname().machine}")
        assert r.syscall
        self.assertEqual((r.syscall.name, r.syscall.args[0]), ("umask", 0))
        self.assertGreater(r.syscall.pid, 0)
        self.assertEqual(r.message, "killed: umask(0) is not allowed")

    def test_conditions(self) -> None:
        kill = Policy.profile().kill("exit_group", (Arg(0) & 1) == 1)
        self.assertEqual(self.run_with(kill, "exit", "3").status, Status.VIOLATION)
        self.assertEqual(self.run_with(kill, "exit", "2").exit_code, 2)
        above = Policy.profile().kill("exit_group", Arg(0, bits=32) > 5, Arg(0, bits=32) < 9)
        self.assertEqual([self.run_with(above, "exit", str(n)).status == Status.VIOLATION for n in (5, 6, 8, 9)],
                         [False, True, True, False])

    def test_the_last_rule_decides(self) -> None:
        policy = Policy.profile().kill("umask").allow("umask")
        self.assertEqual(self.run_with(policy, "umask").status, Status.EXITED)
        self.assertEqual(self.run_with(policy.kill("umask"), "umask").status, Status.VIOLATION)

    def test_default(self) -> None:
        policy = Policy.profile(default=gs.ERRNO(errno.ENOSYS))
        for name in ("execve", "exit_group", "exit", "write", "brk", "mmap", "arch_prctl", "set_tid_address",
                     "set_robust_list", "rseq", "prlimit64", "mprotect", "getrandom", "readlinkat", "newfstatat"):
            policy = policy.allow(name)
        r = self.run_with(policy, "cwd")
        self.assertEqual((r.status, r.stdout), (Status.EXITED, b"?"), r)

    def test_foreign_architecture(self) -> None:
        if os.uname().machine == "x86_64":
            r = gs.run([fixture("guard_int80")], limits=gs.Limits(wall=10))
            self.assertEqual(r.status, Status.VIOLATION)
            self.assertTrue(str(r.violation).endswith(" i386"), r.violation)


class Machine(unittest.TestCase):
    def test_features(self) -> None:
        features = gs.features()
        self.assertEqual(set(features), set(gs.Feature))
        self.assertTrue(features[gs.Feature.PTRACE] and features[gs.Feature.SECCOMP])
        for support in features.values():
            self.assertEqual(support.available, not support.reason)

    def test_version(self) -> None:
        self.assertEqual(gs.version().split(".")[0], gs.__version__.split(".")[0])
