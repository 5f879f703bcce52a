// expect: TLE
// Every run, summed anew: fast enough for all tests but the last.
#include <stdio.h>

static long long a[100000];

int main(void)
{
    long long best;
    int n, from, to, i;

    if (scanf("%d", &n) != 1)
        return 1;
    for (i = 0; i < n; i++)
        if (scanf("%lld", &a[i]) != 1)
            return 1;
    best = a[0];
    for (from = 0; from < n; from++)
        for (to = from; to < n; to++) {
            long long sum = 0;
            for (i = from; i <= to; i++)
                sum += a[i];
            if (sum > best)
                best = sum;
        }
    printf("%lld\n", best);
    return 0;
}
