# What the host tests in shell share: a folder that is removed at the end, counted checks, packages of Debian. Sourced.
passed=0 failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL $(basename "$0"): $*"; }

# check NAME COMMAND...: counts it; shows what it said when it fails.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then ok; else bad "$name: exit $?: $(tail -n 15 <<< "$output")"; fi
}

# says NAME TEXT COMMAND...: the same, and what it prints is exactly this.
says() {
    local name=$1 text=$2 output
    shift 2
    if output=$("$@" 2>&1) && [ "$output" = "$text" ]; then ok; else bad "$name: exit $?, it said: $(tail -n 15 <<< "$output")"; fi
}

# package NAME: installed from Debian when that is possible, else named.
package() {
    if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" > /dev/null 2>&1 ||
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"; } > /dev/null 2>&1 &&
            return 0
    fi
    echo "not run: it needs the Debian package $1"
    return 1
}

summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
