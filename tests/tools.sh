#!/usr/bin/env bash
# Sees to the tools that building and testing need: installs what is missing when that is possible, else names it.
set -u

package_of() {
    case "$1" in
        go) echo golang-go ;;
        cc | gcc) echo gcc ;;
        c++ | g++) echo g++ ;;
        python3) echo python3 ;;
        bwrap) echo bubblewrap ;;
        sphinx-build) echo python3-sphinx ;;
        *) echo "$1" ;;
    esac
}

missing=()
for tool in "$@"; do
    command -v "$tool" > /dev/null || missing+=("$tool")
done
[ ${#missing[@]} -eq 0 ] && exit 0

packages=()
for tool in "${missing[@]}"; do packages+=("$(package_of "$tool")"); done
if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "installing ${packages[*]}" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}"; } > /dev/null || exit 1
    exit 0
fi
for tool in "${missing[@]}"; do
    echo "missing tool: $tool (Debian package: $(package_of "$tool"))" >&2
done
exit 1
