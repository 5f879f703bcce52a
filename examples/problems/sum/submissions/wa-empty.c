// expect: WA
// Takes the empty run for an answer: 0 when all numbers are negative.
#include <stdio.h>

int main(void)
{
    long long x, ending = 0, best = 0;
    int n;

    if (scanf("%d", &n) != 1)
        return 1;
    while (n-- > 0 && scanf("%lld", &x) == 1) {
        ending += x;
        if (ending < 0)
            ending = 0;
        if (ending > best)
            best = ending;
    }
    printf("%lld\n", best);
    return 0;
}
