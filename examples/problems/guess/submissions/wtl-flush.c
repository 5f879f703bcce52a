// expect: WTL
// Forgets to flush: both wait.
#include <stdio.h>

int main(void)
{
    char answer[16];

    for (int guess = 1; scanf("%15s", answer) == 1 && *answer != 'c'; guess++)
        printf("%d\n", guess);
    return 0;
}
