// expect: WA
// One after the other: too many guesses.
#include <stdio.h>

int main(void)
{
    char answer[16];

    for (int guess = 1; scanf("%15s", answer) == 1 && *answer != 'c'; guess++) {
        printf("%d\n", guess);
        fflush(stdout);
    }
    return 0;
}
