// expect: RTE
// The right answer, and an exit code that says otherwise.
#include <stdio.h>

int main(void)
{
    puts("6");
    return 3;
}
