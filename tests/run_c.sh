#!/usr/bin/env bash
# Runs the C tests that make has built in build/tests, each with a time limit, and prints the total.
# Usage: tests/run_c.sh [name...], e.g. "tests/run_c.sh t_fds". SECONDS_EACH and BUILD can be set.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/each.sh
folder=${BUILD:-build}/tests

names=("$@")
if [ $# -eq 0 ]; then
    for source in tests/c/t_*.c; do names+=("$(basename "$source" .c)"); done
    names+=(t_abi_cxx)
fi

for name in "${names[@]}"; do
    if [ -x "$folder/$name" ]; then each "$name" "$folder/$name"
    else fail "$name (not built)"; fi
done
total
