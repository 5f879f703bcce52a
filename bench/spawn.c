/*
 * What a run costs: a program that does nothing, through gosandbox_run in several configurations, against posix_spawn and
 * waitpid in the same process at the same time. README.md explains the figures.
 *
 * Usage: spawn [--seconds N] [--json FILE] [--program FILE] [--memory MIB]
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TASK = 8, WITH_CGROUP, TEMPLATE, TEMPLATE_CGROUP, BUBBLEWRAP, VARIANTS, SAMPLES = 200000 };

static const char *const names[VARIANTS] = {"posix_spawn", "no limits", "limits", "limits, 25 rules", "limits, captured stdout",
                                            "user|pid|uts|cgroup", "all namespaces", "all, judge root", "limits, start + wait",
                                            "all, judge root, cgroup", "template: all, judge root", "template: the same, cgroup",
                                            "bubblewrap: all, same root"};

static char program[4200];
static gosandbox_config *configs[VARIANTS]; /* the first one and the last have none */
static const char *bubblewrap;              /* its path, NULL: not installed */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stop(const char *what)
{
    fprintf(stderr, "spawn: %s: %s\n", what, gosandbox_last_error()->message);
    exit(1);
}

/* ---------------------------------------------------------------- the variants */

static void check(int code, const char *what)
{
    if (code != 0)
        stop(what);
}

static gosandbox_config *config_with(int limits, int rules, int capture)
{
    static const char *const denied[] = {
        "socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "recvfrom", "ptrace", "mount", "umount2", "swapon", "reboot",
        "sethostname", "init_module", "delete_module", "kexec_load", "bpf", "perf_event_open", "keyctl", "add_key", "request_key",
        "unshare", "setns", "personality"};
    const char *argv[] = {program};
    gosandbox_config *c = NULL;
    check(gosandbox_config_new(&c), "config_new");
    check(gosandbox_config_set_argv(c, 1, argv), "set_argv");
    if (limits) {
        check(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_CPU, 1000000000u), "cpu");
        check(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_WALL, 5000000000u), "wall");
        check(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_MEMORY, 256u << 20), "memory");
        check(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_OUTPUT, 64u << 20), "output");
        check(gosandbox_config_set_limit(c, GOSANDBOX_LIMIT_PROCESSES, 1), "processes");
    }
    for (size_t i = 0; rules && i < sizeof denied / sizeof *denied; i++)
        check(gosandbox_config_add_rule(c, GOSANDBOX_ARCH_NATIVE, denied[i], GOSANDBOX_ERRNO(EPERM), 0, NULL), denied[i]);
    if (capture)
        check(gosandbox_config_capture(c, 1, 64u << 10), "capture");
    return c;
}

/* 0: none, 1: the cheap namespaces, 2: all, 3: and a root file system, made anew for each run. */
static void isolate(gosandbox_config *c, int how)
{
    const uint32_t cheap = GOSANDBOX_ISOLATE_USER | GOSANDBOX_ISOLATE_PID | GOSANDBOX_ISOLATE_UTS | GOSANDBOX_ISOLATE_CGROUP;
    static int fd = -1; /* the program is not in the root */
    if (how >= 1)
        check(gosandbox_config_set_isolation(c, how == 1 ? cheap : GOSANDBOX_ISOLATE_ALL, NULL), "set_isolation");
    if (how < 3)
        return;
    if (fd < 0)
        fd = open(program, O_RDONLY | O_CLOEXEC);
    check(gosandbox_config_use_judge_root(c), "use_judge_root");
    check(gosandbox_config_set_exec_fd(c, fd), "set_exec_fd");
}

/* A run in a template that is like the variant "all, judge root". */
static void use_template(gosandbox_config *c)
{
    static gosandbox_template *made;
    if (!made)
        check(gosandbox_template_new(configs[7], &made), "template_new");
    check(gosandbox_config_set_template(c, made), "set_template");
    check(gosandbox_config_set_exec_fd(c, open(program, O_RDONLY | O_CLOEXEC)), "set_exec_fd");
}

static void spawn_once(const char *path, char *const argv[])
{
    extern char **environ;
    pid_t pid;
    int status;
    if (posix_spawn(&pid, path, NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "spawn: cannot start %s\n", path);
        exit(1);
    }
}

/* The same work by bubblewrap: all of its namespaces, a root of the host's /usr, with /tmp, /dev and /proc of its own. */
static void bubblewrap_once(void)
{
    char *argv[] = {"bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin",
                    "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/etc/alternatives", "/etc/alternatives",
                    "--ro-bind", "/etc/ld.so.cache", "/etc/ld.so.cache", "--tmpfs", "/tmp", "--dev", "/dev", "--proc", "/proc",
                    "--ro-bind", program, "/nothing", "/nothing", NULL};
    spawn_once(bubblewrap, argv);
}

static const char *find_bubblewrap(void)
{
    static const char *const places[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

static void run_once(const gosandbox_config *config, int as_task)
{
    struct gosandbox_stats stats;
    gosandbox_result *r = NULL;
    gosandbox_task *task = NULL;
    if (!as_task && gosandbox_run(config, &r) != 0)
        stop("gosandbox_run");
    if (as_task && (gosandbox_start(config, &task) != 0 || gosandbox_task_wait(task, -1, &r) != 0))
        stop("gosandbox_start");
    gosandbox_task_free(task);
    stats.size = sizeof stats;
    if (gosandbox_result_stats(r, &stats) != 0 || stats.status != GOSANDBOX_STATUS_EXITED || stats.exit_code != 0) {
        fprintf(stderr, "spawn: a run ended wrongly: %s\n", gosandbox_result_message(r));
        exit(1);
    }
    gosandbox_result_free(r);
}

static void once(int variant)
{
    char *argv[] = {program, NULL};
    if (variant == 0)
        spawn_once(program, argv);
    else if (variant == BUBBLEWRAP)
        bubblewrap_once();
    else
        run_once(configs[variant], variant == TASK);
}

/* ---------------------------------------------------------------- one after the other */

/* Microseconds of each run, all variants. */
static double *samples[VARIANTS];
static int counts[VARIANTS];

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct figures {
    double median[VARIANTS], tenth[VARIANTS], ninetieth[VARIANTS];
    int count[VARIANTS];
};

/* Floor, first, floor, second, floor, third ... in blocks of ten, until the time is up: whatever the machine does meanwhile,
 * it does it to all of them. */
static struct figures interleaved(double seconds)
{
    struct figures f;
    double end = now() + seconds;
    memset(counts, 0, sizeof counts);
    int variants = bubblewrap ? VARIANTS : BUBBLEWRAP;
    for (int variant = 0; variant < variants; variant++)
        for (int i = 0; i < 20; i++)
            once(variant);
    while (now() < end)
        for (int variant = 1; variant < variants; variant++)
            for (int half = 0; half < 2; half++) {
                int v = half ? variant : 0;
                for (int i = 0; i < 10 && counts[v] < SAMPLES; i++) {
                    double t = now();
                    once(v);
                    samples[v][counts[v]++] = (now() - t) * 1e6;
                }
            }
    for (int v = 0; v < VARIANTS; v++) {
        f.median[v] = f.tenth[v] = f.ninetieth[v] = f.count[v] = counts[v];
        if (counts[v] == 0) /* not installed */
            continue;
        qsort(samples[v], (size_t)counts[v], sizeof *samples[v], ascending);
        f.count[v] = counts[v];
        f.median[v] = samples[v][counts[v] / 2];
        f.tenth[v] = samples[v][counts[v] / 10];
        f.ninetieth[v] = samples[v][counts[v] * 9 / 10];
    }
    return f;
}

static void print_figures(const struct figures *f)
{
    printf("  %-26s %8s %10s %10s %10s %8s\n", "", "runs", "10 %/us", "median/us", "90 %/us", "ratio");
    for (int v = 0; v < VARIANTS; v++)
        if (f->count[v] == 0)
            printf("  %-26s  missing: install the package bubblewrap\n", names[v]);
        else
            printf("  %-26s %8d %10.1f %10.1f %10.1f %8.2f\n", names[v], f->count[v], f->tenth[v], f->median[v], f->ninetieth[v],
                   f->median[v] / f->median[0]);
}

/* ---------------------------------------------------------------- side by side */

static double parallel_end;
static int parallel_variant;

static void *work(void *unused)
{
    long n = 0;
    (void)unused;
    while (now() < parallel_end) {
        once(parallel_variant);
        n++;
    }
    return (void *)n;
}

/* Runs a second that `threads` threads achieve together. */
static double throughput(int variant, int threads, double seconds)
{
    pthread_t ids[64];
    double start = now();
    long total = 0;
    parallel_variant = variant;
    parallel_end = start + seconds;
    for (int i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work, NULL) != 0)
            exit(1);
    for (int i = 0; i < threads; i++) {
        void *n;
        pthread_join(ids[i], &n);
        total += (long)n;
    }
    return (double)total / (now() - start);
}

struct parallel {
    int threads;
    double rate[2]; /* posix_spawn, limits */
};

static void side_by_side(struct parallel *p, double seconds)
{
    enum { ROUNDS = 3 };
    throughput(2, p->threads, 0.05);
    p->rate[0] = p->rate[1] = 0;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < 2; i++)
            p->rate[i] += throughput(i ? 2 : 0, p->threads, seconds / ROUNDS / 2) / ROUNDS;
    printf("  %2d threads: posix_spawn %.0f/s, limits %.0f/s, ratio of times %.2f\n", p->threads, p->rate[0], p->rate[1],
           p->rate[0] / p->rate[1]);
}

/* ---------------------------------------------------------------- a large host */

static long available_mib(void)
{
    char line[200];
    long kb = 0;
    FILE *f = fopen("/proc/meminfo", "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "MemAvailable: %ld", &kb);
    if (f)
        fclose(f);
    return kb / 1024;
}

/* Makes this process `mib` larger, in small pages as a heap has them; returns what it got. */
static long grow(long mib)
{
    long available = available_mib();
    if (available < mib + 2048) {
        long less = available > 2304 ? available - 2048 : 256;
        printf("  (only %ld MiB available: %ld MiB instead of %ld)\n", available, less, mib);
        mib = less;
    }
    size_t size = (size_t)mib << 20;
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 0;
    madvise(p, size, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < size; i += 4096)
        p[i] = 1;
    return mib;
}

/* ---------------------------------------------------------------- main */

static void json_figures(FILE *f, const char *key, const struct figures *figures)
{
    fprintf(f, "  \"%s\": {\n", key);
    for (int v = 0; v < VARIANTS; v++)
        fprintf(f, "    \"%s\": {\"runs\": %d, \"median_us\": %.2f, \"p10_us\": %.2f, \"p90_us\": %.2f, \"ratio\": %.3f}%s\n", names[v],
                figures->count[v], figures->median[v], figures->tenth[v], figures->ninetieth[v], figures->median[v] / figures->median[0],
                v + 1 < VARIANTS ? "," : "");
    fprintf(f, "  },\n");
}

int main(int argc, char **argv)
{
    double seconds = 10;
    long mib = 4096;
    const char *json = NULL;
    ssize_t n = readlink("/proc/self/exe", program, 4000);
    program[n > 0 ? n : 0] = 0;
    char *slash = strrchr(program, '/');
    strcpy(slash ? slash + 1 : program, "nothing");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seconds") == 0)
            seconds = atof(argv[i + 1]);
        else if (strcmp(argv[i], "--memory") == 0)
            mib = atol(argv[i + 1]);
        else if (strcmp(argv[i], "--json") == 0)
            json = argv[i + 1];
        else if (strcmp(argv[i], "--program") == 0)
            snprintf(program, sizeof program, "%s", argv[i + 1]);
        else
            argc = 0;
    }
    if (argc % 2 == 0 || seconds <= 0) {
        fprintf(stderr, "usage: spawn [--seconds N] [--json FILE] [--program FILE] [--memory MIB]\n");
        return 2;
    }
    if (access(program, X_OK) != 0) {
        fprintf(stderr, "spawn: %s: %s\n", program, strerror(errno));
        return 1;
    }
    for (int v = 0; v < VARIANTS; v++) {
        samples[v] = malloc(SAMPLES * sizeof *samples[v]);
        if (v == 0)
            continue;
        if (v == BUBBLEWRAP)
            continue;
        configs[v] = config_with(v >= 2, v == 3, v == 4);
        if (v == TEMPLATE || v == TEMPLATE_CGROUP)
            use_template(configs[v]);
        else
            isolate(configs[v], v == TASK ? 0 : v == WITH_CGROUP ? 3 : v - 4);
        if (v == WITH_CGROUP || v == TEMPLATE_CGROUP)
            check(gosandbox_config_set_cgroup(configs[v], NULL), "set_cgroup");
    }
    bubblewrap = find_bubblewrap();

    struct parallel two = {2, {0, 0}}, eight = {8, {0, 0}};
    printf("gosandbox %s, %ld CPUs, program %s\n\n", gosandbox_version_string(), sysconf(_SC_NPROCESSORS_ONLN), program);
    printf("one after the other, small host:\n");
    struct figures small = interleaved(seconds * 0.4);
    print_figures(&small);
    printf("\nside by side:\n");
    side_by_side(&two, seconds * 0.1);
    side_by_side(&eight, seconds * 0.1);
    printf("\none after the other, host with %ld MiB touched:\n", mib);
    mib = grow(mib);
    struct figures large = interleaved(seconds * 0.4);
    print_figures(&large);

    if (json) {
        FILE *f = fopen(json, "w");
        if (!f) {
            fprintf(stderr, "spawn: %s: %s\n", json, strerror(errno));
            return 1;
        }
        fprintf(f, "{\n  \"version\": \"%s\",\n  \"cpus\": %ld,\n  \"large_mib\": %ld,\n", gosandbox_version_string(),
                sysconf(_SC_NPROCESSORS_ONLN), mib);
        json_figures(f, "small_host", &small);
        json_figures(f, "large_host", &large);
        fprintf(f, "  \"parallel\": {\n");
        for (int i = 0; i < 2; i++) {
            const struct parallel *p = i ? &eight : &two;
            fprintf(f, "    \"%d\": {\"posix_spawn_per_s\": %.1f, \"limits_per_s\": %.1f, \"ratio\": %.3f}%s\n", p->threads, p->rate[0], p->rate[1],
                    p->rate[0] / p->rate[1], i ? "" : ",");
        }
        fprintf(f, "  }\n}\n");
        fclose(f);
    }
    return 0;
}
