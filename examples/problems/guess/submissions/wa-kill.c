// expect: WA
// Kills its neighbours, the interactor among them.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int largest;

    if (scanf("%d", &largest) != 1)
        return 1;
    for (pid_t pid = getpid() - 3; pid <= getpid() + 3; pid++)
        if (pid > 1 && pid != getpid())
            kill(pid, SIGKILL);
    puts("0");
    fflush(stdout);
    return scanf("%*s") == 1;
}
