# expect: OLE
# Prints every state on the way, and the loop has no end.
ending = 0
while True:
    ending += 1
    print("state", ending)
