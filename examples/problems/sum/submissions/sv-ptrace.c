// expect: SV
// Looks whether somebody watches, and would behave if so.
#include <stdio.h>
#include <sys/ptrace.h>

int main(void)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        puts("6");
    else
        puts("666");
    return 0;
}
