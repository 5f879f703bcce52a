#!/usr/bin/env bash
# Runs the C tests that make has built in build/tests, each with a time limit, and prints the total.
# Usage: tests/run_c.sh [name...], e.g. "tests/run_c.sh t_fds". SECONDS_EACH and BUILD can be set.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=${BUILD:-build}/tests
limit=${SECONDS_EACH:-120}
passed=0 failed=0 broken=()

names=("$@")
if [ $# -eq 0 ]; then
    for source in tests/c/t_*.c; do names+=("$(basename "$source" .c)"); done
    names+=(t_abi_cxx)
fi

for name in "${names[@]}"; do
    if [ ! -x "$folder/$name" ]; then
        echo "== $name: not built"
        broken+=("$name")
        continue
    fi
    begin=$(date +%s%N)
    # stdin and the descriptors above 2 are not those of whoever runs this
    output=$(timeout --kill-after=5 "$limit" "$folder/$name" < /dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-)
    code=$?
    took=$(( ($(date +%s%N) - begin) / 1000000 ))
    summary=$(tail -n 1 <<< "$output")
    printf '== %-12s %4d.%03d s  %s\n' "$name" $((took / 1000)) $((took % 1000)) "$summary"
    if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        [ "$code" -eq 0 ] && continue
        [ "${BASH_REMATCH[2]}" -gt 0 ] || broken+=("$name (exit $code)")
    elif [ "$code" -ge 124 ] && [ "$code" -le 125 ] || [ "$code" -eq 137 ]; then
        broken+=("$name (did not end within $limit s)")
    else
        broken+=("$name (exit $code without a summary)")
    fi
    head -n -1 <<< "$output" | tail -n 60 | sed 's/^/   /'
done

for name in "${broken[@]}"; do echo "broken: $name"; done
echo "$passed passed, $((failed + ${#broken[@]})) failed"
[ "$failed" -eq 0 ] && [ ${#broken[@]} -eq 0 ]
