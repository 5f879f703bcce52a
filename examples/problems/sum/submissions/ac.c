// expect: AC
// Kadane's algorithm, reading as it goes.
#include <stdio.h>

int main(void)
{
    long long x, ending = 0, best = 0;
    int n, i;

    if (scanf("%d", &n) != 1)
        return 1;
    for (i = 0; i < n && scanf("%lld", &x) == 1; i++) {
        ending = (i > 0 && ending > 0 ? ending : 0) + x;
        if (i == 0 || ending > best)
            best = ending;
    }
    printf("%lld\n", best);
    return 0;
}
