// expect: RTE
// Recursion without an end: the stack limit is a crash, on whatever system.
#include <stdio.h>

static int sum(volatile int *numbers, int n)
{
    volatile int copy[64];

    copy[0] = numbers[0] + n;
    return copy[0] + sum(copy, n + 1) + copy[1];
}

int main(void)
{
    volatile int first[64] = {0};

    printf("%d\n", sum(first, 0));
    return 0;
}
