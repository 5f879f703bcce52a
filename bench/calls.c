/* A program that makes calls now and then and tells how long they took: CALLS PAUSE_US => "MEDIAN P99", in ns. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static long long took[100000];
    int n = argc > 1 ? atoi(argv[1]) : 100;
    struct timespec pause = {0, argc > 2 ? atol(argv[2]) * 1000 : 0};
    if (n < 1 || n > 100000)
        return 2;
    for (int i = 0; i < n; i++) {
        nanosleep(&pause, NULL);
        long long before = now();
        syscall(SYS_getppid);
        took[i] = now() - before;
    }
    qsort(took, (size_t)n, sizeof took[0], compare);
    printf("%lld %lld\n", took[n / 2], took[n * 99 / 100]);
    return 0;
}
