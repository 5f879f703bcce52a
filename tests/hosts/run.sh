#!/usr/bin/env bash
# Runs the host programs, one line each, and names those that fail: what make has built in build/hosts, the scripts and the Python hosts of
# this folder. Each ends with the line "N passed, N failed". Usage: tests/hosts/run.sh [name...]; SECONDS_EACH and BUILD can be set.
set -u
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
export PYTHONPATH=bindings/python${PYTHONPATH:+:$PYTHONPATH}
limit=${SECONDS_EACH:-120}
passed=0 failed=0 broken=()

names=("$@")
if [ $# -eq 0 ]; then
    for source in tests/hosts/h_*; do
        name=$(basename "$source")
        names+=("${name%.*}")
    done
fi

for name in "${names[@]}"; do
    if [ -f "tests/hosts/$name.sh" ]; then command=(bash "tests/hosts/$name.sh")
    elif [ -f "tests/hosts/$name.py" ]; then command=("${PYTHON:-python3}" "tests/hosts/$name.py")
    else command=("$BUILD/hosts/$name"); fi
    begin=$(date +%s%N)
    output=$(timeout --kill-after=5 "$limit" "${command[@]}" < /dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-)
    code=$?
    took=$(( ($(date +%s%N) - begin) / 1000000 ))
    summary=$(tail -n 1 <<< "$output")
    printf '== %-16s %4d.%03d s  %s\n' "$name" $((took / 1000)) $((took % 1000)) "$summary"
    grep '^not run: ' <<< "$output" | sed 's/^/   /'
    if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        [ "$code" -eq 0 ] && continue
        broken+=("$name (exit $code)")
    elif [ "$code" -eq 124 ] || [ "$code" -eq 137 ]; then
        broken+=("$name (did not end within $limit s)")
    else
        broken+=("$name (exit $code without a summary)")
    fi
    head -n -1 <<< "$output" | tail -n 60 | sed 's/^/   /'
done

for name in "${broken[@]}"; do echo "broken host: $name"; done
echo "$passed passed, $((failed + (${#broken[@]} > 0 && failed == 0))) failed"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ]
