"""What a program can reach by name, control groups, and both together with callbacks."""

import errno
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable, List

import gosandbox as gs
from gosandbox import Capture, Cgroup, ConfigError, Limits, PathRule, Policy, Status

from .support import ROOT, fixture, probe


class Paths(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = os.path.realpath(directory.name)
        self.seen, self.hidden = Path(self.directory, "seen"), Path(self.directory, "hidden")
        for path in (self.seen, self.hidden):
            path.write_text(path.name)
        self.policy = Policy.profile().execute(fixture("called"))

    def open(self, path: Path, policy: Policy, flags: int = os.O_RDONLY, **options: Any) -> gs.Result:
        return gs.run([fixture("called"), "open", path, str(flags)], policy=policy, stdout=Capture(), limits=Limits(wall=30), **options)

    def test_read(self) -> None:
        policy = self.policy.read(self.seen)
        self.assertEqual(self.open(self.seen, policy).stdout, b"fd 3 cloexec 0: seen\n")
        for path, flags in ((self.hidden, os.O_RDONLY), (self.seen, os.O_WRONLY)):
            self.assertEqual(self.open(path, policy, flags).stdout, b"errno %d\n" % errno.EACCES)

    def test_write(self) -> None:
        new = Path(self.directory, "new")
        policy = self.policy.write(new)
        self.assertIn(b"fd 3", self.open(new, policy, os.O_WRONLY | os.O_CREAT).stdout or b"")
        self.assertTrue(new.exists())
        self.assertEqual(self.open(self.hidden, policy, os.O_WRONLY).stdout, b"errno %d\n" % errno.EACCES)

    def test_what_may_be_executed(self) -> None:
        r = gs.run([fixture("called"), "exec", probe()], policy=self.policy, stdout=Capture())
        self.assertEqual(r.stdout, b"errno %d\n" % errno.EACCES)
        policy = self.policy.execute(probe()).read(probe())
        self.assertEqual(gs.run([fixture("called"), "exec", probe()], policy=policy).exit_code, 7)

    def test_callback_and_rules(self) -> None:
        """DEFER leaves it to the rules, and what a callback opens needs none."""
        policy = self.policy.read(self.seen).notify("openat")
        asked: List[str] = []

        def decide(event: gs.Event) -> gs.Answer:
            asked.append(event.path())
            if event.path() == "/etc/shadow":
                return gs.OPENED(open(self.hidden, "rb"), close=True)
            return gs.DEFER
        self.assertEqual(self.open(self.seen, policy, on_syscall=decide).stdout, b"fd 3 cloexec 0: seen\n")
        self.assertEqual(self.open(self.hidden, policy, on_syscall=decide).stdout, b"errno %d\n" % errno.EACCES)
        self.assertEqual(self.open(Path("/etc/shadow"), policy, on_syscall=decide).stdout, b"fd 3 cloexec 1: hidden\n")
        self.assertEqual(asked, [str(self.seen), str(self.hidden), "/etc/shadow"])

    def test_as_values(self) -> None:
        policy = Policy.profile().read("/a", "/b/").write(Path("/c")).execute("/d").stat("/e/**").on_path(gs.KILL)
        self.assertEqual(policy.paths, (
            PathRule("/a", ("read",)), PathRule("/b/", ("read",)), PathRule("/c", ("write",)), PathRule("/d", ("exec",)),
            PathRule("/e/**", ("stat",))))
        self.assertEqual(policy.path_action, gs.KILL)
        self.assertEqual(Policy.load(policy.to_json()), policy)
        wrong: List[Callable[[], Any]] = [
            lambda: policy.read(""), lambda: policy.read("a\0"), lambda: policy.on_path(gs.ALLOW), lambda: policy.on_path(gs.NOTIFY),
            lambda: policy.on_path(gs.ERRNO(0)), lambda: policy.read(5)]  # type: ignore[arg-type]
        for make in wrong:
            with self.assertRaises(ConfigError):
                make()

    def test_command(self) -> None:
        def run(*options: str) -> "subprocess.CompletedProcess[bytes]":
            return subprocess.run(
                [sys.executable, "-m", "gosandbox", "run", "--wall", "20", *options, "--", fixture("called"), "open", str(self.seen)],
                env={"PYTHONPATH": str(ROOT / "bindings" / "python")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(run("--exec", fixture("called"), "--read", str(self.seen)).stdout, b"fd 3 cloexec 0: seen\n")
        self.assertEqual(run("--exec", fixture("called"), "--write", str(self.seen)).stdout, b"errno %d\n" % errno.EACCES)
        file = Path(self.directory, "policy.json")
        file.write_text(Policy.profile().deny("openat", errno.EXDEV).to_json())
        self.assertEqual(run("--policy", str(file)).stdout, b"errno %d\n" % errno.EXDEV)
        self.assertEqual(run("--policy", str(file), "--deny", "openat:EIO").stdout, b"errno %d\n" % errno.EIO)
        file.write_text('{"default": "PERHAPS"}')
        for wrong, says in ((str(file), b"line 1"), (self.directory + "/none", b"No such file")):
            told = run("--policy", wrong)
            self.assertEqual(told.returncode, 2)
            self.assertIn(says, told.stderr)


class Groups(unittest.TestCase):
    def test_values(self) -> None:
        group = Cgroup("/judge", (0.05, 0.1), range(2))
        self.assertEqual(group.cpus, (0, 1))
        self.assertEqual(pickle.loads(pickle.dumps(group)), group)
        wrong: List[Callable[[], Any]] = [
            lambda: Cgroup("/a/../b"), lambda: Cgroup(bandwidth=(0.0001, 0.1)), lambda: Cgroup(bandwidth=(1, 2)), lambda: Cgroup(cpus=[]),
            lambda: Cgroup(cpus=[4096]), lambda: Cgroup(bandwidth=5), lambda: Cgroup(cpus=5),  # type: ignore[arg-type]
            lambda: gs.Config(["x"], cgroup="/judge")]  # type: ignore[arg-type]
        for make in wrong:
            with self.assertRaises(ConfigError):
                make()

    def test_run(self) -> None:
        """Where the machine has them the figures are theirs; else it is told what is missing."""
        support = gs.features()
        if support[gs.Feature.CGROUP_MEMORY].available:
            r = gs.run([probe(), "exit", "0"], cgroup=Cgroup(), limits=Limits(memory=64 << 20))
            self.assertTrue(r.ok, r)
            self.assertEqual(r.sources[gs.Figure.CPU], gs.Source.CGROUP)
        else:
            with self.assertRaises(gs.UnsupportedError):
                gs.run([probe(), "exit", "0"], cgroup=Cgroup(), limits=Limits(memory=64 << 20))
        with self.assertRaises(gs.UnsupportedError):
            gs.run([probe(), "exit", "0"], cgroup=Cgroup("/no/such/group"))

    def test_violation(self) -> None:
        r = gs.run([fixture("called"), "getppid"], policy=Policy.profile().kill("getppid"))
        self.assertEqual(r.status, Status.VIOLATION)
        self.assertRegex(r.violation or "", r"^getppid\(\.\.\.\) \w+$")


if __name__ == "__main__":
    unittest.main()
