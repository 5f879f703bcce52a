#!/usr/bin/env bash
# Another Go library in the process, loaded after ours and before it.
set -u
. tests/hosts/script.sh
build=$PWD/${BUILD:-build}
check "the other library" env CGO_ENABLED=1 go build -buildmode=c-shared -o "$folder/libneighbour.so" ./tests/hosts/go_library
check "the host" "${CC:-cc}" -std=c11 -g -Iinclude -Itests/c tests/hosts/neighbour_host.c -L"$build" -lgosandbox -ldl -pthread -Wl,-rpath,"$build" -o "$folder/host"
export GOSANDBOX_FIXTURES=$build/fixtures
check "ours is loaded first" timeout 60 "$folder/host" "$folder/libneighbour.so"
check "theirs is loaded first" env LD_PRELOAD="$folder/libneighbour.so" timeout 60 "$folder/host" "$folder/libneighbour.so"
summary
