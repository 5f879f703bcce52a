// expect: OLE
// White space without an end, in which the interactor looks for a guess.
#include <stdio.h>

int main(void)
{
    for (;;)
        putchar('\n');
}
