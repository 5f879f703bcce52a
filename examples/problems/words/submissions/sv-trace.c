// expect: SV
// Takes hold of its parent.
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != 0;
}
