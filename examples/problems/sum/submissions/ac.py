# expect: AC
import sys
from itertools import accumulate

numbers = list(map(int, sys.stdin.buffer.read().split()))[1:]
print(max(accumulate(numbers, lambda ending, x: max(ending, 0) + x)))
