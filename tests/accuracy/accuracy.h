/* What the parts of the accuracy suite share. */
#ifndef ACCURACY_H
#define ACCURACY_H

#define _GNU_SOURCE
#include "../c/check.h"

#include <sys/mman.h>
#include <sys/prctl.h>

/* Under what circumstances a row is measured. */
struct setting {
    int cgroup; /* the run is in control groups */
    int user;   /* the host is an ordinary user */
    int load;   /* as many busy processes as processors run beside it */
    int large;  /* the host has 1 GiB of memory */
};

/* Settings are given to a fresh process as arguments, because each is a host of another kind. */
enum { SETTINGS = 16 };
static inline struct setting setting_of(int n) { return (struct setting){n & 1, n >> 1 & 1, n >> 2 & 1, n >> 3 & 1}; }

/* One program to be measured. */
struct row {
    const char *mode;
    long long amount;   /* ns or bytes */
    uint32_t status;    /* GOSANDBOX_STATUS_..., in control groups */
    uint32_t alone;     /* the same without */
    long long memory;   /* bytes, the peak in control groups; -1: not compared */
    long long largest;  /* bytes, the peak without */
    long long limit_cpu, limit_wall, limit_memory;
    int file;           /* it reads a file of four times its memory limit */
};

/* What one run has shown. */
struct sight {
    struct gosandbox_stats stats;
    char message[300];
    long long cpu;      /* ns by the program's own clocks; -1: not told */
    long long outside;  /* ns around the run */
    int alive;          /* something of the tree was still there when the result was */
};

int look(const struct row *row, const struct setting *setting, struct sight *out);
int one_setting(int number, int tries, const char *parent);
int enforcement(int tries, const char *parent, int strict);
int borderline(int runs);
void prepare(const char *self);
extern const char *work_path, *big_file, *group_parent;

static inline long long clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

#endif
