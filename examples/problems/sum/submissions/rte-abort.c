// expect: RTE
// An assertion that does not hold for the second test.
#include <assert.h>
#include <stdio.h>

int main(void)
{
    long long x, ending = 0, best = 0;
    int n;

    if (scanf("%d", &n) != 1)
        return 1;
    while (n-- > 0 && scanf("%lld", &x) == 1) {
        ending = (ending > 0 ? ending : 0) + x;
        best = ending > best ? ending : best;
    }
    assert(best > 0);
    printf("%lld\n", best);
    return 0;
}
