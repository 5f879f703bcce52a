// expect: RTE
// Right, and fails at the very end.
#include <stdio.h>
#include <string.h>

int main(void)
{
    long low = 1, high;
    char answer[16] = "";

    if (scanf("%ld", &high) != 1)
        return 1;
    while (strcmp(answer, "correct") != 0) {
        long middle = low + (high - low) / 2;
        printf("%ld\n", middle);
        fflush(stdout);
        if (scanf("%15s", answer) != 1)
            return 1;
        if (*answer == 'h')
            low = middle + 1;
        else
            high = middle - 1;
    }
    return 3;
}
