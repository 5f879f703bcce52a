/* Prints ns per call: open and close, open for writing with O_CREAT, stat, fstat, readlink of a link of /proc, in this order. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1000;
    char text[100];
    struct stat st;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one);
    for (int kind = 0; kind < 5; kind++) {
        double begin = now();
        for (int i = 0; i < n; i++) {
            switch (kind) {
            case 0: close(open("/etc/passwd", O_RDONLY)); break;
            case 1: close(open("new", O_WRONLY | O_CREAT, 0600)); break;
            case 2: stat("/etc/passwd", &st); break;
            case 3: syscall(SYS_fstat, 1, &st); break;
            case 4: if (readlink("/proc/self/exe", text, 100) < 0) return 1; break;
            }
        }
        printf("%.0f ", (now() - begin) / n);
    }
    printf("\n");
    return 0;
}
