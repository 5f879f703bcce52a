# expect: WA
# Written for numbers of 32 bits.
import sys
from array import array

numbers = list(map(int, sys.stdin.read().split()))[1:]
best = ending = numbers[0]
for x in numbers[1:]:
    ending = max(ending, 0) + x
    ending = (ending + 2**31) % 2**32 - 2**31
    best = max(best, ending)
print(array("i", [best])[0])
