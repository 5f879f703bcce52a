"""Isolation that is prepared once for many runs."""

import errno
import pickle
import unittest

import gosandbox as gs

from .support import fixture


def judge() -> gs.Template:
    program = gs.Mount(gs.MOUNT_BIND, "/fixture", source=fixture("template_trace"), flags=gs.MOUNT_EXEC)
    return gs.Template(gs.Isolation(judge_root=True, mounts=[program], hostname="box", loopback=True), user=(1234, 1235))


class TemplateTest(unittest.TestCase):
    def test_nothing_of_a_run_is_there_for_the_next(self) -> None:
        with judge() as template:
            for _ in range(3):
                r = gs.run(["/fixture", "leave"], template=template, stdout=gs.Capture(100), limits=gs.Limits(wall=20))
                self.assertEqual((r.status, r.stdout), (gs.Status.EXITED, b"left\n"), r.message)
                r = gs.run(["/fixture", "look"], template=template, stdout=gs.Capture(1000), limits=gs.Limits(wall=20))
                self.assertEqual((r.status, r.stdout), (gs.Status.EXITED, b""), r.message)

    def test_run_keeps_what_is_its_own(self) -> None:
        with judge() as template:
            config = gs.Config(["/bin/sh", "-c", "id -u; id -g; uname -n; cat"], template=template, stdin=b"in", stdout=gs.Capture(100))
            self.assertEqual(gs.run(config).stdout, b"1234\n1235\nbox\nin")
            with gs.start(config) as task:
                self.assertEqual(task.wait().stdout, b"1234\n1235\nbox\nin")
            r = gs.run(["/bin/sleep", "20"], template=template, limits=gs.Limits(wall=0.05))
            self.assertIs(r.status, gs.Status.WALL_LIMIT)

    def test_misuse(self) -> None:
        with self.assertRaises(gs.ConfigError):
            gs.Template("judge")  # type: ignore[arg-type]
        with self.assertRaises(gs.ConfigError):
            gs.Template(gs.Isolation(flags=0))
        with self.assertRaises(gs.SetupError) as failed:
            gs.Template(gs.Isolation(mounts=[gs.Mount(gs.MOUNT_BIND, "/a", source="/no/such/source")]), user=(1, 1))
        self.assertEqual(failed.exception.errno, errno.ENOENT)
        self.assertIn("/no/such/source at /a", str(failed.exception))
        with judge() as template:
            with self.assertRaises(gs.ConfigError):
                gs.run(["/bin/true"], template=template, isolation=gs.Isolation())
            with self.assertRaises(TypeError):
                pickle.dumps(gs.Config(["/bin/true"], template=template))
            config = gs.Config(["/bin/true"], template=template)
            task = gs.start(gs.Config(["/bin/sh", "-c", "exit 3"], template=template))
        with task:
            self.assertEqual(task.wait().exit_code, 3)  # begun before the template was closed
        with self.assertRaises(gs.ConfigError):
            gs.run(config)
        with self.assertRaises(gs.ConfigError):
            gs.Config(["/bin/true"], template="judge")  # type: ignore[arg-type]


if __name__ == "__main__":
    unittest.main()
