#!/usr/bin/env bash
# Under other allocators: the host's memory comes from one that was put before it with LD_PRELOAD.
set -u
. tests/hosts/script.sh
build=${BUILD:-build}
for library in libjemalloc.so.2:libjemalloc2 libtcmalloc_minimal.so.4:libtcmalloc-minimal4; do
    name=${library%%:*}
    path=$(ldconfig -p | awk -v n="$name" '$1 == n {print $NF; exit}')
    if [ -z "$path" ]; then
        package "${library##*:}" || continue
        path=$(ldconfig -p | awk -v n="$name" '$1 == n {print $NF; exit}')
    fi
    [ -n "$path" ] || { bad "$name was installed and is not there"; continue; }
    LD_PRELOAD=$path grep -q "$name" /proc/self/maps && ok || bad "$name is not in a process with LD_PRELOAD"
    for host in h_cxx h_dlopen h_descriptors; do
        check "$host under $name" env LD_PRELOAD="$path" timeout 60 "$build/hosts/$host"
    done
    check "Python under $name" env LD_PRELOAD="$path" timeout 60 "${PYTHON:-python3}" tests/hosts/h_python.py
done
# glibc's own, told to make every use of freed memory visible
check "h_crowd with memory that is scribbled on" env MALLOC_PERTURB_=165 timeout 60 "$build/hosts/h_cxx"
summary
