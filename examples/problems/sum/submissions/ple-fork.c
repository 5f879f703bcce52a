// expect: PLE
// A fork bomb. The problem allows one process.
#include <unistd.h>

int main(void)
{
    for (;;)
        fork();
}
