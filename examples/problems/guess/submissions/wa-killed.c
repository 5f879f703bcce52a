// expect: WA
// Is killed by SIGPIPE, but only because it was wrong before.
#include <unistd.h>

int main(void)
{
    for (;;)
        if (write(1, "x\n", 2) < 0)
            return 9;
}
