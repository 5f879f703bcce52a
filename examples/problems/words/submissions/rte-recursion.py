# expect: RTE
def words(n):
    return words(n + 1)

words(0)
