"""Judges a problem with the judges in Python, C and C++: every verdict must be the expected one.

Usage: compare_judges.py PROBLEM_DIR REPORT.html"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict

ROOT = Path(__file__).resolve().parent.parent
JUDGES = {
    "python": [sys.executable, "-m", "gosandbox", "judge", "--jobs", "2", "--json"],
    "c": [str(ROOT / "build/examples/judge"), "--jobs", "2", "--json"],
    "c++": [str(ROOT / "build/examples/judge++"), "2"],
}
Rows = Dict[str, Dict[str, str]]


def judge(name: str, problem: Path, *options: str) -> Rows:
    """The rows of a judge, by the names of the submissions."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings/python")}
    ended = subprocess.run([*JUDGES[name], *options, str(problem)], env=environment, stdout=subprocess.PIPE, text=True, errors="replace")
    if ended.returncode not in (0, 1):
        raise SystemExit(f"the judge in {name}: exit status {ended.returncode}")
    if name == "c++":
        words = (line.split() for line in ended.stdout.splitlines() if "/" in line)
        rows = [dict(submission=w[0], verdict=w[1], expected=w[2], detail=" ".join(w[3:])) for w in words]
    else:
        rows = json.loads(ended.stdout)["results"]
    return {row["submission"]: row for row in rows}


def again(name: str, problem: Path, submission: str) -> Dict[str, str]:
    """One submission alone: what waits for a CPU that others use can pass the wall limit before the one of CPU time."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, "problems", problem.name)
        shutil.copytree(problem, copy, ignore=lambda at, names: [n for n in names if at.endswith("submissions") and n != submission])
        shutil.copy(problem.parent / "languages.conf", copy.parent)
        return judge(name, copy)[submission]


def main() -> int:
    problem, report = Path(sys.argv[1]).resolve(), sys.argv[2]
    names = sorted(os.listdir(problem / "submissions"))
    wrong, languages = 0, set()
    for name in JUDGES:
        rows = judge(name, problem, *(["--report", report] if name == "python" else []))
        if sorted(rows) != names:
            raise SystemExit(f"the judge in {name} left out {sorted(set(names) ^ set(rows))}")
        for submission, row in rows.items():
            for _ in range(2):
                if (row["verdict"], row["expected"]) == ("WTL", "TLE"):
                    print(f"{name}: {submission} is judged again, alone: {row['detail']}")
                    row = rows[submission] = again(name, problem, submission)
            if row["verdict"] != row["expected"]:
                print(f"{name}: {submission} is {row['verdict']}, expected {row['expected']}: {row['detail']}", file=sys.stderr)
                wrong += 1
            languages.add(row.get("language", ""))
        print(f"{name}: {len(rows)} submissions, {len({r['verdict'] for r in rows.values()})} verdicts")
    languages.discard("")
    print(f"{len(languages)} languages: {', '.join(sorted(languages))}; {wrong} verdicts not as expected")
    return int(wrong > 0 or len(names) < 30 or len(languages) < 8)


if __name__ == "__main__":
    sys.exit(main())
