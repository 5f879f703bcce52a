// expect: WA
// A guess without an end.
#include <stdio.h>

int main(void)
{
    for (;;)
        putchar('1');
}
