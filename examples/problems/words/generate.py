#!/usr/bin/env python3
"""Writes the tests of this folder: python3 generate.py. Always the same ones."""
import pathlib
from collections import Counter

TESTS = pathlib.Path(__file__).parent / "tests"


def pseudo_random(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield seed >> 33


def text(n, different, seed):
    """n words; the first of `different` are the most frequent."""
    random = pseudo_random(seed)
    words = ["".join(chr(97 + next(random) % 26) for _ in range(1 + next(random) % 9)) for _ in range(different)]
    for _ in range(n):
        yield words[next(random) % (1 + next(random) % different)]


def main():
    cases = [
        (2, "to be or not to be".split()),
        (3, "b a c b a c d".split()),
        (5, ["alone"]),
        (4, []),
        (10, list(text(1000, 50, 1))),
        (100, list(text(60000, 8000, 2))),
    ]
    TESTS.mkdir(exist_ok=True)
    for number, (k, words) in enumerate(cases, 1):
        lines = [" ".join(words[i:i + 12]) for i in range(0, len(words), 12)]
        (TESTS / f"{number:02}.in").write_text("\n".join([str(k), *lines]) + "\n")
        best = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))[:k]
        (TESTS / f"{number:02}.out").write_text("".join(f"{word} {count}\n" for word, count in best))


if __name__ == "__main__":
    main()
