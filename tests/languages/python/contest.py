"""What contest programs do, and what hostile ones try; ../README.md has the list."""
import sys


def numbers():
    seed = 42
    while True:
        seed = seed * 48271 % 2147483647
        yield seed


def input_():
    data = list(map(int, sys.stdin.buffer.read().split()))
    print(data[0], sum(data[1:]), max(data[1:]))


def recursion():
    import threading

    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)

    sys.setrecursionlimit(200000)
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=lambda: print(deep(100000)))
    thread.start()
    thread.join()


def threads():
    import threading
    from concurrent.futures import ThreadPoolExecutor
    lock, total = threading.Lock(), [0]

    def add(i):
        value = sum(k * i for k in range(1, 10001))
        with lock:
            total[0] += value

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    print(total[0])


def exceptions():
    count = 0
    for i in range(1000):
        try:
            [][i] if i % 2 else 1 // 0
        except (IndexError, ZeroDivisionError):
            count += 1
    print(count)


def regex():
    import re
    found = re.findall("[a-z][0-9]+", "a1 b22 c333 d4444 " * 100)
    print(len(found), sum(len(f) - 1 for f in found))


def bignum():
    print(sum(map(int, str(2 ** 1000))))


def timing():
    import datetime
    import time
    begin = time.monotonic()
    time.sleep(0.02)
    took = time.monotonic() - begin
    print("ok" if 0.02 <= took < 60 and time.process_time() >= 0 and datetime.datetime.now().year > 2000 else "wrong")


def random_():
    import os
    import random
    seen = {random.randrange(100) for _ in range(1000)}
    print("ok" if len(seen) > 50 and os.urandom(8) != os.urandom(8) else "wrong")


def sort():
    n = numbers()
    v = sorted(next(n) for _ in range(100000))
    print(v[0], v[50000], v[99999])


def hash_():
    from collections import Counter
    n = numbers()
    count = Counter(next(n) % 1000 for _ in range(100000))
    print(len(count), max(count.values()))


def output():
    for i in range(1, 20001):
        print(i, flush=i % 1000 == 0)


def loop():
    """asyncio wakes itself by a pair of sockets."""
    import asyncio

    async def main():
        await asyncio.gather(*(asyncio.sleep(0.001) for _ in range(10)))
        return await asyncio.to_thread(lambda: 7)
    print(asyncio.run(main()))


def answer(call):
    try:
        result = call()
    except OSError:
        print("refused")
    else:
        print("refused" if result == -1 else "made it")


def fork():
    import os
    answer(os.fork)


def shell():
    import subprocess
    answer(lambda: subprocess.run(["/bin/sh", "-c", "echo escaped"]))


def socket():
    import socket as s
    answer(lambda: s.create_server(("127.0.0.1", 0)))


def local():
    """A datagram by a pair reaches any service of the machine."""
    import socket as s
    answer(lambda: s.socketpair(s.AF_UNIX, s.SOCK_DGRAM))


def ptrace():
    import ctypes
    import os
    answer(lambda: ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0))


TOPICS = {"input": input_, "recursion": recursion, "threads": threads, "exceptions": exceptions, "regex": regex, "bignum": bignum,
          "timing": timing, "random": random_, "sort": sort, "hash": hash_, "output": output, "loop": loop, "fork": fork,
          "shell": shell, "socket": socket, "local": local, "ptrace": ptrace}
TOPICS[sys.argv[1]]()
