# expect: RTE
# Looks for the answers: where the input is, above its own folder, and in the folders of others.
import os

found = []
for place in (os.path.realpath("/proc/self/fd/0"), "..", "../..", os.path.dirname(os.path.realpath("/proc/self/fd/0")), "/proc/1/root",
              "/home", "/root", "/tmp", "/var/tmp", "/etc/shadow"):
    try:
        found.append(open(place).read() if os.path.isfile(place) else os.listdir(place))
    except OSError:
        pass
if not found:
    raise SystemExit("nothing is to be found")
print(found)
