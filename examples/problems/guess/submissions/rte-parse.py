# expect: RTE
# Takes the answer for a number.
largest = int(input())
print(0, flush=True)
print(int(input()), flush=True)
