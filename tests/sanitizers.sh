#!/usr/bin/env bash
# Builds C tests and hosts with a sanitizer each and runs them, and those that start no program under valgrind.
# Usage: tests/sanitizers.sh [address|undefined|thread|valgrind]... ; TESTS="t_run h_cxx" chooses.
#
# The sanitizers see the C and C++ side: hosts, callbacks, what sandbox.hpp does, and all that crosses the boundary by libc (malloc, free,
# memcpy, locks). They do not see into Go; its race detector does (make test-race).
#   address    Memory that only Go knows of looks leaked, since Go's heap is not searched: leaks from inside the library are not reported.
#              It needs terabytes of address space, so hosts under RLIMIT_AS cannot be.
#              It ends a process whose threads may not ask for their affinity, so a host that forbids itself that cannot be.
#              Looking for leaks needs ptrace and the first pid namespace: hosts that have neither are not searched.
#   thread     It does the same to a host that forbids itself to ask for its affinity.
#              Go's locks and futexes are not seen, so neither is that what a callback on a library thread wrote is there when the run is
#              over: hosts with callbacks are left out. So is the one whose SIGCHLD handler counts without a lock on whatever thread it is.
#   valgrind   It cannot follow clone(CLONE_VM) without CLONE_THREAD, by which a program is started: only tests that start none.
#              Go's stacks and its reads of padding are not for it either: reports whose frames are in the library are dropped.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$PWD/${BUILD:-build}
out=$build/sanitizers
mkdir -p "$out"
export GOSANDBOX_FIXTURES=$build/fixtures
broken=0

echo 'leak:libgosandbox.so' > "$out/leaks"
echo 'called_from_lib:libgosandbox.so.1' > "$out/races"
cat > "$out/valgrind.supp" << 'END'
{
   go-cond
   Memcheck:Cond
   ...
   obj:*libgosandbox.so*
}
{
   go-value
   Memcheck:Value8
   ...
   obj:*libgosandbox.so*
}
{
   go-addr
   Memcheck:Addr8
   obj:*libgosandbox.so*
}
END

# Not under any: they load the library themselves, limit the address space, measure what a sanitizer adds to, or let calls fail in a thousand processes.
skipped='t_leak t_threads h_memory h_dlopen h_faults h_injected'
declare -A left_out=([address]='h_confined' [thread]='h_confined h_thieves t_callback t_attack_callback h_cxx t_host_signals t_entries')
unsearched='h_family t_hostile h_container'

report() { # KIND NAME CODE FILE
    local summary
    summary=$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$4" | tail -n 1)
    printf '%-10s %-18s %s\n' "$1" "$2" "${summary:-exit $3}"
    [ "$3" -eq 0 ] && return
    broken=$((broken + 1))
    grep -aE '^FAIL|ERROR|WARNING|runtime error|SUMMARY|^==' "$4" | head -n 12 | sed 's/^/   /'
}

with() { # KIND
    local source name compiler standard
    for source in tests/c/t_*.c tests/hosts/h_*.c tests/hosts/h_*.cpp; do
        name=$(basename "${source%.*}")
        [ -n "${TESTS:-}" ] && [[ " $TESTS " != *" $name "* ]] && continue
        [[ " $skipped ${left_out[$1]:-} " == *" $name "* ]] && continue
        local leaks=1
        [[ " $unsearched " == *" $name "* ]] && leaks=0
        local library=$build
        [[ $name == t_fault || $name == t_entries ]] && library=$build/fault
        compiler=${CC:-cc} standard=-std=c11
        [[ $source == *.cpp ]] && compiler=${CXX:-c++} standard=-std=c++17
        "$compiler" $standard -O1 -g -fno-omit-frame-pointer "-fsanitize=$1" -fno-sanitize-recover=all -Iinclude -Itests/c "$source" \
            -L"$library" -lgosandbox -pthread -Wl,-rpath,"$library" -o "$out/$name" || { broken=$((broken + 1)); continue; }
        ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=$leaks LSAN_OPTIONS=suppressions=$out/leaks:print_suppressions=0 \
            TSAN_OPTIONS=suppressions=$out/races:die_after_fork=0 UBSAN_OPTIONS=print_stacktrace=1 \
            timeout --kill-after=5 "${SECONDS_EACH:-120}" "$out/$name" < /dev/null > "$out/$kind-$name.log" 2>&1
        report "$1" "$name" $? "$out/$kind-$name.log"
    done
}

under_valgrind() {
    bash tests/tools.sh valgrind || { broken=$((broken + 1)); return; }
    for name in t_abi; do
        [ -n "${TESTS:-}" ] && [[ " $TESTS " != *" $name "* ]] && continue
        timeout --kill-after=5 "${SECONDS_EACH:-120}" valgrind -q --error-exitcode=9 --suppressions="$out/valgrind.supp" \
            "$build/tests/$name" < /dev/null > "$out/$kind-$name.log" 2>&1
        report valgrind "$name" $? "$out/$kind-$name.log"
    done
}

[ $# -gt 0 ] || set -- address undefined thread valgrind
for kind in "$@"; do
    if [ "$kind" = valgrind ]; then under_valgrind; else with "$kind"; fi
done
echo "$broken broken"
[ "$broken" -eq 0 ]
