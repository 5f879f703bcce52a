# expect: AC
low, high = 1, int(input())
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    answer = input()
    if answer == "correct":
        break
    low, high = (middle + 1, high) if answer == "higher" else (low, middle - 1)
