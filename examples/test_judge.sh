#!/usr/bin/env bash
# The judges on problems in many languages: every verdict as expected by each, and a page that a browser shows.
# Argument: the Python to use.
set -euo pipefail
python=$1
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

"$python" examples/compare_judges.py examples/problems/guess "$tmp/guess.html"
bash examples/test_page.sh "$tmp/guess.html" "$tmp" "Guess the number" sv-memory.c "hung up first" 'class="talk"' "was the output flushed?"
"$python" examples/compare_judges.py examples/problems/words "$tmp/words.html"
bash examples/test_page.sh "$tmp/words.html" "$tmp" "Most frequent words" ac.java ce-errors.cpp
echo "passed"
