# expect: WTL
# Waits in poll for an answer to nothing, which is no deadlock that can be told: the wall limit ends it.
import select
input()
poll = select.poll()
poll.register(0, 0)
while not poll.poll(60000):
    pass
import time
time.sleep(60)
