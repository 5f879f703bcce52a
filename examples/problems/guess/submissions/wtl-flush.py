# expect: WTL
# The same in Python.
import sys
for line in sys.stdin:
    if line == "correct\n":
        break
    print(1)
