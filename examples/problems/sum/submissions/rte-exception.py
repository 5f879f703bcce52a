# expect: RTE
# The second line is taken for one number.
n = int(input())
print(sum(int(input()) for _ in range(n)))
