// expect: SV
// Reads the interactor's memory.
#define _GNU_SOURCE
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    char buffer[64];
    struct iovec here = {buffer, sizeof buffer}, there = {(void *)0x400000, sizeof buffer};

    process_vm_readv(getpid() + 1, &here, 1, &there, 1, 0);
    return 0;
}
