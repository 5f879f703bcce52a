// expect: WA
// Goes on when nobody listens any more.
#include <signal.h>
#include <unistd.h>

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    for (;;)
        if (write(1, "0\n", 2) < 0)
            sleep(1);
}
