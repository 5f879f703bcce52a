#!/usr/bin/env bash
# A node process as host, by a native addon: node's own signals, children, timers and threads beside runs.
set -u
. tests/hosts/script.sh
build=$PWD/${BUILD:-build}
headers() {
    for include in /usr/include/node /usr/include/nodejs/src "$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")/include/node"; do
        [ -f "$include/node_api.h" ] && echo "$include" && return
    done
}
command -v node > /dev/null || package nodejs
[ -n "$(headers)" ] || package libnode-dev
if command -v node > /dev/null && [ -n "$(headers)" ]; then
    check "the addon" "${CC:-cc}" -shared -fPIC -Wall -Wextra -Iinclude -isystem "$(headers)" tests/hosts/node/node_host.c \
        -L"$build" -lgosandbox -Wl,-rpath,"$build" -o "$folder/host.node"
    for options in "" "--max-old-space-size=64"; do
        # shellcheck disable=SC2086
        says "node with \"$options\"" "0 wrong" env UV_THREADPOOL_SIZE=8 timeout 60 node $options tests/hosts/node/host.js "$folder/host.node" "$build/fixtures/probe"
    done
    says "node whose pool has one thread" "0 wrong" env UV_THREADPOOL_SIZE=1 timeout 60 node tests/hosts/node/host.js "$folder/host.node" "$build/fixtures/probe"
fi
summary
