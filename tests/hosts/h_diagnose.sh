#!/usr/bin/env bash
# The variant for diagnosis names function, file and line of the host when its callback crashes; the usual library cannot.
set -u
. tests/hosts/script.sh
build=${BUILD:-build}
"${CC:-cc}" -g -O1 -Iinclude tests/hosts/consumer/crash.c -L"$build" -lgosandbox -o "$folder/crash" || bad "crash.c does not compile"
line=$(grep -n 'the line to be named' tests/hosts/consumer/crash.c | cut -d: -f1)
# A crashing runtime waits 10 s for its threads to tell where they are, which they cannot: SIGQUIT is blocked there for the host's sake.
for variant in . diagnose; do
    { LD_LIBRARY_PATH=$build/$variant timeout 60 "$folder/crash" > "$folder/$variant.log" 2>&1; echo $? > "$folder/$variant.code"; } &
done
wait
for variant in . diagnose; do
    code=$(cat "$folder/$variant.code")
    cp "$folder/$variant.log" "$folder/log"
    [ $code -gt 128 ] && ok || bad "$variant: the host did not crash: exit $code: $(cat "$folder/log")"
    named=$(grep -A1 '^deep_in_the_callback' "$folder/log" | grep -c "crash.c:$line ")
    case $variant in
        diagnose) [ "$named" -eq 1 ] && grep -q '^on_log' "$folder/log" && ok || bad "not named: $(head -n 20 "$folder/log")" ;;
        *) [ "$named" -eq 0 ] && ok || bad "the usual library names it as well: is the variant needed?" ;;
    esac
done
summary
