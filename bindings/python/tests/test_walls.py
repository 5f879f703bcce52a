"""Walls that need no privilege; tests/c/t_walls.c has the whole table."""

from __future__ import annotations

import os
import pickle
import socket
import unittest

import gosandbox as gs

from .support import fixture


class TestWalls(unittest.TestCase):
    def reaches(self, walls: gs.Walls) -> str:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            config = gs.Config([fixture("walls"), f"tcp:{port}", "bind:0", f"signal:{os.getpid()}", "own"], walls=walls,
                               stdout=gs.Capture(1000), limits=gs.Limits(wall=20))
            r = gs.run(pickle.loads(pickle.dumps(config)))
        self.assertTrue(r.ok, r.message)
        return r.text()

    def test_walls(self) -> None:
        self.assertEqual(self.reaches(gs.Walls()), "tcp EACCES,bind EACCES,signal EPERM,own EACCES")
        self.assertEqual(self.reaches(gs.Walls(tcp_connect=False, bind_ports=[0])), "tcp,bind,signal EPERM,own")

    def test_refused(self) -> None:
        with self.assertRaises(gs.UnsupportedError):
            gs.run(["/bin/true"], walls=gs.Walls(), policy=gs.Policy.profile().read("/"))
        for ports in ([65536], [-1], ["80"], 80):
            with self.assertRaises(gs.ConfigError, msg=repr(ports)):
                gs.Walls(connect_ports=ports)  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
