#!/usr/bin/env bash
# Programs of others: built against an installed tree with pkg-config and with cmake, in C and C++, shared and static.
set -u
. tests/hosts/script.sh
export BUILD=${BUILD:-build}
build=$PWD/$BUILD
tree=$folder/stage/opt/gs
check "make install" make -s BUILD="$BUILD" PREFIX=/opt/gs DESTDIR="$folder/stage" install
export PKG_CONFIG_PATH=$tree/lib/pkgconfig
[ -f "$build/libgosandbox.a" ] || bad "libgosandbox.a is not built"
flags="-Wall -Wextra -Werror"

# What a packager relies on; and a library that hosts have loaded is replaced, never written over.
version=$(sed -n 's/^Version: //p' "$PKG_CONFIG_PATH/gosandbox.pc")
says "the name that linkers look for" libgosandbox.so.1 readlink "$tree/lib/libgosandbox.so"
says "the name that programs load" "libgosandbox.so.$version" readlink "$tree/lib/libgosandbox.so.1"
says "no executable stack" RW bash -c "readelf -lW '$tree/lib/libgosandbox.so' | awk '\$1 == \"GNU_STACK\" {print \$7}'"
says "no names but its own" "" bash -c "nm -D --defined-only '$tree/lib/libgosandbox.so' | awk '\$2 != \"A\" {print \$3}' | grep -v '^gosandbox_' || true"
says "the soname" libgosandbox.so.1 bash -c "readelf -d '$tree/lib/libgosandbox.so' | sed -n 's/.*soname: \[\(.*\)\]/\1/p'"
for header in sandbox.h sandbox.hpp; do check "<gosandbox/$header>" test -f "$tree/include/gosandbox/$header"; done
for file in "$tree/lib/libgosandbox.so.$version" "$build/libgosandbox.so.1"; do
    exec 3< "$file"
    sum=$(sha256sum < "$file")
    check "make install again, with a change" make -s -W capi/main.go BUILD="$BUILD" PREFIX=/opt/gs DESTDIR="$folder/stage" install
    [ "$file" -ef /proc/self/fd/3 ] && bad "$file was written over" || ok
    [ "$(sha256sum <&3)" = "$sum" ] && ok || bad "$file has changed under its users"
    exec 3<&-
done

if command -v pkg-config > /dev/null || package pkg-config; then
    says "version by pkg-config" "$(sed -n 's/^Version: //p' "$PKG_CONFIG_PATH/gosandbox.pc")" pkg-config --modversion gosandbox
    for kind in shared static; do
        if [ $kind = shared ]; then libs="$(PKG_CONFIG_SYSROOT_DIR=$folder/stage pkg-config --libs gosandbox) -Wl,-rpath,$tree/lib"
        else libs="-static $(PKG_CONFIG_SYSROOT_DIR=$folder/stage pkg-config --static --libs gosandbox)"; fi
        cflags=$(PKG_CONFIG_SYSROOT_DIR=$folder/stage pkg-config --cflags gosandbox)
        # shellcheck disable=SC2086
        check "C, $kind, pkg-config" "${CC:-cc}" -std=gnu11 $flags $cflags tests/hosts/consumer/use.c $libs -o "$folder/c_$kind"
        # shellcheck disable=SC2086
        check "C++, $kind, pkg-config" "${CXX:-c++}" -std=c++17 $flags $cflags tests/hosts/consumer/use.cpp $libs -o "$folder/cxx_$kind"
        says "the C program, $kind" consumed "$folder/c_$kind"
        says "the C++ program, $kind" consumed "$folder/cxx_$kind"
    done
    says "the static program needs no library" "" bash -c "ldd '$folder/c_static' 2>&1 | grep -v 'not a dynamic'; true"
fi

if command -v cmake > /dev/null || package cmake; then
    check "cmake" cmake -S tests/hosts/consumer -B "$folder/cmake" -DCMAKE_PREFIX_PATH="$tree"
    check "cmake --build" cmake --build "$folder/cmake"
    for name in c_shared cxx_shared c_static cxx_static; do says "$name by cmake" consumed "$folder/cmake/$name"; done
    for asked in 2.0 1.99; do
        sed "s/gosandbox 1.0/gosandbox $asked/" tests/hosts/consumer/CMakeLists.txt > "$folder/CMakeLists.txt"
        cmake -S "$folder" -B "$folder/refused-$asked" -DCMAKE_PREFIX_PATH="$tree" > "$folder/log" 2>&1 && bad "version $asked was found" || ok
        grep -q 'compatible' "$folder/log" || bad "version $asked was refused for another reason: $(tail -5 "$folder/log")"
    done
fi

# Nothing but the interface can collide with the names of the host.
says "global names of the archive" "" bash -c "nm -g --defined-only '$build/libgosandbox.a' | grep ' [A-Z] ' | grep -v ' gosandbox_'; true"
summary
