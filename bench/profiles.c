/*
 * What a profile adds to a start, and to a call: the program that does nothing under each profile, against posix_spawn and against a run
 * without rules. README.md explains the figures. Usage: profiles [SECONDS]
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 40, SAMPLES = 100000 };

static char program[4200];
static const char *names[MOST] = {"posix_spawn", "no rules"};
static gosandbox_config *configs[MOST];
static double *samples[MOST];
static int counts[MOST], rows = 2;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void stop(const char *what)
{
    fprintf(stderr, "profiles: %s: %s\n", what, gosandbox_last_error()->message);
    exit(1);
}

static gosandbox_config *config_of(const char *profile)
{
    const char *argv[] = {program};
    gosandbox_config *c = NULL;
    if (gosandbox_config_new(&c) != 0 || gosandbox_config_set_argv(c, 1, argv) != 0 ||
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 1000000000u) != 0 ||
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 256u << 20) != 0 ||
        gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 1) != 0 ||
        (profile && gosandbox_config_set_policy(c, profile, GOSANDBOX_DEFER) != 0))
        stop(profile ? profile : "config");
    return c;
}

static void once(int row)
{
    extern char **environ;
    char *argv[] = {program, NULL};
    struct gosandbox_stats stats = {.size = sizeof stats};
    gosandbox_result *r = NULL;
    int status;
    pid_t pid;
    if (row == 0) {
        if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0)
            stop("posix_spawn");
        return;
    }
    if (gosandbox_run(configs[row], &r) != 0 || gosandbox_result_stats(r, &stats) != 0 || stats.status != GOSANDBOX_STATUS_EXITED)
        stop(names[row]);
    gosandbox_result_free(r);
}

/* Instructions of a config's filter, as its dump says. */
static int instructions(const gosandbox_config *c)
{
    int n = gosandbox_policy_dump(c, NULL, 0), found = 0;
    char *text = malloc((size_t)n + 1);
    if (n < 0 || !text || gosandbox_policy_dump(c, text, (size_t)n + 1) != n)
        stop("dump");
    const char *at = strstr(text, "\nfilter, ");
    if (at)
        sscanf(at, "\nfilter, %d", &found);
    free(text);
    return found;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    double end = now() + (argc > 1 ? atof(argv[1]) : 10) * 1e6;
    ssize_t n = readlink("/proc/self/exe", program, 4000);
    program[n > 0 ? n : 0] = 0;
    char *slash = strrchr(program, '/');
    strcpy(slash ? slash + 1 : program, "nothing");

    configs[1] = config_of(NULL);
    for (const char *name; rows < MOST && (name = gosandbox_profile_name((size_t)rows - 2)); rows++)
        configs[rows] = config_of(names[rows] = name);
    for (int row = 0; row < rows; row++) {
        samples[row] = malloc(SAMPLES * sizeof *samples[row]);
        for (int i = 0; i < 20; i++)
            once(row);
    }
    /* In blocks of ten, so that a busy moment of the machine hits all of them. */
    while (now() < end)
        for (int row = 0; row < rows; row++)
            for (int i = 0; i < 10 && counts[row] < SAMPLES; i++) {
                double t = now();
                once(row);
                samples[row][counts[row]++] = now() - t;
            }
    printf("starts under profiles, %d of each:\n  %-14s %12s %10s %10s %8s\n", counts[0], "", "instructions", "10 %/us", "median/us", "ratio");
    double floor = 0;
    for (int row = 0; row < rows; row++) {
        qsort(samples[row], (size_t)counts[row], sizeof *samples[row], ascending);
        double median = samples[row][counts[row] / 2];
        if (row == 0)
            floor = median;
        printf("  %-14s %12d %10.1f %10.1f %8.2f\n", names[row], row ? instructions(configs[row]) : 0, samples[row][counts[row] / 10],
               median, median / floor);
        gosandbox_config_free(configs[row]);
        free(samples[row]);
    }
    return 0;
}
