"""What is recorded of a tree, and the picture of it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import gosandbox as gs
from gosandbox.cli import plot

from .support import fixture

SVG = "{http://www.w3.org/2000/svg}"


class TestRecord(unittest.TestCase):
    def test_timeline(self) -> None:
        r = gs.run([fixture("record"), "fill"], record=gs.Record(samples=500, interval=0.002), limits=gs.Limits(memory=256 << 20, wall=20))
        self.assertTrue(r.ok, r.message)
        self.assertGreater(len(r.timeline), 10)
        self.assertEqual((r.timeline[0].at_ns, r.timeline[-1].processes), (0, 0))
        self.assertEqual([s.at_ns for s in r.timeline], sorted(s.at_ns for s in r.timeline))
        self.assertTrue(64 << 20 <= max(s.memory for s in r.timeline) < 70 << 20)
        self.assertEqual((r.processes, r.processes_total), ((), 2))
        self.assertNotIn(gs.Figure.BYTES_READ, r.measured)
        self.assertEqual(pickle.loads(pickle.dumps(r)), r)

    def test_table(self) -> None:
        config = gs.Config([fixture("record"), "family"], record=gs.Record(processes=5, bytes=True), limits=gs.Limits(wall=20))
        r = gs.run(pickle.loads(pickle.dumps(config)))
        self.assertEqual(r.exit_code, 3, r.message)
        self.assertEqual([p.exit_code for p in r.processes], [3, 7, 8, 0, 9])
        self.assertEqual(r.processes[1].name, "a) R 1 2 3")
        self.assertEqual([p.parent for p in r.processes[:2]], [None, r.processes[0].pid])
        self.assertEqual((r.processes[2].bytes_read, r.processes[2].bytes_written), (50000, 100000))
        self.assertGreaterEqual(r.bytes_written, 100000)
        self.assertEqual((r.processes_total, r.sources[gs.Figure.BYTES_WRITTEN]), (6, gs.Source.PROC_IO))

    def test_killed(self) -> None:
        with gs.start([fixture("record"), "fill"], record=gs.Record(samples=2, processes=1)) as task:
            task.kill()
            r = task.wait()
        self.assertEqual(r.status, gs.Status.CANCELLED)
        for p in r.processes:
            self.assertEqual((p.exit_code, p.signal), (None, 9))

    def test_refused(self) -> None:
        for record in (gs.Record(samples=1), gs.Record(samples=65537), gs.Record(interval=1), gs.Record(samples=2, interval=0.00001),
                       gs.Record(processes=-1), gs.Record(samples="3")):  # type: ignore[arg-type]
            with self.assertRaises(gs.ConfigError, msg=repr(record)):
                gs.run(["/bin/true"], record=record)


class TestPlot(unittest.TestCase):
    def texts(self, picture: str) -> str:
        return "\n".join(e.text or "" for e in ElementTree.fromstring(picture).iter(f"{SVG}text"))

    def test_picture(self) -> None:
        limits = gs.Limits(cpu=20, wall=0.2, memory=80 << 20, processes=3)
        r = gs.run([fixture("record"), "fill"], record=gs.Record(samples=100), limits=limits)
        self.assertEqual(r.status, gs.Status.WALL_LIMIT)
        picture = plot.draw(r, limits, ["./<a&b>\x1b[31m\u202e", "fill"])
        words = self.texts(picture)
        for word in ("./<a&b>", "WALL_LIMIT", "memory", "limit 20 s", "limit 3", "wall limit 200 ms", "MiB"):
            self.assertIn(word, words)
        self.assertNotIn("\x1b", picture)
        self.assertNotIn("\u202e", picture)
        lines = [e for e in ElementTree.fromstring(picture).iter(f"{SVG}polyline")]
        self.assertEqual(len(lines), 3)
        for line in lines:
            for x, y in (p.split(",") for p in line.attrib["points"].split()):
                self.assertTrue(0 <= float(x) <= 860 and 0 <= float(y) <= 700, (x, y))

    def test_ticks(self) -> None:
        for most in (1.0, 0.3, 7, 100, 0.00012, 1023, 4):
            ticks = plot._ticks(most)
            self.assertEqual(ticks[0], 0)
            self.assertLessEqual(ticks[-1], most * 1.001)
            self.assertGreater(ticks[-1], most * 0.49)
            self.assertTrue(2 <= len(ticks) - 1 <= 6, (most, ticks))

    def test_command(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.svg"
            command = [sys.executable, "-m", "gosandbox", "run", "--json", "--table", "--timeline", "--interval", "5ms", "--plot", str(path),
                       "--wall", "20", "--", fixture("record"), "fill"]
            done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            report = json.loads(done.stderr)
            self.assertEqual(report["processes_total"], len(report["process_table"]))
            self.assertEqual(report["timeline"][0]["at_ns"], 0)
            self.assertIn("record fill", self.texts(path.read_text()))
            for bad in (["--timeline"], ["--interval", "1ms"]):
                done = subprocess.run([sys.executable, "-m", "gosandbox", "run", *bad, "/bin/true"], stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 2)
            done = subprocess.run([sys.executable, "-m", "gosandbox", "run", "--plot", folder, "/bin/true"], stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 3)
            self.assertIn("--plot", done.stderr)


if __name__ == "__main__":
    unittest.main()
