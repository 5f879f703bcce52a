# expect: WA
# Closes its input: the interactor cannot answer.
import os
os.close(0)
for guess in range(1000):
    os.write(1, b"0\n")
