"""python -m gosandbox judge."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from html.parser import HTMLParser
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from gosandbox.judge import ProblemError, Verdict, read_problem
from gosandbox.judge.compare import compare
from gosandbox.judge.workdir import clear

from .support import ROOT
from .test_cli import ENV, command, usage

SAMPLE = ROOT / "examples" / "problems" / "sum"
GUESS = ROOT / "examples" / "problems" / "guess"


class Folder(unittest.TestCase):
    """A small problem that is in order, and nothing left behind after it was judged."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.scratch = Path(directory.name, "scratch")
        self.top = Path(directory.name, "problem")
        for name in ("tests", "submissions", "../scratch"):
            (self.top / name).resolve().mkdir(parents=True)
        Path(directory.name).chmod(0o755)
        self.scratch.chmod(0o1777)
        self.write("problem.conf", "title=Echo <b>\nprocesses=4\nwall=5\nmemory=64m\n")
        self.write("tests/1.in", "a  b\n")
        self.write("tests/1.out", "a  b\n")
        self.write("submissions/cat.sh", "# expect: AC\nexec cat\n")

    def write(self, name: str, text: str) -> None:
        (self.top / name).write_text(text, "utf-8", "surrogateescape")

    def judge(self, *args: str) -> "subprocess.CompletedProcess[bytes]":
        r = command("judge", *args, str(self.top), env={"TMPDIR": str(self.scratch)})
        self.assertEqual(os.listdir(self.scratch), [])
        return r

    def verdicts(self, *args: str) -> Dict[str, str]:
        r = self.judge("--json", *args)
        return {x["submission"]: x["verdict"] for x in json.loads(r.stdout)["results"]}


class Sample(unittest.TestCase):
    def test_every_verdict_is_the_expected_one(self) -> None:
        self.judge(SAMPLE)

    def test_of_dialogues_as_well(self) -> None:
        text = self.judge(GUESS)
        self.assertIn("\\x1b[2J&lt;b&gt;\\x00\\xff\\xfe&amp;amp;", text)
        for what in ("The submission hung up first", "The interactor hung up first", "Nobody hung up", "bytes more", "was the output flushed?"):
            self.assertIn(what, text)

    def judge(self, problem: Path) -> str:
        names = [p.name for p in problem.glob("submissions/*")]
        with tempfile.TemporaryDirectory() as directory:
            page = Path(directory, "report.html")
            r = command("judge", "--jobs", "2", "--report", str(page), str(problem))
            self.assertEqual(r.returncode, 0, r.stdout.decode())
            text = page.read_text()
        found = re.search(r"\n(\d+) as expected, 0 not as expected(?:, (\d+) skipped)?\n", r.stdout.decode())
        assert found
        self.assertEqual(int(found[1]) + int(found[2] or 0), len(names))  # skipped: of languages that are not installed
        self.assertEqual([n for n in names if n not in text], [])
        self.assertNotRegex(r.stdout.decode() + text, r"[\x00-\x09\x0b-\x1f]")
        return text


class Verdicts(Folder):
    def test_json_and_table(self) -> None:
        self.write("submissions/wrong.sh", "# expect: WA\ntr a c\n")
        r = self.judge("--json")
        found = json.loads(r.stdout)
        self.assertEqual((r.returncode, found["problem"], found["as_expected"]), (0, "Echo <b>", 2))
        wrong = found["results"][1]
        self.assertEqual((wrong["detail"], wrong["passed"], wrong["tests"]),
                         ("test 1: token 1 is c, expected a", 0, 1))
        self.assertIn(b"2 as expected, 0 not as expected", self.judge().stdout)
        self.write("submissions/wrong.sh", "# expect: AC\ntr a c\n")
        r = self.judge("--filter", "wrong")
        self.assertEqual((r.returncode, r.stdout.count(b"AC !")), (1, 1))

    def test_verdicts(self) -> None:
        sources = {
            "rte.sh": "exit 3", "sig.sh": "kill -SEGV $$", "tle.sh": "while :; do :; done", "none.xyz": "",
            "ce.c": "int main(", "wa.py": "print('a')", "long.sh": "#" * 1100000, "ac.c":
            '#include <stdio.h>\nint main(void) { puts("a b"); return 0; }\n', "deep.py":
            "import os\nprint(input())\nfor i in range(300):\n os.mkdir('d'); os.chdir('d'); open('f', 'w').close()\n"
            "for i in range(40):\n os.chdir('..'); os.chmod('d', 0)\nos.chmod('.', 0o500)\n",
            "odd \udcff\033[2J.sh": "cat", "sv.py": "import socket; socket.socket()",
        }
        for name, source in sources.items():
            self.write(f"submissions/{name}", source)
        os.symlink("/nonexistent", self.top / "submissions" / "link.c")
        os.mkfifo(self.top / "submissions" / "fifo.c")
        self.assertEqual(self.verdicts("--jobs", "2"), {
            "cat.sh": "AC", "rte.sh": "RTE", "sig.sh": "RTE", "tle.sh": "TLE", "none.xyz": "SKIPPED", "ce.c": "CE",
            "wa.py": "WA", "long.sh": "CE", "ac.c": "AC", "deep.py": "AC", "odd \ufffd\033[2J.sh": "AC",
            "sv.py": "SV", "link.c": "SE"})

    def test_exact(self) -> None:
        self.write("problem.conf", "checker = exact\nprocesses = 4\n")
        self.write("submissions/space.sh", "tr -s ' '")
        self.write("submissions/wrong.sh", "tr a c")
        self.assertEqual(self.verdicts(), {"cat.sh": "AC", "space.sh": "PE", "wrong.sh": "WA"})

    def test_all_tests(self) -> None:
        for n in range(2, 12):
            self.write(f"tests/{n}.in", f"{n}\n")
            self.write(f"tests/{n}.out", f"{n}\n")
        self.write("submissions/cat.sh", "echo 10")
        found = json.loads(self.judge("--json").stdout)["results"][0]
        self.assertEqual([o["test"] for o in found["outcomes"]], ["1"])
        found = json.loads(self.judge("--json", "--all-tests").stdout)["results"][0]
        self.assertEqual([o["test"] for o in found["outcomes"] if o["verdict"] == "AC"], ["10"])
        self.assertEqual([o["test"] for o in found["outcomes"]], [str(n) for n in range(1, 12)])  # 2 before 10

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_root_runs_submissions_as_nobody(self) -> None:
        self.write("submissions/cat.sh", "[ \"$(id -u)\" = 65534 ] && cat")
        self.write("submissions/self.sh", "printf x >../main.sh || exit 1; cat")
        self.assertEqual(self.verdicts(), {"cat.sh": "AC", "self.sh": "RTE"})

    def test_a_signal_stops_it(self) -> None:
        self.write("submissions/sleep.sh", "sleep 20")
        self.write("problem.conf", "wall = 20\nprocesses = 4\n")
        child = subprocess.Popen([sys.executable, "-m", "gosandbox", "judge", str(self.top)], stdout=subprocess.PIPE,
                                 env={**ENV, "TMPDIR": str(self.scratch)})
        assert child.stdout
        while b"cat.sh" not in child.stdout.readline():
            pass
        time.sleep(0.2)
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=15)
        self.assertEqual((child.returncode, os.listdir(self.scratch)), (128 + signal.SIGTERM, []))
        self.assertIn(b"stopped", out)


class Interactive(Folder):
    """The interactor says a word and wants it back."""

    RIGHT = "import sys\nword = open(3).read().strip()\nprint(word, flush=True)\nsys.exit(42 if input() == word else 43)\n"

    def setUp(self) -> None:
        super().setUp()
        self.write("problem.conf", "processes = 4\nwall = 5\nmemory = 64m\ninteractor = other.py\n")
        (self.top / "tests" / "1.out").unlink()
        self.write("tests/1.in", "word\n")
        self.write("other.py", self.RIGHT)
        self.write("submissions/cat.sh", "# expect: AC\nread -r x; echo $x\n")

    def results(self) -> Dict[str, Tuple[str, str]]:
        found = json.loads(self.judge("--json", "--jobs", "2").stdout)["results"]
        return {x["submission"]: (x["verdict"], x["detail"]) for x in found}

    def test_verdicts(self) -> None:
        for name, source in {"wa.sh": "read -r x; echo y", "rte.sh": "exit 9", "both.sh": "read -r x; echo $x; exit 3", "ignore.sh": "cat"}.items():
            self.write(f"submissions/{name}", source)
        found = {name: verdict for name, (verdict, _) in self.results().items()}
        self.assertEqual(found, {"cat.sh": "AC", "wa.sh": "WA", "rte.sh": "RTE", "both.sh": "RTE", "ignore.sh": "AC"})

    def test_the_dialogue_is_in_json(self) -> None:
        found = json.loads(self.judge("--json").stdout)["results"][0]["outcomes"][0]
        self.assertEqual([(s["by"], s["text"]) for s in found["dialogue"]][:2], [("interactor", "word\n"), ("submission", "word\n")])
        self.assertEqual((found["dropped_bytes"], found["verdict"]), (0, "AC"))

    def test_what_the_interactor_does_wrong_is_nobody_elses_fault(self) -> None:
        self.write("submissions/cat.sh", "while read -r x; do echo $x; done\n")
        for source, why in (
            ("raise Exception('no idea')", "exit code 1: Exception: no idea"), ("exit(0)", "exited with code 0"), ("1/0", "ZeroDivisionError"),
            ("import os\nos.kill(os.getpid(), 9)", "SIGKILL"), ("while True: pass", "did not answer in time"), ("import os\nos.mkdir('/etc/x')", "Error"),
            ("open('/etc/passwd')", "PermissionError"),
        ):
            self.write("other.py", source)
            verdict, detail = self.results()["cat.sh"]
            self.assertEqual(verdict, "SE", source)
            self.assertIn(why, detail)

    def test_they_cannot_reach_each_other(self) -> None:
        self.write("submissions/cat.sh", "cat ../*/main.* ../../*/main.* /proc/*/fd/3 2>/dev/null; read -r x; echo $x")
        self.write("other.py", self.RIGHT + "# secret")
        found = json.loads(self.judge("--json").stdout)["results"][0]["outcomes"][0]
        self.assertNotIn("secret", "".join(s["text"] for s in found["dialogue"]))

    def test_broken(self) -> None:
        for conf, why in (
            ("interactor = ../x.py", "not the plain name"), ("interactor = none.py", "none.py is not a file"),
            ("interactor = other.py\nchecker = exact", "nothing for a checker"), ("interactor = other.xyz", "in no language"),
            ("interactor = other.c", "error"),
        ):
            self.write("other.xyz", "")
            self.write("other.c", "int main(")
            self.write("problem.conf", conf + "\n")
            self.assertIn(why, usage("judge", str(self.top)))


class Page(HTMLParser):
    """What a browser would make of it: elements that are open, attributes, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: List[str] = []
        self.attributes: List[Tuple[str, Optional[str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


class Hostile(Folder):
    def test_report(self) -> None:
        evil = "</td></table><script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;\u202e\033[31m\udcff"
        self.write("problem.conf", f"title = {evil}\nprocesses = 4\n")
        self.write("submissions/<svg onload=x>.sh", f"printf '%s' '{evil.replace(chr(39), '')}' >&2; exit 1")
        self.write("submissions/token.sh", "printf '<script>x</script>\"\\000\\377'")
        self.write("tests/<i>.in", "x")
        self.write("tests/<i>.out", "y")
        path = self.top / "report.html"
        r = self.judge("--report", str(path), "--all-tests")
        self.assertNotRegex(r.stdout.decode(), r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        page = Page(path.read_text("utf-8"))
        self.assertFalse({"script", "img", "svg", "iframe", "object", "link", "b "} & set(page.tags))
        self.assertFalse([a for a in page.attributes if a[0].startswith("on") or a[0] in ("src", "href")])
        self.assertEqual(page.tags.count("table"), 1 + page.tags.count("details"))
        self.assertEqual(page.tags.count("main"), 1)
        self.assertIn("<script>alert(1)</script>", page.text)
        self.assertNotIn("\u202e", page.text)
        self.assertIn(("http-equiv", "Content-Security-Policy"), page.attributes)
        self.assertNotRegex(path.read_text("utf-8"), r"https?://")


class Broken(Folder):
    def refused(self, why: str) -> None:
        self.assertIn(why, usage("judge", str(self.top)))

    def test_folders(self) -> None:
        (self.top / "tests" / "1.out").unlink()
        self.refused("1.out is missing")
        (self.top / "tests" / "1.in").unlink()
        self.refused("has no tests")
        (self.top / "submissions" / "cat.sh").unlink()
        self.write("tests/1.in", "")
        self.write("tests/1.out", "")
        self.refused("has no submissions")
        (self.top / "problem.conf").unlink()
        self.refused("problem.conf: No such file")
        self.assertIn("is not a folder", usage("judge", __file__))
        self.assertIn("No such file", usage("judge", "/no/such/folder"))
        usage("judge")
        for jobs in ("0", "65", "x", "-1"):
            usage("judge", f"--jobs={jobs}", str(self.top))

    def test_settings(self) -> None:
        for line, why in (("nonsense", "line 2 is not key=value"), ("colour=red", "colour: is no setting"),
                          ("cpu=soon", "cpu: not a time"), ("memory=0", "memory: must be more than 0"),
                          ("output=2g", "must not be more than 1g"), ("checker=guess", "neither exact nor tokens"),
                          ("#" * 2000, "too long")):
            self.write("problem.conf", f"# settings\n{line}\n")
            self.refused(why)
            with self.assertRaises(ProblemError):
                read_problem(self.top)
        self.write("problem.conf", "cpu = 2\n")
        limits = read_problem(self.top).limits
        self.assertEqual((limits.cpu, limits.wall, limits.processes), (2, 6, 1))


class Parts(unittest.TestCase):
    def test_compare(self) -> None:
        for answer, right, exact, verdict, detail in (
            (b"a b", b"a\n b\n", False, Verdict.AC, ""), (b"a b", b"a b c", False, Verdict.WA, "token 3 is the end"),
            (b"a b c", b"a b", False, Verdict.WA, "expected the end"), (b"ab", b"a b", False, Verdict.WA, "token 1 is ab"),
            (b"", b" \n", False, Verdict.AC, ""), (b"x" * 99, b"y", False, Verdict.WA, "is " + "x" * 24 + "..., exp"),
            (b"a\nb\n", b"a\nb\n", True, Verdict.AC, ""), (b"a\nb", b"a\nb\n", True, Verdict.PE, "ends at line 2, byte 2"),
            (b"a\nb\n\n", b"a\nb\n", True, Verdict.PE, "goes on at line 3, byte 1"),
            (b"a\nxc", b"a\nxd", True, Verdict.WA, "differs at line 2, byte 2"),
        ):
            found = compare(answer, right, exact)
            self.assertEqual(found[0], verdict, (answer, right))
            self.assertIn(detail, found[1])
            self.assertEqual(bool(found[1]), verdict is not Verdict.AC)

    def test_clear_follows_no_link_and_any_depth(self) -> None:
        with tempfile.TemporaryDirectory() as outside, tempfile.TemporaryDirectory() as inside:
            kept = Path(outside, "kept")
            kept.write_text("x")
            os.symlink(outside, Path(inside, "link"))
            os.link(kept, Path(inside, "hard"))
            fd = os.open(inside, os.O_RDONLY)
            for _ in range(1200):
                os.mkdir("d", dir_fd=fd)
                deeper = os.open("d", os.O_RDONLY, dir_fd=fd)
                os.close(fd)
                fd = deeper
            os.close(fd)
            clear(inside)
            self.assertEqual((os.listdir(inside), kept.read_text()), ([], "x"))
            self.assertFalse(re.search("moved", " ".join(os.listdir(outside))))
