# expect: WA
# Looks for the number in the interactor's files and memory.
import os
input()
found = b"0"
for pid in range(os.getpid() - 100, os.getpid() + 100):
    for name in ("fd/3", "mem", "cwd/main.c", "maps", "environ"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as f:
                if pid != os.getpid():
                    found = f.read(100).split()[-1]
        except (OSError, IndexError):
            pass
try:
    with open("/proc/self/fd/3") as f:
        found = f.read().encode()
except OSError:
    pass
os.write(1, found + b"\n")
