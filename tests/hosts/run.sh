#!/usr/bin/env bash
# Runs the host programs, one line each, and names those that fail: what make has built in build/hosts, the scripts and the Python hosts of
# this folder. Usage: tests/hosts/run.sh [name...]; SECONDS_EACH and BUILD can be set.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/each.sh
export BUILD=${BUILD:-build}
export PYTHONPATH=bindings/python${PYTHONPATH:+:$PYTHONPATH}

names=("$@")
if [ $# -eq 0 ]; then
    for source in tests/hosts/h_*; do
        name=$(basename "$source")
        names+=("${name%.*}")
    done
fi

for name in "${names[@]}"; do
    if [ -f "tests/hosts/$name.sh" ]; then each "$name" bash "tests/hosts/$name.sh"
    elif [ -f "tests/hosts/$name.py" ]; then each "$name" "${PYTHON:-python3}" "tests/hosts/$name.py"
    else each "$name" "$BUILD/hosts/$name"; fi
done
total
