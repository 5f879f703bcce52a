// expect: WTL
// Waits for an answer to a question that it has not asked.
#include <stdio.h>

int main(void)
{
    char answer[16];

    return scanf("%15s %15s", answer, answer) == 2 ? 0 : 1;
}
