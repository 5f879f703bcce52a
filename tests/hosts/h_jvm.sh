#!/usr/bin/env bash
# A JVM as host, by JNI.
set -u
. tests/hosts/script.sh
build=$PWD/${BUILD:-build}
command -v javac > /dev/null || package default-jdk-headless
javac=$(command -v javac) && home=$(dirname "$(dirname "$(readlink -f "$javac")")")
if [ -z "${home:-}" ] || [ ! -f "$home/include/jni.h" ]; then
    echo "not run: there is no JDK"
else
    check "javac" "$javac" -d "$folder" tests/hosts/jvm/Host.java
    check "the native method" "${CC:-cc}" -shared -fPIC -Wall -Wextra -Iinclude -I"$home/include" -I"$home/include/linux" tests/hosts/jvm/jvm_host.c \
        -L"$build" -lgosandbox -Wl,-rpath,"$build" -o "$folder/libhost.so"
    for options in -Xint "" "-XX:+UseSerialGC -Xss256k"; do
        # shellcheck disable=SC2086
        says "a JVM with \"$options\"" "0 wrong" timeout 60 "$home/bin/java" $options -Xmx256m -cp "$folder" Host "$folder/libhost.so" "$build/fixtures/probe"
    done
    # With the JVM's own library for it, handlers that are set after the JVM's are chained behind its own.
    jsig=$(find "$home/lib" -name libjsig.so | head -n 1)
    # It says that it is deprecated, in each process it is loaded in.
    chained() {
        LD_PRELOAD=$jsig timeout 60 "$home/bin/java" -Xmx256m -cp "$folder" Host "$folder/libhost.so" "$build/fixtures/probe" 2>&1 |
            grep -v 'VM warning'
        return "${PIPESTATUS[0]}"
    }
    [ -z "$jsig" ] || says "a JVM with libjsig" "0 wrong" chained
fi
summary
