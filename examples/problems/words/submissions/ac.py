# expect: AC
import sys
from collections import Counter

k, *words = sys.stdin.read().split()
for word, count in sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))[:int(k)]:
    print(word, count)
