#!/usr/bin/env bash
# House rules that no compiler checks. Each prints what breaks it.
set -u
failed=0
fail() { echo "check: $1" >&2; failed=1; }

# Imports point one way: capi -> core -> {tracee, tracer, internal/...} -> internal/sys.
imports() { go list -f '{{.ImportPath}} {{join .Imports " "}}' "./$1/..." | grep -E " gosandbox/($2)( |$)"; }
imports tracee 'tracer|core|capi' && fail "tracee imports upwards"
imports tracer 'tracee|core|capi' && fail "tracer imports upwards or sideways"
imports internal 'tracee|tracer|core|capi' && fail "internal imports upwards"
imports core 'capi' && fail "core imports upwards"

# cgo stands in capi alone.
grep -rln '^import "C"' --include='*.go' core tracee tracer internal && fail 'import "C" outside of capi'

# Raw system calls stand in internal/sys and tracee only.
grep -rlnE '\b(Raw)?Syscall6?\(' --include='*.go' core tracer capi internal |
    grep -vE '^internal/sys/|_test\.go$' && fail "raw system calls outside of internal/sys and tracee"

# The packages os and time would open an epoll descriptor behind the host's back.
go list -f '{{.ImportPath}} {{join .Imports " "}}' ./core ./tracee ./tracer ./capi $(go list ./internal/... | grep -v generate) |
    grep -E ' (os|net|os/exec|os/signal)( |$)' && fail "package os or net in the library"

# No panic leaves the library: every export turns it into an error, and a test makes each one panic.
awk '/^\/\/export / { name = $2; body = ""; inside = 1; next }
    inside && /^}/ { if (body !~ /defer (returns|quietly)\(|defer func\(\)|return (transfer|policyText)\(/) { print FILENAME ": " name; bad = 1 }; inside = 0 }
    inside { body = body $0 } END { exit bad }' $(ls capi/*.go | grep -v fault.go) || fail "an export without a recover"
for name in $(grep -oE '^(int|int64_t) gosandbox_[a-z_]+\(' include/sandbox.h | grep -oE 'gosandbox_[a-z_]+'); do
    case $name in gosandbox_feature|gosandbox_set_log|gosandbox_config_new|gosandbox_learner_new) continue ;; esac
    grep -q "$name(" tests/c/t_entries.c || fail "$name is not in tests/c/t_entries.c"
done

# What runs in the child is nosplit and norace, without exception.
awk '/^func / { if (one !~ /go:nosplit/ || two !~ /go:norace/) { print FILENAME ": " $0; bad = 1 } } { one = two; two = $0 } END { exit bad }' \
    tracee/*_in_child.go || fail "a function of the child that is not nosplit and norace"

# Every file of the project; in a tarball there is no git to ask.
if git rev-parse --is-inside-work-tree > /dev/null 2>&1; then
    mapfile -t files < <(git ls-files)
else
    mapfile -t files < <(find . -type f -not -path './build/*' -not -path './.git/*' -not -name '*.pyc' | sed 's|^\./||')
fi
[ ${#files[@]} -gt 50 ] || fail "only ${#files[@]} files found to look at"

# Files of a size to be read; tests may be longer.
while read -r lines file; do
    [ "$file" = total ] || [ "$lines" -le 400 ] || fail "$file has $lines lines"
done < <(printf '%s\n' "${files[@]}" | grep -E '\.(go|c|py|sh)$' | grep -vE '_gen|_abi\.py$|_test\.go$|(^|/)tests?[_/]' | xargs wc -l)

# Nothing of the machine it was made on.
printf '%s\n' "${files[@]}" | grep -vx 'tests/house.sh' | xargs grep -nE '/(work|root|tmp/gp)/[a-z]' -- &&
    fail "a path of somebody's machine"
exit $failed
