// expect: WTL
// Waits for something that never comes, and uses no CPU time meanwhile.
#include <unistd.h>

int main(void)
{
    sleep(60);
    return 0;
}
