# expect: WA
# Loses interest after three guesses.
input()
for guess in (3, 2, 1):
    print(guess, flush=True)
    if input() == "correct":
        break
