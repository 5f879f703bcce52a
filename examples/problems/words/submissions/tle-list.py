# expect: TLE
# Looks every word up in a list: fast enough for all tests but the last.
import sys

k, *words = sys.stdin.read().split()
seen, counts = [], []
for word in words:
    if word not in seen:
        seen.append(word)
        counts.append(0)
    counts[seen.index(word)] += 1
for count, word in sorted((-count, word) for word, count in zip(seen, counts))[:int(k)]:
    print(word, -count)
