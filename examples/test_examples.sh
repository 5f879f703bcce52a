#!/bin/sh
# Tests the examples for real: builds them, runs them, looks at what they print and how they exit.
#
#   examples/test_examples.sh              as root, or as any user
#   BIN=build/examples examples/test_examples.sh   tests programs that are there already
#
# Needs build/libgosandbox.so, cc, c++ and python3. Every load is bounded by a limit of the sandbox and by timeout(1).

top=$(cd "$(dirname "$0")/.." && pwd) || exit 2
tmp=$(mktemp -d "${TMPDIR:-/tmp}/gosandbox-examples-XXXXXX") || exit 2
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
passed=0 failed=0 skipped=0
LC_ALL=C
export LC_ALL

pass() { passed=$((passed + 1)); [ -z "$VERBOSE" ] || echo "ok   $1"; }
fail() {
    failed=$((failed + 1))
    echo "FAIL $1"
    [ -z "$2" ] || echo "     $2"
}
skip() { skipped=$((skipped + 1)); echo "skip $1: $2"; }

# run_it CODE NAME COMMAND...: runs the command, keeps what it prints in $tmp/out and $tmp/err, wants the exit status.
run_it() {
    want=$1 name=$2
    shift 2
    timeout -k 5 60 "$@" >"$tmp/out" 2>"$tmp/err"
    code=$?
    if [ "$code" -eq "$want" ]; then
        pass "$name"
    else
        fail "$name" "exit status $code, not $want; stderr: $(head -c 300 "$tmp/err")"
    fi
}
# has FILE NAME TEXT: the file in $tmp has that text.
has() {
    if grep -qF -- "$3" "$tmp/$1"; then pass "$2"; else fail "$2" "no '$3' in: $(head -c 6000 "$tmp/$1")"; fi
}
same() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got '$2', not '$3'"; fi; }
# json NAME EXPRESSION: $tmp/err (or $json_file) is JSON, `r`, for which the Python expression holds.
json() {
    file=${json_file:-$tmp/err}
    if ! python3 -m json.tool "$file" >/dev/null 2>"$tmp/json"; then
        fail "$1" "no JSON: $(head -c 300 "$file")"
    elif python3 -c 'import json, sys
r = json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(not eval(sys.argv[2]))' "$file" "$2"; then
        pass "$1"
    else
        fail "$1" "not $2: $(head -c 700 "$file")"
    fi
}

# ---------------------------------------------------------------- building

if [ -z "$BIN" ]; then
    BIN=$tmp/bin
    mkdir "$BIN" || exit 2
    build() {
        target=$1
        shift
        (cd "$top/examples/c" && ${CC:-cc} -std=c11 -O2 -Wall -Wextra -pedantic -Werror -I"$top/include" "$@" \
            -L"$top/build" -lgosandbox -pthread -Wl,-rpath,"$top/build" -o "$BIN/$target") || {
            fail "building $target"
            echo "$passed passed, $failed failed"
            exit 1
        }
        pass "building $target"
    }
    build minimal minimal.c
    build features features.c
    build run run.c run_files.c run_options.c run_report.c run_trace.c text.c units.c
    build callback callback.c
    build learn learn.c text.c
    build judge judge.c table.c problem.c languages.c submission.c build.c testing.c interactive.c sandboxed.c cores.c reach.c compare.c workdir.c text.c units.c
fi
BIN=$(cd "$BIN" && pwd) || exit 2
run=$BIN/run judge=$BIN/judge callback=$BIN/callback learn=$BIN/learn
work=$tmp/work
mkdir "$work" && cd "$work" || exit 2

# ---------------------------------------------------------------- features

run_it 0 "features" "$BIN/features"
listed=$(grep -cE '^  [a-z ]+ (yes|no) ' "$tmp/out")
known=$(grep -cE '^#define GOSANDBOX_FEATURE_' "$top/include/sandbox.h")
if [ "$listed" -eq "$known" ]; then pass "features: all"; else fail "features: all" "$listed of $known features"; fi
reasons=$(grep -c '  because: .*: ' "$tmp/out")
if [ "$reasons" -eq "$(grep -cE '^  [a-z ]+ no ' "$tmp/out")" ]; then pass "features: reasons"; else fail "features: reasons" "$reasons reasons"; fi

# ---------------------------------------------------------------- minimal

run_it 0 "minimal: echo" "$BIN/minimal"
has out "minimal: status" "EXITED"
has out "minimal: output" "hello"
run_it 0 "minimal: a command line" "$BIN/minimal" /bin/sh -c 'echo one; exit 4'
has out "minimal: its output" "one"
run_it 1 "minimal: no such program" "$BIN/minimal" /nonexistent

# ---------------------------------------------------------------- run: exit status and report

run_it 0 "run: true" "$run" true
has err "run: report" "status: EXITED"
has err "run: exit code" "exit code: 0"
for word in cpu user sys wall memory processes message; do has err "run: report has $word" "$word: "; done
run_it 1 "run: exit code 3" "$run" -- sh -c 'exit 3'
has err "run: tells exit code 3" "exit code: 3"
run_it 1 "run: exit code 255" "$run" -- sh -c 'exit 255'
has err "run: tells exit code 255" "exit code: 255"
run_it 1 "run: signal" "$run" -- sh -c 'kill -SEGV $$'
has err "run: tells the signal" "signal: 11 (SIGSEGV)"
run_it 3 "run: no such program" "$run" /nonexistent/program
has err "run: says why" "No such file"
run_it 3 "run: a program that is no program" "$run" /etc/passwd
run_it 3 "run: no such folder" "$run" --cwd /nonexistent true
run_it 3 "run: no such stdin" "$run" --stdin /nonexistent true
run_it 3 "run: stdout cannot be made" "$run" --stdout /nonexistent/out true
run_it 3 "run: report cannot be made" "$run" --report /nonexistent/report true
has err "run: and says so" "/nonexistent/report"
run_it 3 "run: report cannot be written" "$run" --report /dev/full true

run_it 0 "run: --help" "$run" --help
has out "run: --help says usage" "usage: run"
run_it 0 "run: --version" "$run" --version
has out "run: --version" "gosandbox 1."

# ---------------------------------------------------------------- run: wrong command lines

usage() {
    name=$1
    shift
    run_it 2 "run: refuses $name" "$run" "$@"
    has err "run: says why it refuses $name" "run: "
}
usage "no program"
usage "no program after --" --
usage "an unknown option" --nonsense true
usage "a missing value" --cpu
for time in '' 0 0.0 -1 1x abc 1e3 0x10 ' 1' '1 ' .5 1. 1..5 nan inf 99999999999999999999 9223372037 +1 1,5; do
    usage "--cpu '$time'" --cpu "$time" true
done
for size in '' 0 -1 abc 1.5g 1kk 64q 99999999999999999999 9999999999g 8388608t 0x10; do
    usage "--memory '$size'" --memory "$size" true
done
for count in '' 0 -1 abc 1.5 99999999999999999999; do usage "--processes '$count'" --processes "$count" true; done
usage "--user without a group" --user 1 true
usage "--user with names" --user nobody:nogroup true
usage "--user with -1" --user 4294967295:0 true
for nice in '' x 20 -21 - --1; do usage "--nice '$nice'" --nice "$nice" true; done
for cpus in '' x 0, ,0 1-0 0-99999 4096 0-1-2; do usage "--affinity '$cpus'" --affinity "$cpus" true; done
usage "--env without =" --env NAME true
usage "--env without a name" --env =x true
usage "--deny of an unknown call" --deny nonsense true
usage "--deny with an unknown errno" --deny mount:ENONSENSE true
usage "--deny with errno 0" --deny mount:0 true
usage "--deny with errno 4096" --deny mount:4096 true
usage "--kill of an unknown call" --kill nonsense true
usage "--kill execve" --kill execve true
usage "--fork-fails alone" --fork-fails true
usage "an empty program" ''
run_it 2 "run: a hostile option value" "$run" --cpu "$(printf '\033[31m')" true
if grep -q "$(printf '\033')" "$tmp/err"; then fail "run: no escape sequences in messages"; else pass "run: no escape sequences in messages"; fi

for time in 1 0.5 500ms 250000us 2s 1.25s 100.000000001 9223372036; do
    run_it 0 "run: takes --wall $time" "$run" --wall "$time" true
done
for size in 67108864 65536k 64m 1g 1G 1t; do run_it 0 "run: takes --memory $size" "$run" --memory "$size" true; done

# ---------------------------------------------------------------- run: what the program gets

printf 'in\n' >1.in
run_it 0 "run: files" "$run" --stdin 1.in --stdout 1.out --stderr 2.txt -- sh -c 'cat; echo err >&2'
same "run: stdout file" "$(cat 1.out)" in
same "run: stderr file" "$(cat 2.txt)" err
printf 'much longer than before\n' >1.out
run_it 0 "run: stdout is emptied first" "$run" --stdout 1.out echo short
same "run: stdout file is new" "$(cat 1.out)" short
run_it 0 "run: --stderr-to-stdout" "$run" --stdout 1.out --stderr-to-stdout -- sh -c 'echo a; echo b >&2; echo c'
same "run: one stream" "$(tr '\n' ' ' <1.out)" "a b c "
same "run: own stdin, stdout" "$(echo through | "$run" --report /dev/null cat)" through
same "run: own stderr" "$("$run" --report /dev/null -- sh -c 'echo err >&2' 2>&1)" err
"$run" --report report.txt true <&- >&- 2>&-
same "run: with closed descriptors" $? 0
"$run" --report report.txt -- sh -c 'echo lost; cat; exit 7' <&- >&- 2>&-
same "run: and they are /dev/null" "$(grep -c 'exit code: 7' report.txt)" 1
mkdir dir && dir=$(cd dir && pwd -P)
same "run: --cwd" "$("$run" --report /dev/null --cwd dir pwd)" "$dir"
same "run: empty environment" "$(SECRET=x "$run" --report /dev/null env)" ""
same "run: --env" "$("$run" --report /dev/null --env A=B --env C= env | sort | tr '\n' ' ')" "A=B C= "
same "run: --nice" "$("$run" --report /dev/null --nice 7 nice)" 7
same "run: --affinity" "$("$run" --report /dev/null --affinity 0 nproc)" 1
same "run: options end at the program" "$("$run" --report /dev/null echo --cpu 1)" "--cpu 1"
same "run: --open-files" "$("$run" --report /dev/null --open-files 17 -- sh -c 'ulimit -n')" 17
same "run: --stack" "$("$run" --report /dev/null --stack 4m -- sh -c 'ulimit -s')" 4096
if [ "$(id -u)" -eq 0 ]; then
    same "run: --user" "$("$run" --report /dev/null --user 65534:65534 -- sh -c 'id -u; id -g; id -G' | tr '\n' ' ')" \
        "65534 65534 65534 "
else
    run_it 3 "run: --user needs root" "$run" --user 12345:12345 true
fi

# ---------------------------------------------------------------- run: limits

run_it 1 "run: cpu limit" "$run" --cpu 0.2 --wall 20 -- sh -c 'while :; do :; done'
has err "run: CPU_LIMIT" "status: CPU_LIMIT"
run_it 1 "run: wall limit" "$run" --wall 200ms sleep 20
has err "run: WALL_LIMIT" "status: WALL_LIMIT"
run_it 1 "run: memory limit" "$run" --memory 64m --wall 20 --env PATH=/usr/bin:/bin python3 -c 'x = b"x" * (300 << 20)'
has err "run: MEMORY_LIMIT" "status: MEMORY_LIMIT"
run_it 1 "run: output limit" "$run" --output 64k --wall 20 --stdout big.out -- sh -c 'while :; do echo xxxxxxxxxxxxxxxx; done'
has err "run: OUTPUT_LIMIT" "status: OUTPUT_LIMIT"
same "run: and no more than that is written" "$(($(wc -c <big.out) <= 65536))" 1
run_it 1 "run: process limit" "$run" --processes 1 --wall 20 -- sh -c 'sleep 1 & wait'
has err "run: PROCESS_LIMIT" "status: PROCESS_LIMIT"
run_it 0 "run: processes within the limit" "$run" --processes 2 --wall 20 -- sh -c '(exit 0); (exit 0); (exit 0); true'
run_it 1 "run: --fork-fails" "$run" --processes 1 --fork-fails --wall 20 -- sh -c 'sleep 1 & wait'
has err "run: fork has failed" "status: EXITED"

# ---------------------------------------------------------------- run: system calls

run_it 1 "run: --kill" "$run" --kill mkdir --kill mkdirat mkdir made
has err "run: VIOLATION" "status: VIOLATION"
has err "run: the call is named" "violation: mkdir"
run_it 1 "run: --deny" "$run" --deny mkdir --deny mkdirat mkdir made
has err "run: EPERM" "Operation not permitted"
run_it 1 "run: --deny with a name" "$run" --deny mkdir:ENOSYS --deny mkdirat:ENOSYS mkdir made
has err "run: ENOSYS" "Function not implemented"
run_it 1 "run: --deny with a number" "$run" --deny mkdir:28 --deny mkdirat:28 mkdir made
has err "run: ENOSPC" "No space left"
run_it 1 "run: the last rule decides" "$run" --kill mkdir --deny mkdir:ENOSYS mkdir made
has err "run: deny after kill" "Function not implemented"
if [ -e made ]; then fail "run: nothing was made"; else pass "run: nothing was made"; fi

# ---------------------------------------------------------------- run: JSON

run_it 0 "run: --json" "$run" --json true
json "run: JSON of true" 'r["status"] == "EXITED" and r["exit_code"] == 0 and r["signal"] is None and r["argv"] == ["true"]'
json "run: JSON figures" 'r["cpu_ns"] > 0 and r["wall_ns"] > 0 and r["memory_bytes"] > 0 and r["processes"] == 1'
json "run: JSON sum" 'abs(r["cpu_ns"] - r["user_ns"] - r["sys_ns"]) < 20000000'
run_it 1 "run: --json, a signal" "$run" --json -- sh -c 'kill -ABRT $$'
json "run: JSON of a signal" 'r["status"] == "SIGNALED" and r["signal"] == 6 and r["signal_name"] == "SIGABRT" and r["exit_code"] is None'
run_it 1 "run: --json, a violation" "$run" --json --kill mkdir "$(command -v mkdir)" "odd
name\"\\"
json "run: JSON of a violation" 'r["status"] == "VIOLATION" and r["violation"]["syscall"] == "mkdir" and len(r["violation"]["args"]) == 6'
json "run: path of the violation" 'r["violation"]["path"] == "odd\nname\"\\"'
run_it 3 "run: --json, no such program" "$run" --json /nonexistent/program
json "run: JSON of a failed start" 'r["status"] == "SETUP_FAILED" and r["error"]["step"] == "exec" and r["error"]["errno"] == 2'
run_it 3 "run: --json, no such program of an odd name" "$run" --json "$(printf '/\001"\\\377\033[31m\303\244\355\240\200')"
json "run: JSON of an odd program" 'r["argv"][0] == "/\x01\"\\\ufffd\x1b[31m\u00e4\ufffd\ufffd\ufffd"'
run_it 0 "run: --json, odd arguments" "$run" --json true "$(printf 'a\tb\nc\177\300\257\364\220\200\200')" '' '{"a": 1}'
json "run: JSON of odd arguments" 'r["argv"][1:] == ["a\tb\nc\x7f" + "\ufffd" * 6, "", "{\"a\": 1}"]'
run_it 0 "run: --report with --json" "$run" --report report.json --json true
same "run: nothing on stderr" "$(cat "$tmp/err")" ""
json_file=report.json
json "run: JSON in a file" 'r["status"] == "EXITED"'
json_file=

# ---------------------------------------------------------------- run: files

mkdir taken && echo given >given.txt
run_it 0 "run: --in and --out" "$run" --json --workspace --in sub/a.txt=given.txt --out '*.out' --out b.txt --out-dir taken -- \
    /bin/sh -c '/bin/cat sub/a.txt >a.out; /bin/ln -s a.out b.txt'
json "run: JSON of files" '[(f["name"], f["status"]) for f in r["files"]] == [("a.out", "COLLECTED"), ("b.txt", "SYMLINK")]'
same "run: what was taken" "$(cat taken/*)" given
run_it 0 "run: --out, what is there" "$run" --workspace --in a.out=given.txt --out a.out --out-dir taken true
has err "run: is not replaced" "file: EXISTS a.out (6 bytes)"
run_it 2 "run: --out without --out-dir" "$run" --out a true
run_it 2 "run: --in of another form" "$run" --in a true

# ---------------------------------------------------------------- run: traces

run_it 0 "run: --count" "$run" --count true
has err "run: counts" "exit_group: 1 calls, 0 errors"
run_it 0 "run: --count --json" "$run" --count --json true
json "run: JSON of counts" '{"syscall": "exit_group", "calls": 1, "errors": 0}.items() <= [c for c in r["syscalls"] if c["nr"] in (231, 94)][0].items()'
run_it 0 "run: --trace" "$run" --trace trace.txt -- sh -c 'exit 0'
same "run: the last line of the trace" "$(tail -n 1 trace.txt | cut -d" " -f2-)" "+++ exited with 0 +++"
same "run: what the program was asked to do is not in it" "$(grep -c execve trace.txt)" 0
run_it 0 "run: --trace --json" "$run" --json --trace trace.json true
if python3 -c 'import json, sys; [json.loads(line) for line in open("trace.json")][0]["name"]' 2>"$tmp/json"; then
    pass "run: JSON of a trace"
else
    fail "run: JSON of a trace" "$(tail -n 1 "$tmp/json")"
fi
run_it 3 "run: --trace that cannot be written" "$run" --trace /nonexistent/trace true
has err "run: says so" "/nonexistent/trace"

# ---------------------------------------------------------------- callback

run_it 0 "callback" "$callback"
has out "callback: the file is served" "forty-two"
has out "callback: and counted" "1 answered"
run_it 0 "callback: twice, and no writing" "$callback" sh -c 'cat /answer; cat /answer; echo x >made; exit 0'
has out "callback: from its beginning each time" "2 answered"
has err "callback: EROFS" "Read-only file system"
if [ -e made ]; then fail "callback: nothing was made"; else pass "callback: nothing was made"; fi

# ---------------------------------------------------------------- learn

for name in 1 2; do echo "line $name" >"input$name"; done
run_it 0 "learn: two inputs" "$learn" -o learnt.json -i input1 -i input2 -- sh -c 'read a; echo "$a"; case $a in *2) cat input2;; esac'
json_file=learnt.json
json "learn: the policy" 'r["default"] == {"errno": "EPERM"} and any(p["path"].endswith("/input2") and p["access"] == ["read"] for p in r["paths"])'
json_file=
run_it 0 "learn: stdin, killing" sh -c "echo x | \"$learn\" -k -- cat"
json_file=$tmp/out
json "learn: on stdout" 'r["default"] == "KILL" and {"call": "read", "action": "ALLOW"} in r["rules"]'
json_file=
run_it 1 "learn: what is never the same" "$learn" -o learnt.json -- sh -c 'echo $$' </dev/null
has err "learn: says so" "the output differs"
run_it 2 "learn: no program" "$learn"
run_it 2 "learn: no such input" "$learn" -i /nonexistent true
run_it 3 "learn: no such program" "$learn" -- /nonexistent </dev/null

# ---------------------------------------------------------------- run: signals

for signal in INT TERM HUP; do
    # python3 starts it: a shell may start background jobs with SIGINT ignored.
    timeout -k 5 30 python3 - "$run" "$signal" >"$tmp/out" 2>&1 <<'END'
import signal, subprocess, sys, time
p = subprocess.Popen([sys.argv[1], "--wall", "20", "--", "sh", "-c", "echo up; sleep 19 & sleep 19"],
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
assert p.stdout.readline() == "up\n"
time.sleep(0.1)
start = time.monotonic()
p.send_signal(getattr(signal, "SIG" + sys.argv[2]))
out, err = p.communicate(timeout=10)  # also waits until no process holds the pipe any more
assert p.returncode == 1, p.returncode
assert "status: CANCELLED" in err, err
assert time.monotonic() - start < 3
END
    same "run: SIG$signal kills the program and reports" "$?" 0
done

# ---------------------------------------------------------------- judge: the sample problem

same_table() { # as who
    has out "judge $1: title" "Maximum subarray sum"
    has out "judge $1: nothing unexpected" " 0 not as expected"
    for verdict in AC WA TLE WTL MLE OLE RTE PLE SV CE; do
        if grep -Eq "^[^ ]+ +$verdict +$verdict " "$tmp/out"; then
            pass "judge $1: $verdict"
        else
            fail "judge $1: $verdict" "$(cat "$tmp/out")"
        fi
    done
}
problem=$top/examples/problems/sum
TMPDIR=$tmp/scratch
mkdir "$TMPDIR" && chmod 1777 "$TMPDIR"
export TMPDIR
is_clean() { same "$1: nothing is left behind" "$(ls -A "$TMPDIR")" ""; }

run_it 0 "judge: the sample problem" "$judge" "$problem"
same_table "alone"
is_clean judge
[ -z "$VERBOSE" ] || cat "$tmp/out"
cut -c1-60 "$tmp/out" | awk '/^[a-z]/ {print $1, $2}' >"$tmp/alone"
run_it 0 "judge: --jobs 2" "$judge" --jobs 2 "$problem"
same_table "--jobs 2"
cut -c1-60 "$tmp/out" | awk '/^[a-z]/ {print $1, $2}' >"$tmp/together"
if cmp -s "$tmp/alone" "$tmp/together"; then pass "judge: the same rows in the same order"; else fail "judge: the same rows in the same order"; fi
run_it 0 "judge: --json" "$judge" --json --filter ac. "$problem"
json_file=$tmp/out
json "judge: JSON" 'r["problem"] == "Maximum subarray sum" and {x["verdict"] for x in r["results"]} <= {"AC", "SKIPPED"} and r["unexpected"] == 0'
json_file=
run_it 0 "judge: --filter" "$judge" --filter wa-empty "$problem"
same "judge: one row" "$(grep -c '^wa-' "$tmp/out")" 1
has out "judge: says what is wrong" "token 1 is 0, expected -7"
run_it 0 "judge: --all-tests" "$judge" --all-tests --filter wa-empty "$problem"
has out "judge: counts the others" "4/6"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    cp -R "$problem" "$tmp/problem" && chmod -R a+rX "$tmp/problem"
    run_it 0 "judge: unprivileged" setpriv --reuid 65534 --regid 65534 --clear-groups "$judge" "$tmp/problem"
    same_table "unprivileged"
    is_clean "judge, unprivileged"
fi

# ---------------------------------------------------------------- judge: a problem with an interactor

guess=$top/examples/problems/guess
guessed() { # as who
    has out "judge, interactive, $1: nothing unexpected" " 0 not as expected"
    for verdict in AC WA TLE WTL MLE OLE RTE PLE SV CE; do
        if grep -Eq "^[^ ]+ +$verdict +$verdict " "$tmp/out"; then pass "judge, interactive, $1: $verdict"; else fail "judge, interactive, $1: $verdict" "$(cat "$tmp/out")"; fi
    done
    for text in "was the output flushed?" "more than 20 guesses" "hung up after 3 guesses" "did not end within 1 s" "process_vm_readv"; do
        has out "judge, interactive, $1: $text" "$text"
    done
    is_clean "judge, interactive, $1"
}
run_it 0 "judge: interactive" "$judge" --jobs 2 "$guess"
guessed alone
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    cp -R "$guess" "$tmp/guess" && cp "$guess/../languages.conf" "$tmp/" && chmod -R a+rX "$tmp/guess" "$tmp/languages.conf"
    run_it 0 "judge: interactive, unprivileged" setpriv --reuid 65534 --regid 65534 --clear-groups "$judge" --jobs 2 "$tmp/guess"
    guessed unprivileged
    rm "$tmp/languages.conf"
fi

# ---------------------------------------------------------------- judge: wrong folders

run_it 2 "judge: no folder given" "$judge"
run_it 2 "judge: two folders given" "$judge" a b
run_it 2 "judge: unknown option" "$judge" --nonsense "$problem"
for jobs in 0 65 x -1 ''; do run_it 2 "judge: --jobs '$jobs'" "$judge" --jobs "$jobs" "$problem"; done
run_it 0 "judge: --help" "$judge" --help
run_it 2 "judge: no such folder" "$judge" "$work/nothing"
has err "judge: says so" "nothing: No such file or directory"
run_it 2 "judge: a file" "$judge" "$problem/problem.conf"
has err "judge: is not a folder" "is not a folder"
run_it 2 "judge: no submission fits" "$judge" --filter nonsense "$problem"
has err "judge: says which" "nonsense"

broken=$work/broken
fresh() { # a small problem that is in order
    rm -rf "$broken"
    mkdir -p "$broken/tests" "$broken/submissions"
    printf 'title=Echo\nprocesses=1\nwall=5\nmemory=64m\n' >"$broken/problem.conf"
    printf 'a  b\n' >"$broken/tests/1.in"
    printf 'a  b\n' >"$broken/tests/1.out"
    printf '# expect: AC\nexec cat\n' >"$broken/submissions/cat.sh"
    chmod -R a+rX "$work"
}
broken_is() {
    run_it 2 "judge: $1" "$judge" "$broken"
    has err "judge: $1: says so" "$2"
}
fresh
run_it 0 "judge: a small problem" "$judge" "$broken"
fresh; rm "$broken/problem.conf";               broken_is "no problem.conf" "problem.conf: No such file"
fresh; rm -r "$broken/tests";                   broken_is "no tests folder" "tests: No such file"
fresh; rm "$broken"/tests/*;                    broken_is "no tests" "has no tests"
fresh; rm "$broken/tests/1.out";                broken_is "no answer" "1.out is missing"
fresh; rm -r "$broken/submissions";             broken_is "no submissions folder" "submissions: No such file"
fresh; rm "$broken"/submissions/*;              broken_is "no submissions" "has no submissions"
fresh; echo nonsense >>"$broken/problem.conf";  broken_is "a line without =" "line 5 is not key=value"
fresh; echo colour=red >>"$broken/problem.conf"; broken_is "an unknown key" "colour: is no setting"
fresh; echo cpu=soon >>"$broken/problem.conf";  broken_is "a bad time" "cpu: not a time"
fresh; echo memory=0 >>"$broken/problem.conf";  broken_is "no memory" "memory: must be more than 0"
fresh; echo output=2g >>"$broken/problem.conf"; broken_is "too much output" "must not be more than 1g"
fresh; echo checker=guess >>"$broken/problem.conf"; broken_is "an unknown checker" "neither exact nor tokens"
fresh; echo interactor=../x.c >>"$broken/problem.conf"; broken_is "an interactor elsewhere" "not the plain name of a file"
fresh; echo interactor=x.c >>"$broken/problem.conf"; broken_is "no interactor" "x.c is not a file"
fresh; printf 'interactor=x.c\nchecker=exact\n' >>"$broken/problem.conf"; broken_is "an interactor and a checker" "nothing for a checker"
fresh; echo interactor=x.c >>"$broken/problem.conf"; echo 'int main(' >"$broken/x.c"; broken_is "an interactor with an error" "error"
fresh; echo interactor=x.xyz >>"$broken/problem.conf"; : >"$broken/x.xyz"; broken_is "an interactor in no language" "in no language"
fresh; awk 'BEGIN { while (i++ < 2000) printf "#" }' >>"$broken/problem.conf"; broken_is "a long line" "too long"

# ---------------------------------------------------------------- judge: odd submissions

judged() { # NAME CODE VERDICT: the only submission gets the verdict
    run_it "$2" "judge: $1" "$judge" --json "$broken"
    json_file=$tmp/out
    json "judge: $1 is $3" "r['results'][0]['verdict'] == '$3'"
    json_file=
    is_clean "judge: $1"
}
own=$(PYTHONPATH=$top/bindings/python python3 -c 'from gosandbox.cores import cores; print(len(cores()) // 2)')
if [ "$own" -ge 1 ]; then
    fresh; echo "$own" >"$broken/tests/1.out"
    for name in one two; do printf '# expect: AC\nexec nproc\n' >"$broken/submissions/$name.sh"; done
    rm "$broken/submissions/cat.sh"
    run_it 0 "judge: each job has cores of its own" "$judge" --jobs 2 "$broken"
else
    skip "judge: each job has cores of its own" "there is one core"
fi
interactor() { fresh; printf 'interactor=x.sh\n' >>"$broken/problem.conf"; echo "$1" >"$broken/x.sh"; }
interactor 'read -r x <&3; echo "$x"; read -r y; [ "$x" = "$y" ] && exit 42; exit 43'; judged "an interactor that accepts" 0 AC
interactor 'exit 0'; printf '# expect: SE\nexec cat\n' >"$broken/submissions/cat.sh"; judged "an interactor that decides nothing" 0 SE
interactor 'kill -KILL $$'; printf '# expect: SE\nexec cat\n' >"$broken/submissions/cat.sh"; judged "an interactor that dies" 0 SE
interactor 'sleep 60'; printf '# expect: SE\nexec cat\n' >"$broken/submissions/cat.sh"; judged "an interactor that sleeps" 0 SE
interactor 'cat <&3 >&2; cat /etc/passwd >&2 && exit 42; exit 43'; printf '# expect: WA\nexec cat\n' >"$broken/submissions/cat.sh"; judged "an interactor reaches nothing else" 0 WA
fresh; printf '# expect: WA\nexec cat\n' >"$broken/submissions/cat.sh"; judged "another verdict than expected" 1 AC
fresh; printf '# expect: ABC\nexec cat\n' >"$broken/submissions/cat.sh"; judged "an expectation that is no verdict" 1 AC
fresh; printf 'exec cat\n' >"$broken/submissions/cat.sh"; judged "no expectation" 0 AC
fresh; printf 'exec tr -s " "\n' >"$broken/submissions/cat.sh"; judged "white space, tokens" 0 AC
fresh; echo checker=exact >>"$broken/problem.conf"; judged "exact" 0 AC
printf '# expect: PE\nexec tr -s " "\n' >"$broken/submissions/cat.sh"; judged "white space, exact" 0 PE
printf '# expect: WA\nexec tr a c\n' >"$broken/submissions/cat.sh"; judged "a wrong letter, exact" 0 WA
printf '# expect: PE\nexec tr -d "\\n"\n' >"$broken/submissions/cat.sh"; judged "no newline at the end, exact" 0 PE
fresh; printf '# expect: WA\nprintf "a b c"\n' >"$broken/submissions/cat.sh"; judged "a token too many" 0 WA
fresh; printf '# expect: WA\nprintf a\n' >"$broken/submissions/cat.sh"; judged "a token too few" 0 WA
fresh; printf '# expect: WA\nprintf ab\n' >"$broken/submissions/cat.sh"; judged "tokens glued together" 0 WA
fresh; printf '# expect: WA\nprintf "\\033[31m\\377\\000"\n' >"$broken/submissions/cat.sh"; judged "an odd answer" 0 WA
run_it 0 "judge: an odd answer in the table" "$judge" "$broken"
if grep -q "$(printf '\033')" "$tmp/out"; then fail "judge: no escape sequences in the table"; else pass "judge: no escape sequences in the table"; fi
fresh; : >"$broken/submissions/cat.sh"; : >"$broken/tests/1.out"; judged "nothing at all" 0 AC
fresh; rm "$broken/submissions/cat.sh"; ln -s /nonexistent "$broken/submissions/x.c"; judged "a broken link" 0 SE
fresh; mkdir "$broken/submissions/folder.c"; mkfifo "$broken/submissions/aaa.c"; judged "folders and pipes are passed over" 0 AC
fresh; mv "$broken/submissions/cat.sh" "$broken/submissions/cat.txt"; judged "an unknown language" 3 SKIPPED
fresh; head -c 1100000 /dev/zero >"$broken/submissions/cat.sh"; judged "a source that is too long" 0 CE
for name in '-o.sh' 'a b.sh' '"quoted".sh' "$(printf 'new\nline.sh')" "$(printf '\377\033[2J.sh')" '$(touch x).sh' '%s%n.sh'; do
    fresh
    mv "$broken/submissions/cat.sh" "$broken/submissions/$name"
    judged "a file called $(printf %s "$name" | tr -c '[:print:]' '?')" 0 AC
done
fresh; cat >"$broken/submissions/cat.sh" <<'END'
# expect: AC
mkdir() { command mkdir "$@"; }
i=0
while [ $i -lt 300 ]; do exec 3>"file $i"; ln -s / "link $i"; i=$((i + 1)); done 2>/dev/null
exec cat
END
sed -i 's/^processes=1/processes=4/' "$broken/problem.conf"
judged "a submission that leaves files behind" 0 AC
fresh; cat >"$broken/submissions/deep.py" <<'END'
# expect: AC
import os
print(input())
for i in range(2000):
    os.mkdir("d")
    os.chdir("d")
    open("file", "w").close()
for i in range(40):
    os.chdir("..")
    os.chmod("d", 0)
os.chmod(".", 0o500)
END
rm "$broken/submissions/cat.sh"
cp "$broken/tests/1.in" "$broken/tests/2.in"; cp "$broken/tests/1.out" "$broken/tests/2.out"
judged "a submission that leaves deep closed folders" 0 AC
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    run_it 0 "judge: the same, unprivileged" setpriv --reuid 65534 --regid 65534 --clear-groups "$judge" "$broken"
    is_clean "judge: deep closed folders, unprivileged"
    fresh; printf '# expect: AC\n[ "$(id -u)" = 65534 ] && cat\n' >"$broken/submissions/cat.sh"
    sed -i 's/^processes=1/processes=4/' "$broken/problem.conf"
    judged "root's submissions run as nobody" 0 AC
    fresh; printf '# expect: RTE\nprintf x >../main.sh\n' >"$broken/submissions/cat.sh"
    judged "and cannot change themselves" 0 RTE
fi
fresh
run_it 3 "judge: no temporary folder" env TMPDIR=/nonexistent "$judge" "$broken"
has err "judge: no temporary folder is told" "no temporary folder"
"$judge" "$broken" >/dev/full 2>"$tmp/err"
same "judge: a table that cannot be written" $? 3
is_clean "judge: and then"
"$judge" --help | head -c 1 >/dev/null
"$judge" "$broken" | head -c 1 >/dev/null
is_clean "judge: a reader that goes away"

for signal in INT TERM HUP; do
    timeout -k 5 30 python3 - "$judge" "$signal" "$problem" >"$tmp/out" 2>&1 <<'END'
import signal, subprocess, sys, time
number = getattr(signal, "SIG" + sys.argv[2])
p = subprocess.Popen([sys.argv[1], "--jobs", "2", "--filter", "w", sys.argv[3]], stdout=subprocess.PIPE, text=True)
p.stdout.readline()
time.sleep(1.0)
start = time.monotonic()
p.send_signal(number)
out, _ = p.communicate(timeout=10)
assert p.returncode == 128 + number, p.returncode
assert "stopped" in out, out
assert time.monotonic() - start < 3
END
    same "judge: SIG$signal stops it" "$?" 0
    is_clean "judge: SIG$signal"
done

echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
