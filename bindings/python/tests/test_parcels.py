"""Files in, files out."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import gosandbox as gs

from .support import fixture

LIMITS = gs.Limits(wall=20)


class TestParcels(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        (self.top / "host").write_bytes(b"from the host")

    def test_in_and_out(self) -> None:
        with open(self.top / "host", "rb") as file:
            file.read()
            r = gs.run(["/bin/sh", "-c", "/bin/cat a b c/d > all.out; ./run > run.out"], workspace=self.top, limits=LIMITS, collect="*.out",
                       files={"a": b"1 ", "b": self.top / "host", "c/d": file, "run": gs.Put(b"#!/bin/sh\necho ran\n", 0o755)})
        self.assertTrue(r.ok, r.message)
        self.assertEqual(r.files, {"all.out": b"1 from the hostfrom the host", "run.out": b"ran\n"})
        self.assertTrue(all(f.ok and f.collection == 0 for f in r.collected))
        self.assertEqual(pickle.loads(pickle.dumps(r)), r)
        self.assertEqual(os.listdir(self.top), ["host"])

    def test_hostile(self) -> None:
        r = gs.run([fixture("leave"), "zoo"], workspace=True, limits=LIMITS,
                   collect=[gs.Collect("*.out", max_bytes=2 << 20), "absent", gs.Collect("linked/passwd")])
        found = {f.name: f for f in r.collected}
        self.assertEqual(found["good.out"].content, b"good\n")
        expected = {"link.out": "SYMLINK", "magic.out": "SYMLINK", "fifo.out": "FIFO", "socket.out": "SOCKET", "first.out": "HARD_LINK",
                    "huge.out": "TOO_BIG", "big.out": "TOO_BIG", "holes.out": "SPARSE", "directory.out": "DIRECTORY", "absent": "MISSING",
                    "linked/passwd": "SYMLINK", "new\nline.out": "COLLECTED", os.fsdecode(b"\xff\xfe.out"): "COLLECTED"}
        for name, status in expected.items():
            self.assertEqual(found[name].status.name, status, name)
            self.assertEqual(found[name].content is not None, status == "COLLECTED")
        self.assertEqual(pickle.loads(pickle.dumps(r)), r)

    def test_into(self) -> None:
        out = self.top / "out"
        out.mkdir()
        with open(self.top / "appended", "wb") as appended:
            config = gs.Config([fixture("leave"), "zoo"], workspace=True, limits=LIMITS, collect=[
                gs.Collect("**", into=out, max_bytes=2 << 20), gs.Collect("good.out", into=appended), gs.Collect("sub/inner.out", into=appended)])
            r = gs.run(config)
        names = sorted(str(p.relative_to(out)) for p in out.rglob("*.out"))
        self.assertEqual([n for n in names if len(n) < 100 and n not in ("none.out", "locked/x.out")], ["empty.out", "good.out", "setuid.out", "sub/inner.out"])
        self.assertEqual((out / "setuid.out").stat().st_mode & 0o7111, 0)
        self.assertEqual((self.top / "appended").read_bytes(), b"good\ninner\n")
        self.assertEqual({f.name for f in r.collected if f.status == gs.FileStatus.BAD_NAME},
                         {"new\nline.out", "-rf.out", "\x1b[31m.out", os.fsdecode(b"\xff\xfe.out")})
        self.assertEqual(r.files, {})

    def test_template_group_batch_task(self) -> None:
        isolation = gs.Isolation(judge_root=True, mounts=[gs.Mount(gs.MOUNT_BIND, "/leave", fixture("leave"), gs.MOUNT_EXEC)])
        with gs.Template(isolation) as template:
            for text in ("one", "two"):
                r = gs.run(["/leave", "show", "in", "/tmp/in"], template=template, cwd="/tmp", limits=LIMITS, stdout=gs.Capture(),
                           files={"in": text.encode(), "/tmp/x": b"x"}, collect=gs.Collect("*", dir="/tmp"))
                self.assertEqual(r.stdout, f"in 644 1 {text}\n/tmp/in 644 1 {text}\n".encode())
                self.assertEqual(r.files, {"in": text.encode(), "x": b"x"})
        configs = [pickle.loads(pickle.dumps(gs.Config([fixture("leave"), "write", f"o{i}", str(i)], workspace=True, collect="o*", limits=LIMITS)))
                   for i in range(4)]
        expected = [{f"o{i}": str(i).encode()} for i in range(4)]
        self.assertEqual([r.files for r in gs.run_group(configs).results], expected)
        self.assertEqual([r.files for r in gs.run_batch(configs)], expected)
        with gs.start(configs[1]) as task:
            self.assertEqual(task.wait().files, expected[1])

        async def gathered() -> None:
            results = await gs.gather(configs)
            self.assertEqual([r.files for r in results], expected)
        asyncio.run(gathered())

    def test_refused(self) -> None:
        with self.assertRaises(gs.ConfigError):
            gs.run(["/bin/true"], collect="../x")
        with self.assertRaises(gs.ConfigError):
            gs.run(["/bin/true"], collect=gs.Collect("x", max_bytes=0))
        with self.assertRaises(gs.ConfigError):
            gs.run(["/bin/true"], files={"../x": b""})
        with self.assertRaises(gs.ConfigError):
            gs.run(["/bin/true"], files={"x": 3.5})  # type: ignore[dict-item]
        with self.assertRaises(gs.ConfigError):
            gs.Config(["/bin/true"], files=[b"x"])  # type: ignore[arg-type]
        r = gs.run(["/bin/true"], workspace=True, files={"a": self.top})
        self.assertEqual((r.status, r.step, r.index), (gs.Status.SETUP_FAILED, gs.Step.PUT, 0))

    def test_cli(self) -> None:
        out = self.top / "out"
        out.mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "gosandbox", "run", "--json", "--workspace", "--in", f"a={self.top / 'host'}", "--out", "*.out", "--out-dir", str(out),
             "/bin/sh", "-c", "/bin/cat a > b.out; /bin/ln -s a c.out"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({f["name"]: f["status"] for f in json.loads(done.stderr)["files"]}, {"b.out": "COLLECTED", "c.out": "SYMLINK"})
        self.assertEqual((out / "b.out").read_bytes(), b"from the host")
        self.assertEqual(os.listdir(out), ["b.out"])
