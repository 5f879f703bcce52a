#!/usr/bin/env bash
# The judges on a problem in many languages: every verdict as expected, the same ones by each, and a page that a browser shows.
# Argument: the Python to use.
set -euo pipefail
python=$1
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

check() {
    "$python" - "$tmp" "$1" <<'END_OF_PYTHON'
import json, os, sys
tmp, problem = sys.argv[1:]
names = sorted(os.listdir(f"{problem}/submissions"))
found = {judge: json.load(open(f"{tmp}/{judge}.json")) for judge in ("python", "c")}
rows = [line.split() for line in open(f"{tmp}/cxx.txt") if "/" in line]
found["c++"] = {"results": [{"submission": r[0], "verdict": r[1], "expected": r[2], "detail": " ".join(r[3:])} for r in rows]}
for judge, r in found.items():
    verdicts = {x["submission"]: x["verdict"] for x in r["results"]}
    assert sorted(verdicts) == names, judge
    # Whatever waits for a CPU that others use can pass the wall limit before the one of CPU time.
    starved = [x for x in r["results"] if (x["verdict"], x["expected"]) == ("WTL", "TLE")]
    assert len(starved) <= 2, starved
    wrong = [x for x in r["results"] if x["verdict"] != x["expected"] and x not in starved]
    for x in wrong:
        print(f"{judge}: {x['submission']} is {x['verdict']}, expected {x['expected']}: {x['detail']}", file=sys.stderr)
    assert not wrong, f"{judge}: {len(wrong)} of {len(names)} not as expected"
    print(f"{judge}: {len(verdicts)} submissions, {len(set(verdicts.values()))} verdicts, all as expected")
languages = {x["language"] for x in found["python"]["results"]}
assert len(names) >= 30 and len(languages) >= 8, (len(names), languages)
print(f"{len(languages)} languages: {', '.join(sorted(languages))}")
END_OF_PYTHON
}

judged_by_all() { # a problem
    local problem=examples/problems/$1
    PYTHONPATH=bindings/python "$python" -m gosandbox judge --jobs 2 --json --report "$tmp/report.html" "$problem" > "$tmp/python.json" ||
        echo "the judge in Python: exit status $?" >&2
    build/examples/judge --jobs 2 --json "$problem" > "$tmp/c.json" || echo "the judge in C: exit status $?" >&2
    build/examples/judge++ 2 "$problem" > "$tmp/cxx.txt" || echo "the judge in C++: exit status $?" >&2
    check "$problem"
}

judged_by_all guess
bash examples/test_page.sh "$tmp/report.html" "$tmp" "Guess the number" "sv-memory.c" "hung up first" "class=\"talk\"" "was the output flushed?"
judged_by_all words
bash examples/test_page.sh "$tmp/report.html" "$tmp" "Most frequent words" "ac.java" "ce-errors.cpp"
echo "passed"
