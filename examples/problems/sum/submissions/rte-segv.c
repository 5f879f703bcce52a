// expect: RTE
// Writes behind a table that is too small, far enough to hit memory that is not there.
#include <stdio.h>

static int table[1000];

int main(void)
{
    volatile int *at = table;
    int n, i, x;

    if (scanf("%d", &n) != 1)
        return 1;
    for (i = 0; i < n && scanf("%d", &x) == 1; i++)
        at[(long)i * 100000000] = x;
    printf("%d\n", at[0]);
    return 0;
}
