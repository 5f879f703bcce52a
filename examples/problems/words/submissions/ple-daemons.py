# expect: PLE
# Each child leaves its session, and so any group of processes, before it goes on.
import os

while True:
    if os.fork() == 0:
        os.setsid()
