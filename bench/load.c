/*
 * What loading the library costs: time, memory, threads and descriptors, each taken in a fresh process, against loading a small
 * library of the system in the same way. Usage: load [--json FILE] [--library FILE]
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 21, FIGURES = 5 };

static const char *const names[FIGURES] = {"dlopen/us", "first call/us", "RSS/kB", "threads", "descriptors"};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double status_number(const char *key)
{
    char line[256];
    double value = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            value = atof(line + strlen(key));
    if (f)
        fclose(f);
    return value;
}

static double descriptors(void)
{
    double n = -1; /* the one that is used for counting */
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL)
        n += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

/* In a fresh process: loads, calls once, and prints the figures. */
static int once(const char *library)
{
    double rss = status_number("VmRSS:"), threads = status_number("Threads:"), fds = descriptors(), t = now();
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    double loaded = now() - t;
    if (!handle) {
        fprintf(stderr, "load: %s\n", dlerror());
        return 1;
    }
    /* The runtime starts beside us; the first call that needs it waits for it. */
    t = now();
    union {
        void *object;
        int (*function)(gosandbox_config **);
    } make = {dlsym(handle, "gosandbox_config_new")};
    gosandbox_config *config = NULL;
    if (make.object && make.function(&config) != 0)
        return 1;
    double first = now() - t;
    struct timespec settle = {0, 100000000};
    nanosleep(&settle, NULL);
    printf("%.3f %.3f %.0f %.0f %.0f\n", loaded * 1e6, first * 1e6, status_number("VmRSS:") - rss, status_number("Threads:") - threads,
           descriptors() - fds);
    return 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Medians over fresh processes. */
static void measure(const char *library, double medians[FIGURES])
{
    static double values[FIGURES][PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        int p[2];
        char text[300];
        if (pipe(p) != 0)
            exit(1);
        pid_t pid = fork();
        if (pid == 0) {
            dup2(p[1], 1);
            close(p[0]);
            close(p[1]);
            execl("/proc/self/exe", "load", "--once", library, (char *)NULL);
            _exit(127);
        }
        close(p[1]);
        FILE *f = fdopen(p[0], "r");
        int status = 0;
        if (!f || !fgets(text, sizeof text, f) || waitpid(pid, &status, 0) != pid || status != 0 ||
            sscanf(text, "%lf %lf %lf %lf %lf", &values[0][i], &values[1][i], &values[2][i], &values[3][i], &values[4][i]) != FIGURES) {
            fprintf(stderr, "load: a process that loads %s failed\n", library);
            exit(1);
        }
        fclose(f);
    }
    for (int k = 0; k < FIGURES; k++) {
        qsort(values[k], PROCESSES, sizeof(double), ascending);
        medians[k] = values[k][PROCESSES / 2];
    }
}

int main(int argc, char **argv)
{
    char library[4200];
    const char *json = NULL;
    struct stat s;
    if (argc == 3 && strcmp(argv[1], "--once") == 0)
        return once(argv[2]);
    ssize_t n = readlink("/proc/self/exe", library, 4000);
    library[n > 0 ? n : 0] = 0;
    for (int i = 0; i < 2; i++) { /* build/bench/load -> build */
        char *slash = strrchr(library, '/');
        if (slash)
            *slash = 0;
    }
    strcat(library, "/libgosandbox.so.1");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--json") == 0)
            json = argv[i + 1];
        else if (strcmp(argv[i], "--library") == 0)
            snprintf(library, sizeof library, "%s", argv[i + 1]);
        else
            argc = 0;
    }
    if (argc % 2 == 0) {
        fprintf(stderr, "usage: load [--json FILE] [--library FILE]\n");
        return 2;
    }
    if (stat(library, &s) != 0) {
        perror(library);
        return 1;
    }
    double floor[FIGURES], ours[FIGURES];
    measure("libm.so.6", floor);
    measure(library, ours);
    printf("loading, medians of %d fresh processes:\n  %-16s %12s %12s\n", PROCESSES, "", "libm.so.6", "gosandbox");
    for (int k = 0; k < FIGURES; k++)
        printf("  %-16s %12.0f %12.0f\n", names[k], floor[k], ours[k]);
    printf("  %-16s %12s %12.0f\n", "size/kB", "", (double)s.st_size / 1024);
    if (json) {
        FILE *f = fopen(json, "w");
        if (!f) {
            perror(json);
            return 1;
        }
        fprintf(f, "{\n");
        for (int k = 0; k < FIGURES; k++)
            fprintf(f, "  \"%s\": {\"libm\": %.1f, \"gosandbox\": %.1f},\n", names[k], floor[k], ours[k]);
        fprintf(f, "  \"size_bytes\": %lld\n}\n", (long long)s.st_size);
        fclose(f);
    }
    return 0;
}
