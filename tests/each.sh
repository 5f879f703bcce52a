# Runs test programs of which each ends with the line "N passed, N failed", and adds them up. For run_c.sh and hosts/run.sh, which source it.
# SECONDS_EACH can be set.
limit=${SECONDS_EACH:-120}
passed=0 failed=0 broken=()

# each NAME COMMAND...: one of them, with a time limit, without whatever stdin and descriptors above 2 this shell has.
each() {
    local name=$1 begin output code took summary fails=0 why
    shift
    begin=$(date +%s%N)
    output=$(timeout --kill-after=5 "$limit" "$@" < /dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-)
    code=$?
    took=$(( ($(date +%s%N) - begin) / 1000000 ))
    summary=$(tail -n 1 <<< "$output")
    printf '== %-16s %4d.%03d s  %s\n' "$name" $((took / 1000)) $((took % 1000)) "$summary"
    grep '^not run: ' <<< "$output" | sed 's/^/   /'
    if [[ $summary =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) fails=${BASH_REMATCH[2]}
        [ "$code" -eq 0 ] && [ "$fails" -eq 0 ] && return
        why="exit $code"
    elif [ "$code" -eq 124 ] || [ "$code" -eq 125 ] || [ "$code" -eq 137 ]; then
        why="did not end within $limit s"
    else
        why="exit $code without a summary"
    fi
    fail "$name ($why)" "$fails"
    head -n -1 <<< "$output" | ends | sed 's/^/   /'
}

# ends: the beginning and the end of what it reads. A crash begins with what it is.
ends() { awk '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++) if (i <= 30 || i > NR - 50) print line[i]; else if (i == 31) print "[...]" }'; }

# fail WHAT [N]: it counts as N failures, and as one at least.
fail() {
    local n=${2:-0}
    broken+=("$1")
    failed=$((failed + (n > 0 ? n : 1)))
}

# The names of those that failed, and the total, which is also the exit status.
total() {
    local name
    for name in "${broken[@]}"; do echo "broken: $name"; done
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
