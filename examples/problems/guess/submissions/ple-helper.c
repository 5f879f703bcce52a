// expect: PLE
// Has somebody else ask.
#include <unistd.h>

int main(void)
{
    if (fork() == 0)
        write(1, "1\n", 2);
    sleep(1);
    return 0;
}
