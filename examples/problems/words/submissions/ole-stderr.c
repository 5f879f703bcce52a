// expect: OLE
// Prints for ever, but not where the answer goes.
#include <stdio.h>

int main(void)
{
    for (;;)
        fputs("still working\n", stderr);
}
