#!/usr/bin/env python3
"""Writes the tests of this folder: python3 generate.py. Always the same ones."""
import pathlib

TESTS = pathlib.Path(__file__).parent / "tests"


def best(numbers):
    ending = answer = numbers[0]
    for x in numbers[1:]:
        ending = max(ending, 0) + x
        answer = max(answer, ending)
    return answer


def pseudo_random(seed):
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        yield seed >> 33


def walk(n, seed):
    """One number in ten is -9, the others are 0, 1 or 2: short to write, and the best run is not the whole."""
    random = pseudo_random(seed)
    return [-9 if next(random) % 10 == 0 else next(random) % 3 for _ in range(n)]


def main():
    cases = [
        [-2, 1, -3, 4, -1, 2, 1, -5, 4],
        [-7],
        [-3, -1, -2, -8],
        [1000000000, 1000000000, -1, 1000000000, -3000000000, 5],
        walk(1000, 1),
        walk(100000, 2),
    ]
    TESTS.mkdir(exist_ok=True)
    for number, case in enumerate(cases, 1):
        (TESTS / f"{number:02}.in").write_text(f"{len(case)}\n{' '.join(map(str, case))}\n")
        (TESTS / f"{number:02}.out").write_text(f"{best(case)}\n")


if __name__ == "__main__":
    main()
