// expect: RTE
// Crashes in the middle of the dialogue.
#include <stdio.h>

int main(void)
{
    int largest;
    char answer[16];

    if (scanf("%d", &largest) != 1)
        return 1;
    puts("0");
    fflush(stdout);
    if (scanf("%15s", answer) != 1)
        return 1;
    *(volatile int *)8 = largest;
    return 0;
}
