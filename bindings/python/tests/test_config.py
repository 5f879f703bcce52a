"""Arguments of run: what they do, and that those which cannot mean anything are told in words."""

import dataclasses
import errno
import inspect
import math
import os
import resource
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable, Dict, List
from unittest import mock

import gosandbox as gs
from gosandbox import Capture, Config, ConfigError, Limits

from .support import probe


def say(what: str, *args: str, **options: Any) -> str:
    return gs.run([probe(), what, *args], stdout=Capture(), check=True, **options).text()


class Effects(unittest.TestCase):
    def test_argv(self) -> None:
        r = gs.run([probe(), "argv", b"b\xff", Path("p/q"), "\udcfe", ""], stdout=Capture(), check=True)
        self.assertTrue(r.outputs[1].endswith(b"[argv][b\xff][p/q][\xfe][]"), r.stdout)

    def test_a_path_is_never_searched_for(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            program = Path(directory, "true")
            program.write_text("#!/bin/sh\nexit 9\n")
            program.chmod(0o755)
            self.assertEqual(gs.run([Path("true")], cwd=directory).exit_code, 9)
            self.assertEqual(gs.run(["true"], cwd=directory).exit_code, 0)

    def test_env(self) -> None:
        os.environ["GOSANDBOX_TEST_LEAK"] = "1"
        self.assertEqual(say("env"), "")
        self.assertEqual(say("env", env={}), "")
        self.assertEqual(say("env", env={"A": "1", b"B": b"=2", "C": ""}), "[A=1][B==2][C=]")

    def test_cwd(self) -> None:
        self.assertEqual(say("cwd"), os.getcwd())
        with tempfile.TemporaryDirectory() as directory:
            real = os.path.realpath(directory)
            self.assertEqual(say("cwd", cwd=directory), real)
            self.assertEqual(say("cwd", cwd=Path(directory)), real)
            self.assertEqual(say("cwd", cwd=os.fsencode(directory)), real)

    def test_exec_fd(self) -> None:
        with open(probe(), "rb") as f:
            r = gs.run(["some name", "argv"], exec_fd=f, stdout=Capture(), check=True)
            self.assertEqual(r.stdout, b"[some name][argv]")

    def test_small_ones(self) -> None:
        self.assertEqual(say("umask", umask=0o137), "137")
        self.assertEqual(say("nice", nice=7), "7")
        cpus = sorted(os.sched_getaffinity(0))
        self.assertEqual(say("cpus", affinity=[cpus[-1]]), f"{cpus[-1]} ")
        self.assertEqual(say("cpus"), "".join(f"{c} " for c in cpus))
        most = min(1, resource.getrlimit(resource.RLIMIT_CORE)[1] % 2 ** 64)
        self.assertEqual(say("limit", str(resource.RLIMIT_CORE)), f"{most} {most}")
        self.assertEqual(say("limit", str(resource.RLIMIT_NOFILE), rlimits={resource.RLIMIT_NOFILE: (10, 20)}), "10 20")
        self.assertEqual(say("limit", str(resource.RLIMIT_FSIZE), rlimits={resource.RLIMIT_FSIZE: 4096}), "4096 4096")
        if resource.getrlimit(resource.RLIMIT_CPU)[1] == resource.RLIM_INFINITY:
            out = say("limit", str(resource.RLIMIT_CPU), rlimits={resource.RLIMIT_CPU: (100, resource.RLIM_INFINITY)})
            self.assertEqual(out, f"100 {2 ** 64 - 1}")
        self.assertEqual(say("limit", str(resource.RLIMIT_NOFILE), limits=Limits(open_files=33)), "33 33")

    def test_rlimits_are_those_of_the_host(self) -> None:
        for number in (resource.RLIMIT_NOFILE, resource.RLIMIT_STACK, resource.RLIMIT_NPROC, resource.RLIMIT_AS):
            soft, hard = (v % 2 ** 64 for v in resource.getrlimit(number))
            self.assertEqual(say("limit", str(number)), f"{soft} {hard}")

    def test_user(self) -> None:
        uid, gid = os.getuid(), os.getgid()
        self.assertTrue(say("ids", user=(uid, gid)).startswith(f"{uid} {uid} {gid} {gid} "))
        if gs.features()[gs.Feature.CHANGE_IDS]:
            with tempfile.TemporaryDirectory() as directory:
                os.chmod(directory, 0o755)
                program = Path(directory, "probe")
                program.write_bytes(Path(probe()).read_bytes())
                program.chmod(0o755)
                r = gs.run([program, "ids"], user=(65534, 65533), stdout=Capture(), check=True)
                self.assertEqual(r.stdout, b"65534 65534 65533 65533 0")
        else:
            r = gs.run(["/bin/true"], user=(uid + 1, gid))
            self.assertEqual((r.status, r.step, r.errno), (gs.Status.SETUP_FAILED, gs.Step.IDS, errno.EPERM))

    def test_repeated(self) -> None:
        limits = Limits(cpu=1, wall=2, memory=1 << 28)
        self.assertEqual([gs.run(["/bin/true"], limits=limits).ok for _ in range(5)], [True] * 5)


class Values(unittest.TestCase):
    def test_a_config_is_a_value(self) -> None:
        config = gs.Config([probe(), "exit", "3"], limits=Limits(wall=5))
        self.assertEqual(config, gs.Config((probe(), "exit", "3"), limits=Limits(wall=5)))
        self.assertEqual([gs.run(config).exit_code for _ in range(3)], [3] * 3)
        with self.assertRaises(dataclasses.FrozenInstanceError):
            config.stdin = b""  # type: ignore[misc]

    def test_options_replace_those_of_a_config(self) -> None:
        config = gs.Config([probe(), "cat"], stdin=b"a", stdout=Capture())
        self.assertEqual(gs.run(config, stdin=b"b").stdout, b"b")
        self.assertEqual(gs.run(config).stdout, b"a")
        with gs.start(config, stdin=b"c") as task:
            self.assertEqual(task.wait().stdout, b"c")

    def test_inputs_are_copied(self) -> None:
        argv, env, fds = [probe(), "env"], {"A": "1"}, {5: None}
        config = gs.Config(argv, env=env, fds=fds, stdout=Capture())
        argv.append("x")
        env["B"] = "2"
        fds[9999] = None
        self.assertEqual(gs.run(config).stdout, b"[A=1]")


class Misuse(unittest.TestCase):
    def refused(self, pattern: str, *args: Any, **options: Any) -> None:
        with self.assertRaisesRegex(ConfigError, pattern) as caught:
            gs.run(*args, **options)
        self.assertIsInstance(caught.exception, ValueError)

    def test_argv(self) -> None:
        self.refused("argv is empty", [])
        self.refused("argv is empty", [""])
        self.refused("list of arguments", "ls -l")
        self.refused("list of arguments", b"ls")
        self.refused("list of arguments", Path("ls"))
        self.refused("list of arguments", None)
        self.refused("NUL", ["a\0b"])
        self.refused("NUL", ["a", b"\0"])
        self.refused("argv must be str", ["a", 1])

    def test_env_and_cwd(self) -> None:
        for bad in ({"": "x"}, {"A=B": "x"}, {"A": "x\0"}, {"A\0": "x"}, {"A": 1}, {"A": None}, ["A=1"], "A=1"):
            self.refused("env", ["a"], env=bad)
        self.refused("cwd", ["a"], cwd="")
        self.refused("NUL", ["a"], cwd="\0")
        self.refused("cwd", ["a"], cwd=5)

    def test_limits(self) -> None:
        for name in ("cpu", "wall"):
            for bad in (0, 0.0, -1, -1e-12, math.nan, math.inf, -math.inf, 1e10, 10 ** 400, "1", True, [],
                        9223372036.9):
                with self.subTest(name=name, bad=bad), self.assertRaisesRegex(ConfigError, name):
                    Limits(**{name: bad})  # type: ignore[arg-type]
        for name in ("memory", "stack", "output", "processes", "open_files", "process_errno"):
            for bad in (-1, 2 ** 63, 2 ** 64, 1.5, math.nan, "1", True, b"1"):
                with self.subTest(name=name, bad=bad), self.assertRaisesRegex(ConfigError, name):
                    Limits(**{name: bad})  # type: ignore[arg-type]
        for name in ("memory", "stack", "processes", "open_files", "process_errno"):
            with self.assertRaisesRegex(ConfigError, name):
                Limits(**{name: 0})
        Limits(output=0, cpu=1, wall=Decimal("0.5"), memory=2 ** 63 - 1)
        self.refused("limits must be a Limits", ["a"], limits={"cpu": 1})

    def test_lowering(self) -> None:
        self.assertEqual(Limits(cpu=0.1, wall=3)._lowered, ((0, 100_000_000), (1, 3_000_000_000)))
        self.assertEqual(Limits(cpu=1e-12)._lowered, ((0, 1),))
        self.assertEqual(Limits(cpu=9_000_000_000)._lowered, ((0, 9_000_000_000 * 10 ** 9),))

    def test_files(self) -> None:
        self.refused("stdin", ["a"], stdin=-7)
        self.refused("stdin", ["a"], stdin=subprocess.PIPE)
        self.refused("stdin", ["a"], stdin=subprocess.STDOUT)
        self.refused("stdout", ["a"], stdout=subprocess.STDOUT)
        self.refused("path of stdin is empty", ["a"], stdin="")
        self.refused("NUL", ["a"], stdout="a\0")
        self.refused("stdout cannot be bytes", ["a"], stdout=b"out")
        self.refused("use stderr", ["a"], fds={2: 1})
        self.refused("fds", ["a"], fds={1024: 1})
        self.refused("fds", ["a"], fds={-1: 1})
        self.refused("File", ["a"], fds={3: "/dev/null"})
        self.refused("stdin", ["a"], stdin=True)
        for bad in (-1, 1.5, 2 ** 41, None):
            with self.assertRaises(ConfigError):
                Capture(bad)  # type: ignore[arg-type]

    def test_values(self) -> None:
        misuses: List[Dict[str, Any]] = [{"fds": [1]}, {"rlimits": 5}, {"affinity": 1}, {"env": "A=1"}, {"limits": 1}, {"policy": 1}]
        for options in misuses:
            with self.assertRaises(ConfigError):
                gs.Config(["a"], **options)
        with self.assertRaises(ConfigError):
            gs.Config([])

    def test_others(self) -> None:
        self.refused("umask", ["a"], umask=0o1000)
        self.refused("umask", ["a"], umask=-1)
        self.refused("nice", ["a"], nice=20)
        self.refused("nice", ["a"], nice="x")
        self.refused("affinity", ["a"], affinity=[4096])
        self.refused(".", ["a"], affinity=[])
        for bad in ((1,), 5, (1, 2, 3), (-1, 0), (0, 2 ** 32 - 1), ("a", "b")):
            self.refused("user|uid|gid", ["a"], user=bad)
        self.refused("rlimits", ["a"], rlimits={0: (1, 2, 3)})
        self.refused("rlimits", ["a"], rlimits={0: -2})
        self.refused("rlimits", ["a"], rlimits={"cpu": 1})
        self.refused(".", ["a"], rlimits={0: (2, 1)})
        self.refused(".", ["a"], rlimits={99: 1})
        self.refused("exec_fd", ["a"], exec_fd=-1)

    def test_policy(self) -> None:
        self.refused("nonsense", ["a"], policy=gs.Policy.profile("nonsense"))
        self.refused("no_such_call", ["a"], policy=gs.Policy.profile().allow("no_such_call"))
        self.refused("policy must be a Policy", ["a"], policy="permissive")
        for bad in ("", "a\0", None, 5.5):
            self.refused("name", ["a"], policy=gs.Policy.profile().allow(bad))  # type: ignore[arg-type]
        with self.assertRaises(ConfigError):
            gs.Policy.profile().deny("read", 0)
        with self.assertRaises(ConfigError):
            gs.Policy.profile().deny("read", 4096)
        with self.assertRaises(ConfigError):
            gs.Policy.profile().kill("read", True)  # type: ignore[arg-type]
        self.refused(".", ["/bin/true"], policy=gs.Policy.profile().kill("execve"))

    def test_nothing_is_left_behind(self) -> None:
        from .support import descriptors
        gs.run(["/bin/true"])
        before = descriptors()
        for _ in range(50):
            self.refused("cwd", ["a"], stdin=b"x" * 1000, cwd="")
        self.assertEqual(descriptors(), before)


class Errno(unittest.TestCase):
    def test_setup_error_is_an_os_error(self) -> None:
        e = gs.SetupError(errno.ENOENT, "exec: no such file")
        self.assertEqual((e.errno, str(e), e.step, e.index), (errno.ENOENT, "exec: no such file", gs.Step.NONE, -1))


class Keywords(unittest.TestCase):
    """The options are written out at each function, for editors and type checkers; here they are told to be the same."""

    def test_run_start_and_run_async_take_and_pass_on_every_field(self) -> None:
        fields = dataclasses.fields(Config)[1:]
        functions: Dict[Callable[..., Any], List[str]] = {
            gs.run: ["check"], gs.start: ["encoding", "errors"], gs.run_async: ["check"]}
        for function, own in functions.items():
            with self.subTest(function=function.__name__):
                parameters = list(inspect.signature(function).parameters.values())[1:]
                self.assertEqual([(p.name, p.annotation, p.default) for p in parameters if p.name not in own],
                                 [(f.name, f.type, f.default) for f in fields])
                given: Dict[str, Any] = {f.name: object() for f in fields}
                stop = RuntimeError()
                with mock.patch.object(sys.modules[function.__module__], "configure", side_effect=stop) as configure:
                    with self.assertRaises(RuntimeError):
                        begun = function(["a"], **given)
                        if inspect.iscoroutine(begun):
                            begun.send(None)
                configure.assert_called_once_with(["a"], **given)
