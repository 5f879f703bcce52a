# expect: MLE
# Keeps every question, many times.
history = []
limit = int(input())
for guess in range(limit):
    history.append(bytearray(80 << 20))
