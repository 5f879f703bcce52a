// expect: SV
// Ends everybody of the same user: the submissions of others.
#include <signal.h>

int main(void)
{
    return kill(-1, SIGKILL);
}
